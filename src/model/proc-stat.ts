// A process as /proc/PID/stat tells it, and which processes of a name are the main ones.

export interface ProcStat {
  readonly pid: number;
  /** At most 15 characters, of any kind. */
  readonly name: string;
  /** R, S, D, Z and the like. */
  readonly state: string;
  readonly ppid: number;
  /** The process that led its session when it began. */
  readonly session: number;
  /** User and system time together. */
  readonly cpuTicks: number;
  /** Since the machine started: tells it from a later process of the same pid. */
  readonly startTicks: number;
  readonly rssPages: number;
}

/** proc_pid_stat(5). The name may hold spaces and brackets: it ends at the last bracket. `undefined` for what is no such line. */
export function parseProcStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  // From the third of the manual page on.
  const fields = text
    .slice(close + 2)
    .trim()
    .split(' ');
  const number = (i: number): number => Number(fields[i] ?? Number.NaN);
  const stat: ProcStat = {
    pid: Number(text.slice(0, Math.max(0, open))),
    name: text.slice(open + 1, close),
    state: fields[0] ?? '',
    ppid: number(1),
    session: number(3),
    cpuTicks: number(11) + number(12),
    startTicks: number(19),
    rssPages: number(21),
  };
  const figures = [stat.pid, stat.ppid, stat.session, stat.cpuTicks, stat.startTicks, stat.rssPages];
  return open > 0 && close > open && figures.every(Number.isSafeInteger) ? stat : undefined;
}

/** Those of a kind whose parent is not of it: what started the others. */
export function topmost<T extends { readonly pid: number; readonly ppid: number }>(kind: readonly T[]): readonly T[] {
  const pids = new Set(kind.map(({ pid }) => pid));
  return kind.filter(({ ppid }) => !pids.has(ppid));
}

// Rows of a process table by the names in its header (ps(1) "STANDARD FORMAT SPECIFIERS", top(1) "FIELDS").
import type { ProcessState } from '../../model/sample.ts';
import { decimal, integer, known, sizeKb, words } from './numbers.ts';

const ARGS_MAX = 1000;
const COMMANDS: ReadonlySet<string> = new Set(['COMMAND', 'CMD', 'UCMD']);
const USERS: ReadonlySet<string> = new Set(['USER', 'UID', 'EUSER', 'RUSER']);
/** ps and top print these names; a header of others is not theirs. */
const KNOWN: ReadonlySet<string> = new Set([
  ...COMMANDS,
  ...USERS,
  ...'PID PPID PGID PGRP SID SESS TGID LWP NLWP SPID C %CPU CPU PCPU %MEM VSZ SZ RSS RSZ PSS USS SWAP RES VIRT SHR OOM OOMADJ'.split(
    ' ',
  ),
  ...'TTY TT STAT S F START STARTED STIME TIME TIME+ ELAPSED WCHAN PRI PR NI ADDR CLS PSR P POL RTPRIO GROUP EGROUP GID EUID RUID MAJFL MINFL LABEL UNIT CGROUP'.split(
    ' ',
  ),
]);

const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/;
const MONTH = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$/;

export interface ProcessHeader {
  readonly columns: readonly string[];
  /** Where the command stands that may hold blanks; all other columns are one word (or a date). */
  readonly command: number;
}

/** `undefined` when the line is not the header of a process table with pids and commands. */
export function processHeader(text: string): ProcessHeader | undefined {
  if (!text.includes('PID')) return undefined;
  const columns = words(text);
  if (columns.length < 2 || columns.length > 40 || !columns.every((name) => KNOWN.has(name))) return undefined;
  if (!columns.includes('PID')) return undefined;
  const command = columns.findLastIndex((name) => COMMANDS.has(name));
  return command < 0 ? undefined : { columns, command };
}

/** One row; `undefined` when it doesn't fit the header. */
export function processRow(header: ProcessHeader, text: string): ProcessState | undefined {
  const { columns, command } = header;
  const cells = new Map<string, string>();
  const parts = text.trim();
  let at = 0;
  const next = (): string | undefined => {
    while (at < parts.length && isBlank(parts, at)) at++;
    if (at >= parts.length) return undefined;
    const from = at;
    while (at < parts.length && !isBlank(parts, at)) at++;
    return parts.slice(from, at);
  };
  for (let i = 0; i < command; i++) {
    const name = columns[i] ?? '';
    const word = next();
    if (word === undefined) return undefined;
    if (/^ST(?:ART|ARTED|IME)$/.test(name)) {
      // lstart prints "Sun Nov 22 11:52:03 2026", bsdstart "Nov 22": several words under one name.
      const more = WEEKDAY.test(word) ? 4 : MONTH.test(word) ? 1 : 0;
      for (let j = 0; j < more; j++) next();
    }
    put(cells, name, word);
  }
  let args = parts.slice(at).trim();
  if (command < columns.length - 1) {
    const rest = words(args);
    const behind = columns.length - 1 - command;
    if (rest.length <= behind) return undefined;
    for (let i = 0; i < behind; i++) put(cells, columns[command + 1 + i] ?? '', rest[rest.length - behind + i] ?? '');
    args = rest.slice(0, -behind).join(' ');
  }
  const pid = integer(cells.get('PID'));
  if (pid === undefined || args === '') return undefined;
  const state = (cells.get('STAT') ?? cells.get('S'))?.slice(0, 1);
  if (state !== undefined && !/^[A-Za-z?]$/.test(state)) return undefined;
  const user = cells.get('USER') ?? cells.get('EUSER') ?? cells.get('RUSER') ?? cells.get('UID');
  const rss = cells.get('RSS') ?? cells.get('RSZ') ?? cells.get('RES');
  const cpu = cells.get('%CPU') ?? cells.get('C');
  const rssKb = rss === undefined ? undefined : sizeKb(rss, 1);
  const ppid = integer(cells.get('PPID'));
  const cpuPercent = cpu === undefined ? undefined : decimal(cpu);
  // A line of a log has words where these columns have figures.
  if (cells.has('PPID') && ppid === undefined) return undefined;
  if ((rss !== undefined && rssKb === undefined) || (cpu !== undefined && cpuPercent === undefined)) return undefined;
  const pss = cells.get('PSS');
  const pssKb = pss === undefined ? undefined : sizeKb(pss, 1);
  return {
    pid,
    args: withoutBranch(args).slice(0, ARGS_MAX),
    ...known({
      ppid,
      user,
      state,
      elapsedS: elapsed(cells),
      rssKb,
      // Without the right to read smaps, ps prints 0.
      pssKb: pssKb === 0 ? undefined : pssKb,
      swapKb: cells.has('SWAP') ? sizeKb(cells.get('SWAP') ?? '', 1) : undefined,
      oomScore: integer(cells.get('OOM')),
      cpuPercent,
    }),
  };
}

/**
 * oom_score as /proc has it, in thousandths. Since Linux 5.9 the kernel prints (1000 + badness) * 2 / 3, so that
 * whatever has no adjustment stands at 666 and above (fs/proc/base.c); before, badness itself.
 */
export function badnessOf(processes: readonly ProcessState[]): ProcessState[] {
  const scores = processes.map((p) => p.oomScore ?? 0).filter((score) => score > 0);
  const high = scores.filter((score) => score >= 666).length;
  if (scores.length === 0 || high * 2 <= scores.length) return [...processes];
  return processes.map((p) =>
    p.oomScore === undefined ? p : { ...p, oomScore: Math.min(1000, Math.max(0, Math.round(p.oomScore * 1.5 - 1000))) },
  );
}

/** `etimes` is seconds, `etime` is [[days-]hours:]minutes:seconds; both stand under ELAPSED. */
function elapsed(cells: ReadonlyMap<string, string>): number | undefined {
  const text = cells.get('ELAPSED');
  if (text === undefined) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const match = /^(?:(\d{1,6})-)?(?:(\d{1,2}):)?(\d{1,2}):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = [1, 2, 3, 4].map((i) => Number(match[i] ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** The tree that `ps --forest` draws. */
function withoutBranch(args: string): string {
  const branch = /^(?:\| *)*\\_ /.exec(args.slice(0, 200));
  return branch ? args.slice(branch[0].length) : args;
}

function put(cells: Map<string, string>, name: string, word: string): void {
  if (!cells.has(name)) cells.set(name, word);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 9;
}

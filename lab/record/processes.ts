// The server's processes for a sample, read from the machine's /proc, so that a starved server is looked at without its help.
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessSample {
  readonly pid: number;
  readonly ppid?: number;
  readonly user: string;
  readonly state: string;
  readonly elapsed: number;
  readonly rss?: number;
  readonly pss?: number;
  readonly oomScore?: number;
  readonly args: string;
}

const TICKS_PER_SECOND = 100;

/** @param memoryKb the limit that badness is measured by. */
export function processesOf(memoryGroup: string, serverPid: number, memoryKb: number): ProcessSample[] {
  const namespace = readlinkSync(`/proc/${serverPid}/ns/pid`);
  const pids = readFileSync(join(memoryGroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const users = userNames();
  const found: (ProcessSample & { readonly outer: number; readonly outerParent: number })[] = [];
  for (const pid of pids) {
    try {
      // Programs that only lead into the server stand outside its process namespace.
      if (readlinkSync(`/proc/${pid}/ns/pid`) === namespace) found.push(read(Number(pid), uptime, memoryKb, users));
    } catch {
      // It ended meanwhile.
    }
  }
  const inner = new Map(found.map(({ outer, pid }) => [outer, pid]));
  return found.map(({ outer, outerParent, ...sample }) => {
    const ppid = inner.get(outerParent);
    return ppid === undefined ? sample : { ...sample, ppid };
  });
}

function read(
  pid: number,
  uptime: number,
  memoryKb: number,
  users: ReadonlyMap<string, string>,
): ProcessSample & { readonly outer: number; readonly outerParent: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
  const kb = (name: string): number | undefined => {
    const text = field(name);
    return text === undefined ? undefined : Number.parseInt(text, 10);
  };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const uid = field('Uid')?.split('\t')[0] ?? '';
  const rss = kb('VmRSS');
  const pss = pssOf(pid);
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return {
    outer: pid,
    outerParent: Number(field('PPid')),
    pid: Number(field('NSpid')?.split(/\s+/).at(-1)),
    user: users.get(uid) ?? uid,
    state: (field('State') ?? '?').slice(0, 1),
    elapsed: Math.max(0, Math.round(uptime - startTicks / TICKS_PER_SECOND)),
    ...(rss === undefined ? {} : { rss, oomScore: badness(rss + (kb('VmSwap') ?? 0) + (kb('VmPTE') ?? 0), memoryKb) }),
    ...(pss === undefined ? {} : { pss }),
    args: args === '' ? `[${field('Name')}]` : args,
  };
}

/** In thousandths, as the kernel weighs it under a limit (oom_badness). */
function badness(usedKb: number, memoryKb: number): number {
  return Math.min(1000, Math.round((usedKb / memoryKb) * 1000));
}

function pssOf(pid: number): number | undefined {
  const text = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return text === undefined ? undefined : Number(text);
}

function userNames(): ReadonlyMap<string, string> {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return new Map(lines.map((line) => line.split(':')).map(([name = '', , uid = '']) => [uid, name]));
}

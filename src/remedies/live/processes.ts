// The processes of the host as a family tree: who descends from whom, so that what is ended belongs to the service that left it.
import type { NamedProcess } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import { parseProcStat, topmost } from '../../model/proc-stat.ts';

/** From /proc/PID/stat and status (proc_pid_stat(5), proc_pid_status(5)). */
export interface LiveProcess extends NamedProcess {
  readonly ppid: number;
  /** The process that led its session when it began; children keep it when their parent dies. */
  readonly session: number;
  readonly uid: number;
}

const PROCESSES_MAX = 20_000;

/** All processes of this host that are no zombies. Those of containers within it are left out: they are other hosts. */
export function processesOf(host: HostReader): readonly LiveProcess[] {
  const found: LiveProcess[] = [];
  for (const name of host.list('/proc') ?? []) {
    if (!/^\d+$/.test(name) || found.length >= PROCESSES_MAX) continue;
    const stat = host.readText(`/proc/${name}/stat`, 4096);
    const status = host.readText(`/proc/${name}/status`, 8192);
    const one = stat !== undefined && status !== undefined ? processOf(Number(name), stat, status) : undefined;
    if (one) found.push(one);
  }
  return found;
}

/** `undefined` for a zombie, for a process of a container, and for what can't be read. */
export function processOf(pid: number, stat: string, status: string): LiveProcess | undefined {
  const found = parseProcStat(stat);
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  // One number for each pid namespace that the process is in, ours first.
  const namespaces = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).length ?? 1;
  if (found === undefined || found.state === 'Z' || found.state === 'X' || namespaces > 1) return undefined;
  const { startTicks, name, ppid, session } = found;
  return uid === undefined ? undefined : { pid, startTicks, name, ppid, session, uid: Number(uid) };
}

/**
 * All that belongs to a main process: what descends from it, and what is left in the session that it leads, whose own parent may
 * be gone. The main process itself is not among them.
 */
export function familyOf(main: LiveProcess, all: readonly LiveProcess[]): readonly LiveProcess[] {
  const children = new Map<number, LiveProcess[]>();
  for (const one of all) children.set(one.ppid, [...(children.get(one.ppid) ?? []), one]);
  const family = new Set<LiveProcess>();
  const queue = [main];
  for (const at of queue) {
    for (const child of children.get(at.pid) ?? []) {
      if (child.pid === main.pid || family.has(child)) continue;
      family.add(child);
      queue.push(child);
    }
  }
  if (leadsSession(main)) {
    for (const one of all) {
      if (one.session === main.pid && one.pid !== main.pid && one.startTicks >= main.startTicks) family.add(one);
    }
  }
  return [...family];
}

/** A daemon leads a session of its own (setsid(2)), as does what systemd started. What a shell started in the foreground doesn't. */
export function leadsSession(one: LiveProcess): boolean {
  return one.session === one.pid;
}

/** The process itself and all above it: what we run under must never be ended by us. */
export function lineOf(pid: number, all: readonly LiveProcess[]): ReadonlySet<number> {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const line = new Set<number>();
  for (let at = byPid.get(pid); at && !line.has(at.pid); at = byPid.get(at.ppid)) line.add(at.pid);
  line.add(pid);
  return line;
}

/** The main process that a pid file names, when it is one of these names; else the only one of these names that there is. */
export function mainProcess(
  host: HostReader,
  names: readonly string[],
  pidFile: string | undefined,
  all: readonly LiveProcess[],
): LiveProcess | undefined {
  const pid = pidFile === undefined ? undefined : Number(host.readText(pidFile, 64)?.trim());
  const named = all.find((one) => one.pid === pid && names.includes(one.name));
  if (named) return named;
  // The names find who might be meant, never who is ended.
  const mains = topmost(all.filter(({ name }) => names.includes(name)));
  return mains.length === 1 ? mains[0] : undefined;
}

/**
 * CGI processes that outlived the web server which started them: they carry the environment of a CGI program (RFC 3875), and
 * neither their parent nor the leader of their session is there any more.
 */
export function strandedCgi(host: HostReader, all: readonly LiveProcess[]): readonly LiveProcess[] {
  const alive = new Set(all.map((one) => one.pid));
  return all.filter((one) => {
    if (one.ppid !== 1 || one.uid === 0 || alive.has(one.session)) return false;
    const environment = readEnvironment(host, one.pid);
    return environment.has('GATEWAY_INTERFACE') && environment.has('REMOTE_ADDR') && environment.has('SCRIPT_NAME');
  });
}

function readEnvironment(host: HostReader, pid: number): ReadonlySet<string> {
  try {
    const text = host.readText(`/proc/${pid}/environ`, 65_536) ?? '';
    return new Set(text.split('\0').map((one) => one.slice(0, Math.max(0, one.indexOf('=')))));
  } catch {
    // Not ours to read: then it isn't ours to end, either.
    return new Set();
  }
}

export function named({ pid, startTicks, name }: LiveProcess): NamedProcess {
  return { pid, startTicks, name };
}

// Ends processes: asked first, killed when they don't listen, each only if it is still the very one.
import type { Change, Changer, NamedProcess } from '../../model/act.ts';
import { type Host, HostError, type ProcessId } from '../../model/host.ts';
import { lineOf, named, processesOf } from '../live/processes.ts';

type EndChange = Extract<Change, { kind: 'end' }>;

const LOOK_MS = 100;
/** A killed process may still have to write something down, or wait for a disk. */
const KILLED_MS = 5000;

export const endProcesses: Changer<EndChange> = {
  async apply(change, host) {
    for (const one of leftOf(change, host)) host.signal(one, 'SIGTERM');
    if ((await waited(change, host, change.graceMs)).length === 0) return;
    // What was started meanwhile is among them.
    for (const one of leftOf(change, host)) host.signal(one, 'SIGKILL');
    const left = await waited(change, host, KILLED_MS);
    if (left.length === 0) return;
    const names = left.slice(0, 10).map(({ pid, name }) => `${name} (${pid})`);
    throw new HostError(
      `Ending processes: ${names.join(', ')} did not end, not even by SIGKILL: they wait for the kernel, mostly for a disk.`,
    );
  },
  async revert() {},
};

async function waited(change: EndChange, host: Host, ms: number): Promise<readonly NamedProcess[]> {
  for (const until = host.now() + ms; ; ) {
    const left = leftOf(change, host);
    if (left.length === 0 || host.now() >= until) return left;
    await host.sleep(LOOK_MS);
  }
}

/** Those named that are still there, and all that is left in the sessions; never ourselves nor what we run under. */
function leftOf({ processes, sessions = [] }: EndChange, host: Host): NamedProcess[] {
  const left = new Map<number, NamedProcess>();
  for (const one of processes) if (host.process(one.pid)?.startTicks === one.startTicks) left.set(one.pid, one);
  for (const leader of sessions) for (const one of leftInSession(leader, host)) left.set(one.pid, one);
  if (left.size === 0) return [];
  const ours = lineOf(process.pid, processesOf(host));
  return [...left.values()].filter(({ pid }) => !ours.has(pid));
}

/** What is in the session that a process leads or led, the leader with it; never ourselves nor what we run under. */
export function leftInSession(leader: ProcessId, host: Host): NamedProcess[] {
  const now = host.process(leader.pid);
  // The number may have been given to somebody else once the session was empty.
  if (now !== undefined && now.startTicks !== leader.startTicks) return [];
  const all = processesOf(host);
  const ours = lineOf(process.pid, all);
  return all
    .filter(
      ({ pid, session, startTicks }) => session === leader.pid && startTicks >= leader.startTicks && !ours.has(pid),
    )
    .map(named);
}

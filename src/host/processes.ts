// Processes of the host, each known by pid and start, so that a signal never reaches a later one of the same pid.
import { HostError, type HostWriter, type ProcessId } from '../model/host.ts';
import { parseProcStat } from '../model/proc-stat.ts';
import { readText } from './files.ts';

/** Of /proc/PID/stat; a name may be long and hold anything, the fields are short. */
const STAT_MAX = 4096;

export function processNow(pid: number): ProcessId | undefined {
  const stat = readText(`/proc/${pid}/stat`, STAT_MAX);
  const startTicks = stat === undefined ? undefined : startOf(stat);
  return startTicks === undefined ? undefined : { pid, startTicks };
}

/** `undefined` for what has ended and waits to be buried, too. */
export function startOf(stat: string): number | undefined {
  const found = parseProcStat(stat);
  return found === undefined || found.state === 'Z' || found.state === 'X' ? undefined : found.startTicks;
}

/** The start is compared right before: what remains is a gap of microseconds, in which a pid would have to go once around. */
export const signal: HostWriter['signal'] = (target, name) => {
  // 0 and negative ones are groups of processes, 1 is all of the host (kill(2)).
  if (!Number.isSafeInteger(target.pid) || target.pid <= 1 || target.pid === process.pid)
    throw new HostError(`Sending ${name} to process ${target.pid}: refused, it is not one that may be ended.`);
  if (processNow(target.pid)?.startTicks !== target.startTicks) return false;
  try {
    process.kill(target.pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw new HostError(
      `Sending ${name} to process ${target.pid}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
};

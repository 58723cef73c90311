// Reads what systemd (version 219 of 2015 to today) says about units.
import type { AdminEvent, ServiceRole, UnitEvent } from '../../model/event.ts';
import { isUnitName, roleOfUnit, type Unit, unitOfDescription } from './units.ts';

interface SystemdMessage {
  readonly text: string;
  /** Of the manager: 1 is the system's, any other a user's; `undefined` when the log doesn't say. */
  readonly pid?: number | undefined;
  /** The journal's own field UNIT=, where there is one. */
  readonly unit?: string | undefined;
}

interface SystemdReader {
  /** `undefined` when the message means nothing to us, or says once more what the one before it said. Never throws. */
  line(message: SystemdMessage): UnitEvent | AdminEvent | undefined;
}

type Change = Omit<UnitEvent, 'kind' | 'unit' | 'role'>;
interface Found extends Change {
  readonly of: Unit;
}

const UNIT_FIRST = /^([A-Za-z0-9:_.\\@-]{1,256}\.[a-z]{4,9}):? (.*)$/s;
const EXIT = /^(?:Main|Control) process exited, code=(exited|killed|dumped),? status=(\d{1,3})/i;
const TIMEOUT = /^(?:State ')?(start|stop|final|reload)[a-z-]*'?(?: operation)? timed out/i;
const RESULT = /^Failed with result '([a-z-]+)'/;
const JOB =
  /^(Starting|Started|Stopping|Stopped|Reloading|Reloaded|Failed to start|Dependency failed for) (.{1,300}?)(?:\.\.\.|\.|…)?$/;
const JOB_CHANGE: Readonly<Record<string, Change['change']>> = {
  Starting: 'starting',
  Started: 'started',
  Stopping: 'stopping',
  Stopped: 'stopped',
  Reloaded: 'reloaded',
  'Failed to start': 'start-failed',
  'Dependency failed for': 'start-failed',
};
/** Reached by the system's manager on the way down; by a user's manager at every log-out. */
const GOING_DOWN =
  /^(?:Reached target (?:shutdown|reboot|power-?off|halt|final step)|Shutting down\.|Rebooting\.|Powering off\.|Halting system\.)/i;

/**
 * Source of the wording: src/core/service.c, job.c, unit.c, manager.c of systemd 219, 229, 241, 252 and 257.
 * Units that are neither database, web nor PHP are told only when they fail, are killed, or are services that start anew.
 */
export function systemdReader(): SystemdReader {
  // Two wordings of one fact ("Unit x entered failed state." and "x failed.") come as a pair: the second is left out.
  let last = { unit: '', change: '', wording: '' };
  return {
    line(message) {
      const admin = readAdministrative(message);
      if (admin) return admin;
      const found = readUnitFirst(message.text) ?? readOldFailure(message.text) ?? readJob(message);
      if (!found) return undefined;
      const { of, ...change } = found;
      if (!worthTelling(of, change)) return undefined;
      const wording = message.text.replace(/\d+/g, '0').slice(0, 120);
      const said = last.unit === of.unit && last.change === change.change && last.wording !== wording;
      last = { unit: of.unit, change: change.change, wording };
      return said ? undefined : { kind: 'unit', unit: of.unit, role: of.role, ...change };
    },
  };
}

function readAdministrative({ text, pid }: SystemdMessage): AdminEvent | undefined {
  if ((pid === undefined || pid === 1) && GOING_DOWN.test(text))
    return { kind: 'admin', what: 'shutdown', subject: text.slice(0, 200) };
  if (/^Time has been changed/.test(text)) return { kind: 'admin', what: 'clock-step', subject: text.slice(0, 200) };
  if (/^Starting (?:logrotate\.service - )?Rotate log files/.test(text))
    return { kind: 'admin', what: 'logrotate', subject: 'logrotate.service' };
  return undefined;
}

/** `mariadb.service: Main process exited, ...`, and without the colon up to systemd 229. */
function readUnitFirst(text: string): Found | undefined {
  const parts = UNIT_FIRST.exec(text);
  const name = parts?.[1] ?? '';
  if (!parts || !isUnitName(name)) return undefined;
  const change = readChange(parts[2] ?? '');
  return change && { of: { unit: name, role: roleOfUnit(name) }, ...change };
}

function readChange(words: string): Change | undefined {
  const exit = EXIT.exec(words);
  if (exit) {
    const code = Number(exit[2]);
    if (exit[1] === 'exited') return { change: 'exited', status: code };
    return { change: exit[1] === 'dumped' ? 'dumped' : 'killed', signal: code };
  }
  const timeout = TIMEOUT.exec(words)?.[1]?.toLowerCase();
  if (timeout === 'start') return { change: 'start-timeout' };
  if (timeout === 'stop' || timeout === 'final' || /^Stopping timed out/i.test(words))
    return { change: 'stop-timeout' };
  const result = RESULT.exec(words)?.[1];
  if (result) {
    if (result === 'oom-kill') return { change: 'oom-killed' };
    return { change: result === 'start-limit-hit' || result === 'start-limit' ? 'restart-limit' : 'failed' };
  }
  if (/^A process of this unit has been killed by the OOM killer|^systemd-oomd killed/.test(words))
    return { change: 'oom-killed' };
  if (/holdoff time over|hold-off time over|RestartSec=.{1,40} expired|^Scheduled restart job/i.test(words))
    return { change: 'restart-scheduled' };
  if (/^Start request repeated too quickly/.test(words)) return { change: 'restart-limit' };
  if (/^(?:Deactivated successfully|Succeeded)\.$/.test(words)) return { change: 'stopped' };
  return words === 'failed.' || words === 'Unit entered failed state.' ? { change: 'failed' } : undefined;
}

/** `Unit x entered failed state.`, `start request repeated too quickly for x` (up to systemd 229). */
function readOldFailure(text: string): Found | undefined {
  const failed = /^Unit (\S{1,256}) entered failed state/.exec(text)?.[1];
  if (failed) return { of: { unit: failed, role: roleOfUnit(failed) }, change: 'failed' };
  const limit = /^start request repeated too quickly for (\S{1,256})/.exec(text)?.[1];
  return limit ? { of: { unit: limit, role: roleOfUnit(limit) }, change: 'restart-limit' } : undefined;
}

function readJob({ text, unit }: SystemdMessage): Found | undefined {
  const job = JOB.exec(text);
  const change = job ? JOB_CHANGE[job[1] ?? ''] : undefined;
  if (!job || !change) return undefined;
  const of = unit && isUnitName(unit) ? { unit, role: roleOfUnit(unit) } : unitOfDescription(job[2] ?? '');
  return { of, change };
}

const ALWAYS: ReadonlySet<Change['change']> = new Set([
  'start-failed',
  'start-timeout',
  'stop-timeout',
  'killed',
  'dumped',
  'oom-killed',
  'failed',
  'restart-scheduled',
  'restart-limit',
]);

function worthTelling({ unit, role }: { unit: string; role: ServiceRole }, { change, status }: Change): boolean {
  if (role !== 'other' || ALWAYS.has(change)) return true;
  if (change === 'exited') return status !== 0;
  // By description alone a service can't be told from a session or a timer.
  return (
    change === 'started' &&
    /\.service$/.test(unit) &&
    !/^(?:user|user-runtime-dir|getty|serial-getty|session-)/.test(unit)
  );
}

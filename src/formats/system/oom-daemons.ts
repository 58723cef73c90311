// Reads what daemons say that kill for want of memory before the kernel does: earlyoom and systemd-oomd.
import type { OomKill, UnitEvent } from '../../model/event.ts';
import { isUnitName, roleOfUnit } from './units.ts';

/** `badness` up to 1.7, `oom_score` in 1.8 and later (kill.c of earlyoom). */
const EARLYOOM =
  /^sending SIG(?:TERM|KILL) to process (\d{1,10}) uid \d{1,10} "(.{0,32}?)": (?:(?:badness|oom_score) (\d{1,6}))?(?:, oom_score_adj (-?\d{1,5}))?(?:, VmRSS (\d{1,12}) MiB)?/;
const OOMD = /^Killed (\/\S{1,600}) due to memory /;

/** What `earlyoom` says. Its figure is VmRSS, anonymous and file pages together: it stands in no field of ours. */
export function readEarlyoom(message: string): OomKill | undefined {
  const found = EARLYOOM.exec(message);
  if (!found) return undefined;
  return {
    kind: 'oom-kill',
    pid: Number(found[1]),
    name: found[2] ?? '',
    scope: 'global',
    ...(found[3] === undefined ? {} : { score: Number(found[3]) }),
    ...(found[4] === undefined ? {} : { oomScoreAdj: Number(found[4]) }),
    invokedBy: 'earlyoom',
    tasks: [],
  };
}

/** What `systemd-oomd` says (src/oom/oomd-manager.c): it kills all of a cgroup, so this is an event of the unit. */
export function readOomd(message: string): UnitEvent | undefined {
  const path = OOMD.exec(message)?.[1];
  if (!path) return undefined;
  const last = path.split('/').findLast((part) => isUnitName(part)) ?? path;
  return { kind: 'unit', unit: last, role: roleOfUnit(last), change: 'oom-killed' };
}

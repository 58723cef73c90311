// Reads what upstart, the init of Ubuntu 9.10 to 14.10 and Red Hat 6, says about jobs.
import type { UnitEvent } from '../../model/event.ts';
import { roleOfUnit } from './units.ts';

/** init/job_process.c of upstart: `mysql main process (2831) killed by KILL signal`. */
const PROCESS =
  /^(\S{1,100}) (?:main|pre-start|post-start) process ?\( ?\d{1,10} ?\) (?:terminated with status (\d{1,3})|killed by ([A-Z]{3,6}) signal)$/;
const JOB = /^(\S{1,100}) (?:(main process ended, respawning)|(respawning too fast, stopped))$/;
/** signal(7), for those that end a process of their own accord or the kernel's. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  TERM: 15,
};

/** `undefined` when the message means nothing to us. Never throws. */
export function readUpstart(message: string): UnitEvent | undefined {
  const process = PROCESS.exec(message);
  if (process) {
    const base = { kind: 'unit', unit: process[1] ?? '', role: roleOfUnit(process[1] ?? '') } as const;
    if (process[2] !== undefined) return { ...base, change: 'exited', status: Number(process[2]) };
    const signal = SIGNALS[process[3] ?? ''];
    return { ...base, change: 'killed', ...(signal === undefined ? {} : { signal }) };
  }
  const job = JOB.exec(message);
  if (!job) return undefined;
  return {
    kind: 'unit',
    unit: job[1] ?? '',
    role: roleOfUnit(job[1] ?? ''),
    change: job[2] ? 'restart-scheduled' : 'restart-limit',
  };
}

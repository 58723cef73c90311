// Keeps the kernel from choosing us when memory runs out, and what we start from inheriting that (proc_pid_oom_score_adj(5)).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Argv } from '../model/host.ts';

const OWN = '/proc/self/oom_score_adj';
/** Far below every service, and still one to end when nothing else is left; without CAP_SYS_RESOURCE no less than the usual. */
const LEVELS = [-900, 0];

/** Set by bin/seawall when it has done it already, to the value of before. */
const BEFORE = 'SEAWALL_OOM_SCORE_ADJ';

let held = heldFromStart();

function heldFromStart(): { readonly before: string; readonly now: string } | undefined {
  const before = process.env[BEFORE];
  // What we start must not take itself for protected.
  delete process.env[BEFORE];
  if (before === undefined || !/^-?\d{1,4}$/.test(before)) return undefined;
  try {
    return { before, now: readFileSync(OWN, 'utf8').trim() };
  } catch {
    return undefined;
  }
}

/** Lowers our own badness until the process ends, as far as that is allowed. @returns whether it could be lowered. */
export function protectFromOomKiller(): boolean {
  if (held) return true;
  for (const level of LEVELS) {
    try {
      const before = readFileSync(OWN, 'utf8').trim();
      if (Number(before) <= level) return false;
      writeFileSync(OWN, `${level}`);
      held = { before, now: `${level}` };
      return true;
    } catch {
      // Not allowed, or no such file: the next level, or as we are.
    }
  }
  return false;
}

/** util-linux's: takes the badness it is told, then becomes the program. */
const CHOOM = ['/usr/bin/choom', '/bin/choom'];
let choom: string | undefined;

/**
 * Starts a program with the badness that we had at first: a child has its parent's when it is made, and a database that is
 * started by us must not be what the kernel spares. Where choom is there, we stay protected ourselves: the moment of a fork is one
 * in which memory is asked for. `start` must have forked when it returns, as child_process does.
 * @param path of the program, when it is there.
 */
export function unprotected<T>(path: string | undefined, argv: Argv, start: (argv: Argv) => T): T {
  if (!held) return start(argv);
  choom ??= CHOOM.find((one) => existsSync(one)) ?? '';
  if (choom !== '' && path !== undefined) return start([choom, '-n', held.before, '--', path, ...argv.slice(1)]);
  writeFileSync(OWN, held.before);
  try {
    return start(argv);
  } finally {
    writeFileSync(OWN, held.now);
  }
}

// From workers to memory, from memory to the kill, from the kill to the database, and from there to what visitors saw.
import { count, duration, kilobytes, many, percent, timesWord } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { isDatabaseProgram } from '../../symptoms/view/database.ts';
import { memoryLimitKb, needOf, needWords } from '../capacity.ts';
import { type Holder, holdersAt } from '../memory.ts';
import type { Scene } from '../scene.ts';
import { keepingUp, type Mechanism, rule } from './mechanism.ts';

const WORKERS: Mechanism[] = [
  ...rule(['worker-pileup'], 'memory-exhausted', (pile, effect, scene) => memoryNeed(pile, effect, scene)),
  ...rule(['worker-pileup'], 'swap-thrash', (pile, effect, scene) => memoryNeed(pile, effect, scene)),
  ...rule(['worker-pileup'], 'oom-kill', (pile, effect, scene) => memoryNeed(pile, effect, scene)),
  ...rule(
    ['worker-pileup'],
    'worker-limit-reached',
    (pile, limit) =>
      `${count(pile.measure.peak)} were seen${limit.measure.limit === undefined ? '' : `, ${count(limit.measure.limit)} are allowed`}.`,
  ),
  ...rule(
    ['worker-pileup'],
    'load-spike',
    (pile, load) =>
      `${many(pile.measure.peak, 'worker')} that want a processor or memory${load.measure.cpus === undefined ? '' : ` on ${many(load.measure.cpus, 'core')}`}; the average follows a minute later.`,
    21_600,
  ),
  ...rule(['worker-pileup'], 'too-many-connections', () => 'Each worker holds a connection to the database.'),
  ...rule(['worker-pileup'], 'site-slow', () => 'Whoever comes later waits behind the pile.'),
  ...rule(['worker-pileup'], 'site-unreachable', () => 'With all workers taken, nobody else is let in.'),
  ...rule(['worker-pileup'], 'database-stalled', () => 'The pile left the database neither processor nor memory.'),
  ...rule(['worker-pileup'], 'site-error', () => 'What waits too long for a worker is answered with an error.'),
  ...rule(['worker-limit-reached'], 'site-slow', () => 'With no worker free, requests wait in the queue.'),
  ...rule(
    ['worker-limit-reached'],
    'site-error',
    () => 'With no worker free, what waits too long, or finds the queue full, is answered with an error.',
  ),
  ...rule(
    ['worker-limit-reached'],
    'site-unreachable',
    () => 'With no worker free and the queue full, nobody else is let in.',
  ),
  ...rule(['worker-limit-reached'], 'load-spike', () => 'All workers want the processor at once.'),
  ...rule(['worker-limit-reached'], 'worker-pileup', () => 'Requests that found no free worker waited.'),
];

const MEMORY: Mechanism[] = [
  ...rule(['memory-exhausted'], 'oom-kill', (memory, kill, scene) => victimWords(memory, kill, scene), 900),
  ...rule(['swap-thrash'], 'oom-kill', () => 'When swap is used up as well, the kernel has to kill.', 900),
  ...rule(
    ['memory-exhausted'],
    'swap-thrash',
    () => 'With memory gone, the kernel moves pages to swap and back instead of working.',
  ),
  ...rule(
    ['memory-exhausted', 'swap-thrash'],
    'database-stalled',
    () => 'Without memory the database waits for its pages.',
  ),
  ...rule(['memory-exhausted', 'swap-thrash'], 'site-slow', () => 'Everything that needs memory waits for it.'),
  ...rule(
    ['memory-exhausted', 'swap-thrash'],
    'site-unreachable',
    () => 'A host without memory does not get round to answering.',
  ),
  ...rule(['memory-exhausted', 'swap-thrash', 'oom-kill'], 'site-error', (cause) =>
    cause.id === 'oom-kill'
      ? 'A request whose process is killed gets an error.'
      : 'Processes without memory fail or run into time-outs.',
  ),
  ...rule(
    ['memory-exhausted', 'swap-thrash'],
    'load-spike',
    () => 'Processes that wait for memory count as load; the average follows a minute later.',
    1800,
  ),
  ...rule(['oom-kill'], 'memory-exhausted', () => 'The kernel kills only when no memory is left.'),
  ...rule(['oom-kill'], 'database-killed', (kill, killed) => databaseVictim(kill, killed), 60),
  ...rule(['oom-kill'], 'site-unreachable', () => 'What answered visitors was killed.'),
];

const DATABASE: Mechanism[] = [
  ...rule(['database-killed'], 'oom-kill', (_killed, kill) =>
    kill.certainty === 'inferred'
      ? `Who sent signal 9 is not logged${kill.measure.because === undefined ? '' : `: ${kill.measure.because}`}.`
      : undefined,
  ),
  ...rule(['database-killed', 'service-crashed'], 'database-down', (cause) =>
    cause.id === 'database-killed' || cause.measure.role === 'database'
      ? 'A database that has died answers nobody until it is started and has recovered.'
      : undefined,
  ),
  ...rule(
    ['database-killed', 'service-crashed', 'database-down'],
    'tables-crashed',
    () => 'Tables that were open when it died were not closed; MyISAM and Aria do not repair that by themselves.',
    86_400,
  ),
  ...rule(
    ['database-killed', 'database-down', 'service-crashed'],
    'database-restart-failed',
    (_cause, failed) => `It was started again and did not come up: ${failed.measure.reason}.`,
    7200,
  ),
  ...rule(['database-killed'], 'site-error', () => 'Each page needs the database.', 3600),
  ...keepingUp(
    rule(['database-restart-failed'], 'database-down', () => 'It is not running because it does not start.', 3600),
  ),
  ...rule(['database-restart-failed', 'database-down'], 'site-error', () => 'Each page needs the database.', 3600),
  ...rule(
    ['database-down', 'database-restart-failed'],
    'site-unreachable',
    () => 'Pages that wait for the database do not answer.',
    3600,
  ),
  ...rule(['database-down'], 'site-slow', () => 'Pages wait for a database that does not answer.'),
  ...rule(
    ['database-stalled'],
    'worker-limit-reached',
    () => 'Each worker waits for the database and is not free for the next request.',
  ),
  ...rule(['database-stalled'], 'worker-pileup', () => 'Each worker waits for the database, and more come.'),
  ...rule(['database-stalled'], 'site-slow', () => 'Each page waits for the database.'),
  ...rule(['database-stalled'], 'site-error', () => 'Pages that wait for the database run into time-outs.'),
  ...rule(['slow-queries'], 'database-stalled', (slow) =>
    slow.measure.locked
      ? 'One statement holds the lock that the others wait for.'
      : `Statements take up to ${duration(slow.measure.longestS)}, and the others queue behind them.`,
  ),
  ...rule(['database-stalled'], 'slow-queries', () => 'What waits for locks or for the disk is logged as slow.'),
  ...rule(['slow-queries'], 'too-many-connections', () => 'Connections pile up behind statements that do not end.'),
  ...rule(
    ['slow-queries'],
    'worker-limit-reached',
    (slow) =>
      `Each worker waits for its statement, ${duration(slow.measure.longestS)} in the worst case, and is not free for the next request.`,
  ),
  ...rule(['slow-queries'], 'worker-pileup', () => 'Each worker waits for its statement, and more come.'),
  ...rule(['slow-queries'], 'site-slow', () => 'A page takes as long as its slowest statement.'),
  ...rule(['slow-queries'], 'site-error', () => 'Pages that wait for their statements run into time-outs.'),
  ...rule(['too-many-connections', 'database-access-denied'], 'site-error', (cause) =>
    cause.id === 'too-many-connections'
      ? 'A page that gets no connection shows the database error.'
      : 'A page that is not let into the database shows its error.',
  ),
];

const FAULTS: Mechanism[] = [
  ...rule(['disk-full'], 'database-stalled', () => 'The database waits until somebody makes room.', 43_200),
  ...rule(['disk-full'], 'database-down', () => 'A database that cannot write stops or does not start.', 43_200),
  ...rule(['disk-full'], 'database-restart-failed', () => 'A database that cannot write does not start.', 43_200),
  ...rule(['disk-full'], 'service-crashed', () => 'A program that cannot write its files may end by a fault.', 43_200),
  ...rule(['disk-full'], 'tables-crashed', () => 'A write that ended in the middle leaves the table damaged.', 43_200),
  ...rule(['disk-full'], 'php-errors', () => 'PHP cannot write its files.', 43_200),
  ...rule(['disk-full'], 'worker-limit-reached', () => 'Each worker waits for a write that does not end.', 43_200),
  ...rule(['disk-full'], 'worker-pileup', () => 'Each worker waits for a write that does not end.', 43_200),
  ...rule(['disk-full'], 'site-error', () => 'What cannot be written fails.', 43_200),
  ...rule(['disk-full'], 'site-slow', () => 'Pages wait for writes that do not end.', 43_200),
  ...rule(['service-crashed'], 'site-error', (crash) =>
    crash.measure.role === 'php'
      ? 'A request whose PHP process dies gets an error.'
      : crash.measure.role === 'database'
        ? 'Pages fail until the database is back.'
        : 'Requests that were being served are lost.',
  ),
  ...rule(['service-crashed'], 'site-unreachable', (crash) =>
    crash.measure.role === 'web' ? 'With the web server gone, nobody answers at the door.' : undefined,
  ),
  ...rule(
    ['php-errors'],
    'site-error',
    (errors) =>
      `A page whose code fails is answered with an error; ${many(errors.measure.errors, 'failure')} are logged.`,
  ),
  ...rule(
    ['backend-timeouts'],
    'worker-limit-reached',
    () => 'Each worker waits for the other side until its time-out, and is not free for the next request.',
  ),
  ...rule(
    ['backend-timeouts'],
    'worker-pileup',
    () => 'Each worker waits for the other side until its time-out, and more come.',
  ),
  ...rule(['backend-timeouts'], 'site-slow', () => 'A page takes as long as the other side lets it wait.'),
  ...rule(
    ['backend-timeouts'],
    'site-error',
    () => 'Pages that wait too long run into the time-out of the web server.',
  ),
  ...rule(['backend-timeouts'], 'site-unreachable', () => 'With all workers waiting, nobody else is served.'),
];

/** Workers that hold less of the memory did not use it up. */
const WORKERS_SHARE = 0.2;

export const HOST_MECHANISMS: readonly Mechanism[] = [...WORKERS, ...MEMORY, ...DATABASE, ...FAULTS];

/** Holds when the workers can account for a good part of the memory: by what they held then, else by number and size. */
function memoryNeed(pile: Symptom<'worker-pileup'>, effect: Symptom, scene: Scene): string | undefined {
  if (pile.measure.program === 'requests in flight') return undefined;
  const totalKb = memoryLimitKb(scene.dossier);
  const then = holdersAt(scene.dossier, effect.span.from).find(({ program }) => program === pile.measure.program);
  const heldKb = then && privateKb(then, pile.measure);
  if (then && heldKb !== undefined && totalKb !== undefined && heldKb >= totalKb * WORKERS_SHARE) {
    const each = then.processes > 1 ? ` (${kilobytes(heldKb / then.processes)} each)` : '';
    return `${count(then.processes)} ${then.program} held ${kilobytes(heldKb)}${each} when it ran out, ${percent(heldKb / totalKb)} of ${kilobytes(totalKb)}.`;
  }
  const need = needOf(pile.measure);
  if (totalKb !== undefined && need.totalKb < totalKb * WORKERS_SHARE) return undefined;
  return `${needWords(need, totalKb)}.`;
}

/** What they held for themselves; `undefined` where only figures that overstate are known. */
function privateKb(then: Holder, pile: Symptom<'worker-pileup'>['measure']): number | undefined {
  if (!then.overstated) return then.heldKb;
  const known = pile.workerKbIs === 'pss' || pile.workerKbIs === 'anonymous' ? pile.workerKb : undefined;
  return known === undefined ? undefined : known * then.processes;
}

/** The kernel's choice: badness = (RSS + swap + page tables) / memory (mm/oom_kill.c). */
function victimWords(memory: Symptom<'memory-exhausted'>, kill: Symptom<'oom-kill'>, scene: Scene): string {
  const { victim, victimKb, holder, holderCount, holderKb } = kill.measure;
  const totalKb = memory.measure.totalKb ?? memoryLimitKb(scene.dossier);
  const badness =
    victimKb !== undefined && totalKb !== undefined
      ? ` (badness about ${count((victimKb / totalKb) * 1000)} of 1000)`
      : '';
  const size = victimKb === undefined ? '' : `, with ${kilobytes(victimKb)}${badness}`;
  if (holder === undefined || holder === victim || holderKb === undefined) {
    return `The kernel kills the process with the highest badness, mostly the largest: that was ${victim}${size}.`;
  }
  const single = holderCount === undefined || holderCount === 1;
  const held = `${single ? '' : `${count(holderCount)} `}${holder} held ${kilobytes(holderKb)}`;
  if (single && victimKb !== undefined && holderKb > victimKb) {
    return `The kernel chose ${victim}${size}, though ${held}: badness is adjusted for some (oom_score_adj), and the largest is not always taken.`;
  }
  return `The kernel kills the largest process, not the one that asked for more: that was ${victim}${size}; ${held}${single ? '' : ' together, but each of them less'}.`;
}

function databaseVictim(kill: Symptom<'oom-kill'>, killed: Symptom<'database-killed'>): string | undefined {
  const isDatabase =
    isDatabaseProgram(kill.measure.victim) ||
    kill.evidence.some((line) => /mysqld|mariadbd/.test(line.text)) ||
    kill.measure.victim === killed.measure.service;
  if (!isDatabase) return undefined;
  const share =
    kill.measure.victimKb !== undefined && kill.measure.limitKb !== undefined
      ? `: it held ${percent(kill.measure.victimKb / kill.measure.limitKb)} of the limit`
      : '';
  return `The process that the kernel chose was the database${share}${killed.measure.times > 1 ? `; it was chosen ${timesWord(killed.measure.times)}` : ''}.`;
}

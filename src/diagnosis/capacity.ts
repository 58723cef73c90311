// The capacity model: how many requests are in flight (Little's law), what memory they take, and how many workers would fit.
import type { Dossier } from '../model/dossier.ts';
import { duration, figure, kilobytes } from '../model/figures.ts';
import { programName } from '../model/programs.ts';
import type { Symptom } from '../model/symptom.ts';
import { databaseLife, isDatabaseProgram } from '../symptoms/view/database.ts';

/**
 * Little's law (J. D. C. Little, 1961): the mean number in a system is the arrival rate times the mean time in it.
 * `ratePerS` per second, `heldS` seconds.
 */
export function inFlight(ratePerS: number, heldS: number): number {
  return ratePerS * heldS;
}

/** "1 a second x 11 seconds = 11 in flight" */
export function littleWords(ratePerS: number, heldS: number): string {
  return `${rateWords(ratePerS)} x ${duration(heldS)} each = ${figure(inFlight(ratePerS, heldS))} in flight at once (Little's law)`;
}

function rateWords(perSecond: number): string {
  return perSecond >= 0.1
    ? `${figure(Math.round(perSecond * 100) / 100)} a second`
    : `${figure(perSecond * 60)} a minute`;
}

export interface MemoryNeed {
  readonly workers: number;
  readonly eachKb: number;
  readonly totalKb: number;
  /** `rss` overstates by the pages that the workers share. */
  readonly eachIs: 'pss' | 'anonymous' | 'rss' | 'typical';
}

/**
 * Private memory of a php-cgi that runs WordPress, kB: measured, Debian 12, PHP 8.2, WordPress 6.1. Taken only where the
 * evidence has no figure of its own, and then said so.
 */
const TYPICAL_WORKER_KB = 34_300;

/** What the workers of a pile took. */
export function needOf(pile: Symptom<'worker-pileup'>['measure']): MemoryNeed {
  const eachKb = pile.workerKb ?? TYPICAL_WORKER_KB;
  return {
    workers: pile.peak,
    eachKb,
    totalKb: pile.peak * eachKb,
    eachIs: pile.workerKb === undefined ? 'typical' : (pile.workerKbIs ?? 'rss'),
  };
}

export function typicalNeed(workers: number): MemoryNeed {
  return { workers, eachKb: TYPICAL_WORKER_KB, totalKb: workers * TYPICAL_WORKER_KB, eachIs: 'typical' };
}

const EACH_IS = {
  pss: ' of its own (PSS)',
  anonymous: ' of its own',
  rss: ' resident (shared pages counted in each, so this overstates)',
  typical: ' of its own, as measured for WordPress elsewhere: this record has no figure',
} as const;

/** "30 workers x 33 MB of its own = 990 MB, of 512 MB" */
export function needWords(need: MemoryNeed, totalKb: number | undefined): string {
  const of = totalKb === undefined ? '' : `; the host has ${kilobytes(totalKb)} in all`;
  return `${Math.round(need.workers)} workers x ${kilobytes(need.eachKb)}${EACH_IS[need.eachIs]} = ${kilobytes(need.totalKb)}${of}`;
}

/** The memory that counts, kB: the cgroup's limit where one was hit, else the host's. */
export function memoryLimitKb(dossier: Dossier): number | undefined {
  for (const event of dossier.events) {
    if (event.kind !== 'oom-kill') continue;
    if (event.limitKb !== undefined) return event.limitKb;
    if (event.memTotalKb !== undefined) return event.memTotalKb;
  }
  return dossier.host.memTotalKb;
}

export interface Fit {
  readonly workers: number;
  /** How it was reckoned, with its figures. */
  readonly words: string;
}

/** Left free for the kernel, its caches and the next surprise. */
const SPARE_SHARE = 0.15;

/**
 * How many workers fit: (memory - database - everything else - spare) / memory of one worker. `undefined` where one of the
 * figures is not in the evidence: it would be a guess.
 */
export function fittingWorkers(
  dossier: Dossier,
  pile: Symptom<'worker-pileup'>['measure'] | undefined,
  isWorker: (program: string) => boolean,
): Fit | undefined {
  const totalKb = memoryLimitKb(dossier);
  if (totalKb === undefined || pile?.workerKb === undefined) return undefined;
  const others = otherMemory(dossier, isWorker);
  if (others === undefined) return undefined;
  const eachKb = Math.max(pile.workerKb, grownKb(dossier, pile.program) ?? 0);
  const spareKb = totalKb * SPARE_SHARE;
  const workers = Math.floor((totalKb - others.kb - spareKb) / eachKb);
  if (workers < 1) return undefined;
  return {
    workers,
    words: `(${kilobytes(totalKb)} - ${kilobytes(others.kb)} ${others.words} - ${kilobytes(spareKb)} to spare) / ${kilobytes(eachKb)} a worker = ${workers}`,
  };
}

/** Among fewer nothing is told of what is usual. */
const GROWN_FROM = 3;

/**
 * Memory of a worker that has come to the end of its work, kB: the second largest that was seen, for one that is larger than all
 * others proves nothing. In a pile most have hardly begun, or wait for the memory that there isn't: their mean is far below what each
 * will take. `undefined` where too few are told.
 */
function grownKb(dossier: Dossier, program: string): number | undefined {
  const grown = dossier.samples.flatMap(({ largest = [], programs = [] }) => {
    const { pssKb, rssKb } = programs.find(({ name }) => name === program) ?? {};
    const own = pssKb !== undefined && rssKb ? pssKb / rssKb : 1;
    const sizes = largest
      .filter((process) => programName(process) === program)
      .flatMap((process) => process.pssKb ?? (process.rssKb === undefined ? [] : process.rssKb * own));
    const [, second] = sizes.sort((a, b) => b - a);
    return second === undefined || sizes.length < GROWN_FROM ? [] : [second];
  });
  return grown.length > 0 ? Math.round(Math.max(...grown)) : undefined;
}

/** MariaDB with Debian's settings on a small host, kB: measured. Taken only where it was dead whenever somebody looked, and said so. */
const TYPICAL_DATABASE_KB = 107_500;

/** What all programs but the workers need, each at its most; a database that is down needs its memory again. */
function otherMemory(
  dossier: Dossier,
  isWorker: (program: string) => boolean,
): { readonly kb: number; readonly words: string } | undefined {
  const tables = taskTables(dossier);
  // RSS counts shared pages in each: where the kernel told what is a program's own, PSS alone is as good.
  const samples = fullSamples(dossier, isWorker, tables.length > 0);
  const looks = [...tables, ...samples].map((look) => look.filter(({ name }) => !isWorker(name)));
  if (looks.length === 0) return undefined;
  const most = (wanted: (name: string) => boolean): number =>
    Math.max(...looks.map((look) => look.reduce((sum, { name, kb }) => sum + (wanted(name) ? kb : 0), 0)));
  const system = most((name) => !isDatabaseProgram(name));
  const database = most(isDatabaseProgram);
  return database > 0 || databaseLife(dossier).at(-1)?.is !== 'down'
    ? { kb: system + database, words: 'for the database and the system' }
    : {
        kb: system + TYPICAL_DATABASE_KB,
        words: `for the system and the database (which was down: ${kilobytes(TYPICAL_DATABASE_KB)}, as measured elsewhere)`,
      };
}

interface Held {
  readonly name: string;
  readonly kb: number;
}

/** At the first kill, as the kernel listed all processes. */
function taskTables(dossier: Dossier): Held[][] {
  const kill = dossier.events.find((event) => event.kind === 'oom-kill' && event.tasks.length > 0);
  if (kill?.kind !== 'oom-kill') return [];
  return [kill.tasks.map(({ name, anonKb, rssKb }) => ({ name, kb: anonKb ?? rssKb }))];
}

/** Samples that list what runs beside the workers. */
function fullSamples(dossier: Dossier, isWorker: (program: string) => boolean, pssOnly: boolean): Held[][] {
  return dossier.samples.flatMap(({ programs = [] }) => {
    const others = programs.filter(({ name }) => !isWorker(name) && name !== 'php-fpm: master');
    if (others.length < 3) return [];
    return [others.map(({ name, pssKb, rssKb }) => ({ name, kb: pssKb ?? (pssOnly ? 0 : (rssKb ?? 0)) }))];
  });
}

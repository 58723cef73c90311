// Whether a site is well again: by its pages, its workers, its memory, its pressure and its database, each before and now.
import { count, kilobytes, percent } from '../model/figures.ts';
import type { Calm, CalmSign } from '../model/response.ts';
import type { Sample } from '../model/sample.ts';
import type { EpochMs } from '../model/time.ts';

/** A visitor who waits longer has gone. */
const PAGE_MS = 2000;
/** Share of the memory that must be there for more than one request. */
const MEMORY_SHARE = 0.1;
/** PSI memory some avg10, percent: in the recorded floods it stood at 40 and more before the kill, at 0 to 5 without one. */
const PRESSURE_MOST = 10;
/** So many workers are no pile on any host. */
const FEW_WORKERS = 8;
/** It must have been well without a break for so long. */
const STEADY_MS = 15_000;

const ERROR_PAGE = /Error establishing a database connection/i;

/**
 * @param before at the worst moment of the incident, as far as it was seen.
 * @param after ordered by time; from the moment on when all steps were taken.
 * @param workers name of the program that piled up; absent when none did.
 */
export function calmOf(before: readonly Sample[], after: readonly Sample[], workers: string | undefined): Calm {
  const first = after[0];
  const last = after.at(-1);
  if (!first || !last) return { well: false, signs: [], watchedS: 0 };
  const normal: Normal = { before, workers, mostWorkers: mostOf(before, (sample) => workersIn(sample, workers)) };
  const since = wellSince(after, normal);
  const signs = signsOf(last, normal);
  const relapse = relapseIn(after);
  return {
    well: since !== undefined && last.at - since >= STEADY_MS,
    signs,
    ...(since !== undefined && { since }),
    watchedS: (last.at - first.at) / 1000,
    ...(relapse !== undefined && { relapse }),
  };
}

/**
 * Whether it goes on. While it does, workers are held again and show who holds them, which the log does not tell before they end:
 * so it is told early, before the database is killed again.
 */
function relapseIn(samples: readonly Sample[]): string | undefined {
  const lately = (count: number, holds: (sample: Sample) => boolean): boolean =>
    samples.length >= count && samples.slice(-count).every(holds);
  if (lately(2, ({ inFlight }) => (inFlight?.length ?? 0) >= FEW_WORKERS)) return 'requests pile up again';
  if (lately(1, isDatabaseDown) && samples.some(({ database }) => database?.alive)) return 'the database is down again';
  if (lately(FAILED_IN_A_ROW, ({ probe }) => probe !== undefined && isFailed(probe))) return 'the site still fails';
  return undefined;
}

/** Looks, a second apart, after which a site that fails will not come back by itself. */
const FAILED_IN_A_ROW = 10;

function isDatabaseDown({ database }: Sample): boolean {
  return database?.alive === false;
}

interface Normal {
  readonly before: readonly Sample[];
  readonly workers: string | undefined;
  readonly mostWorkers: number | undefined;
}

/** The begin of the stretch at the end in which every sample is well. */
function wellSince(samples: readonly Sample[], normal: Normal): EpochMs | undefined {
  let since: EpochMs | undefined;
  for (const sample of samples) {
    const signs = signsOf(sample, normal);
    if (signs.length === 0 || signs.some(({ well }) => !well)) since = undefined;
    else since ??= sample.at;
  }
  return since;
}

/** What a sample does not tell is no sign. */
function signsOf(now: Sample, normal: Normal): CalmSign[] {
  return [
    siteSign(now, normal),
    workersSign(now, normal),
    memorySign(now, normal),
    pressureSign(now, normal),
    databaseSign(now, normal),
  ].filter((sign) => sign !== undefined);
}

function siteSign({ probe }: Sample, { before }: Normal): CalmSign | undefined {
  if (!probe) return undefined;
  const worst = before.map((sample) => sample.probe).find((one) => one !== undefined && !isWell(one));
  return {
    of: 'site',
    well: isWell(probe),
    text: change('the front page: ', worst && pageWords(worst), pageWords(probe)),
  };
}

type Probe = NonNullable<Sample['probe']>;

function isWell(probe: Probe): boolean {
  return !isFailed(probe) && probe.ms <= PAGE_MS;
}

function isFailed({ status, body }: Probe): boolean {
  return status === undefined || status >= 500 || ERROR_PAGE.test(body ?? '');
}

function pageWords({ status, ms, body }: Probe): string {
  const answer =
    status === undefined ? 'no answer' : ERROR_PAGE.test(body ?? '') ? `${status}, database error` : `${status}`;
  return `${answer} after ${(ms / 1000).toFixed(1)} s`;
}

function workersSign(now: Sample, { workers, mostWorkers }: Normal): CalmSign | undefined {
  const running = workersIn(now, workers);
  if (workers === undefined || running === undefined || mostWorkers === undefined) return undefined;
  return {
    of: 'workers',
    well: running <= Math.max(FEW_WORKERS, mostWorkers / 2),
    text: `${count(mostWorkers)} ${workers} -> ${count(running)}`,
  };
}

/** Of a program that none runs of, a sample that lists processes says 0. */
function workersIn({ programs }: Sample, name: string | undefined): number | undefined {
  if (!programs || name === undefined) return undefined;
  return programs.find((program) => program.name === name)?.count ?? 0;
}

function memorySign(now: Sample, { before }: Normal): CalmSign | undefined {
  const { availableKb, totalKb } = now.memory ?? {};
  if (availableKb === undefined || totalKb === undefined || totalKb === 0) return undefined;
  const least = mostOf(before, (sample) =>
    sample.memory?.availableKb === undefined ? undefined : -sample.memory.availableKb,
  );
  const words = `${kilobytes(availableKb)} of ${kilobytes(totalKb)} available (${percent(availableKb / totalKb)})`;
  return {
    of: 'memory',
    well: availableKb >= totalKb * MEMORY_SHARE,
    text: change('', least === undefined ? undefined : kilobytes(-least), words),
  };
}

function pressureSign(now: Sample, { before }: Normal): CalmSign | undefined {
  const some = now.pressure?.memorySome;
  if (some === undefined) return undefined;
  const most = mostOf(before, (sample) => sample.pressure?.memorySome);
  return {
    of: 'pressure',
    well: some <= PRESSURE_MOST,
    text: change(
      'memory pressure (some, 10 s): ',
      most === undefined ? undefined : `${Math.round(most)} %`,
      `${Math.round(some)} %`,
    ),
  };
}

function databaseSign({ database }: Sample, { before }: Normal): CalmSign | undefined {
  if (!database) return undefined;
  const wasDown = before.some(isDatabaseDown);
  return {
    of: 'database',
    well: database.alive,
    text: change('the database: ', wasDown ? 'down' : undefined, database.alive ? 'answers' : 'down'),
  };
}

function change(what: string, before: string | undefined, now: string): string {
  return before === undefined ? `${what}${now}` : `${what}${before} -> ${now}`;
}

function mostOf(samples: readonly Sample[], figure: (sample: Sample) => number | undefined): number | undefined {
  const known = samples.map(figure).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

// The stamps of one file as they come: turns of the year and of midnight, first and last, and those of a clock that was never set.
import type { EpochMs, Stamp } from '../model/time.ts';
import { DAY_MS, isTimeOfDay, type RawStamp } from './clock.ts';

const HALF_DAY_MS = DAY_MS / 2;
const HALF_YEAR_MS = 183 * DAY_MS;
/** No web server of today wrote a log before: a host without a battery starts its clock in 1970. */
const FIRST_YEAR = 2000;
/** A file names few years; a garbled one may name thousands. */
const YEARS_MAX = 64;

interface Year {
  stamps: number;
  readonly first: { readonly number: number; readonly stamp: RawStamp };
  last: { readonly number: number; readonly stamp: RawStamp };
}

export interface StampTrack {
  /** Notes the stamp of the next line, and says which year or day it belongs to. */
  place(stamp: Stamp): RawStamp;
  /** The stamp before this. */
  readonly previous: RawStamp | undefined;
  /** When all lines are read: what the file's clock says, without the stamps that can't be true. */
  judge(now: EpochMs): { first: RawStamp | undefined; last: RawStamp | undefined; strays: Strays | undefined };
}

export interface Strays {
  readonly lines: number;
  /** The years that were named, as a person reads them. */
  readonly years: string;
  has(stamp: RawStamp): boolean;
}

export function stampTrack(): StampTrack {
  const years = new Map<number, Year>();
  let number = 0;
  let turns = 0;

  const track = {
    previous: undefined as RawStamp | undefined,
    place(stamp: Stamp): RawStamp {
      turns += turnBetween(track.previous, stamp);
      const raw: RawStamp = { ms: stamp.ms, clock: stamp.clock, turns };
      track.previous = raw;
      const year = yearOf(raw);
      const at = { number: number++, stamp: raw };
      const known = years.get(year);
      if (known) {
        known.stamps++;
        known.last = at;
      } else if (years.size < YEARS_MAX) years.set(year, { stamps: 1, first: at, last: at });
      return raw;
    },
    judge(now: EpochMs) {
      const named = [...years.keys()].filter((year) => !Number.isNaN(year));
      const [usual] = [...named].sort(
        (a, b) => (years.get(b)?.stamps ?? 0) - (years.get(a)?.stamps ?? 0) || farFrom(now, a) - farFrom(now, b),
      );
      const isStray = (year: number): boolean => usual !== undefined && isImpossible(year, usual, now);
      let first: Year['first'] | undefined;
      let last: Year['last'] | undefined;
      let lines = 0;
      for (const [year, of] of years) {
        if (isStray(year)) {
          lines += of.stamps;
          continue;
        }
        if (!first || of.first.number < first.number) first = of.first;
        if (!last || of.last.number > last.number) last = of.last;
      }
      const strange = named.filter(isStray).sort((a, b) => a - b);
      return {
        first: first?.stamp,
        last: last?.stamp,
        strays:
          lines === 0
            ? undefined
            : { lines, years: strange.join(', '), has: (stamp: RawStamp) => isStray(yearOf(stamp)) },
      };
    },
  };
  return track;
}

/** +1 from December to January or over midnight, -1 the other way round (a log that is printed newest first). */
function turnBetween(before: RawStamp | undefined, stamp: Stamp): number {
  if (!before || before.clock !== stamp.clock) return 0;
  const half =
    stamp.clock === 'yearless' ? HALF_YEAR_MS : isTimeOfDay(stamp) && isTimeOfDay(before) ? HALF_DAY_MS : undefined;
  if (half === undefined) return 0;
  if (stamp.ms < before.ms - half) return 1;
  return stamp.ms > before.ms + half ? -1 : 0;
}

/** NaN for stamps that name none. */
function yearOf(stamp: RawStamp): number {
  if (stamp.clock === 'boot' || stamp.clock === 'yearless' || isTimeOfDay(stamp)) return Number.NaN;
  return new Date(stamp.ms).getUTCFullYear();
}

function farFrom(now: EpochMs, year: number): number {
  return Math.abs(year - new Date(now).getUTCFullYear());
}

/**
 * A gap of years is no proof, for an error log that nobody rotates has such. But no line is older than its program, and
 * none is of the future, unless the whole file is: then it is our own clock that is wrong.
 */
function isImpossible(year: number, usual: number, now: EpochMs): boolean {
  const latest = new Date(now).getUTCFullYear() + 1;
  return (year < FIRST_YEAR && usual >= FIRST_YEAR) || (year > latest && usual <= latest);
}

// One time line: turns what each file wrote into epoch milliseconds, and says what had to be assumed for it.
import type { Stamp } from '../model/time.ts';
import { fromWallClock, type Zone } from './zone.ts';

export const DAY_MS = 86_400_000;

/**
 * `turns`: how often the clock went from December to January before this where it has no year, or over midnight where it
 * has no date. Negative in a log that is printed newest first.
 */
export interface RawStamp extends Stamp {
  readonly turns: number;
}

/** What is known of a file's clock before its stamps can be read. */
export interface ClockInput {
  readonly zone: Zone;
  /** The year that a stamp without one belongs to, before its turns of the year are added. */
  readonly year: number;
  /** Day (wall clock midnight, ms) for stamps that are a time of day only, before their turns are added. */
  readonly day: number;
  /** Epoch ms of the kernel's start, for stamps since boot. */
  readonly bootAt: number | undefined;
  /** Correction found by shared events, ms. */
  readonly shiftMs: number;
}

/** `undefined` when the clock is not known, or the moment is none that a calendar has. */
export function toEpoch(stamp: RawStamp, clock: ClockInput): number | undefined {
  const at = momentOf(stamp, clock);
  return at !== undefined && Number.isFinite(at) && Math.abs(at) <= EPOCH_MAX_MS ? at : undefined;
}

function momentOf(stamp: RawStamp, clock: ClockInput): number | undefined {
  switch (stamp.clock) {
    case 'absolute':
      return stamp.ms + clock.shiftMs;
    case 'local':
      return (
        fromWallClock(isTimeOfDay(stamp) ? clock.day + stamp.turns * DAY_MS + stamp.ms : stamp.ms, clock.zone) +
        clock.shiftMs
      );
    case 'yearless':
      return fromWallClock(inYear(stamp.ms, clock.year + stamp.turns), clock.zone) + clock.shiftMs;
    case 'boot':
      return clock.bootAt === undefined ? undefined : clock.bootAt + stamp.ms + clock.shiftMs;
  }
}

/** ECMAScript, 21.4.1.1: a time value reaches so far. */
const EPOCH_MAX_MS = 8.64e15;

/** Readers give a time of day without a date as a time on 1970-01-01. */
export function isTimeOfDay(stamp: { readonly ms: number; readonly clock: string }): boolean {
  return stamp.clock === 'local' && stamp.ms >= 0 && stamp.ms < DAY_MS;
}

/** Moves a stamp of the leap year 2000 into another year. 29 February in a common year becomes 1 March. */
export function inYear(ms: number, year: number): number {
  const date = new Date(ms);
  return date.setUTCFullYear(year);
}

/**
 * The year of a file's last stamp, which has none: the one that brings it closest to the span of the other sources, else to
 * `now`. No year that lies in the future, as far as `now` can be trusted: it can't when other sources end later. For
 * 29 February only years that have one. The result is the year before the turns are added.
 */
export function likelyYear(last: RawStamp, reference: { readonly to: number } | undefined, now: number): number {
  const target = reference?.to ?? now;
  const base = new Date(target).getUTCFullYear();
  const latest = target <= now ? now + DAY_MS : Number.POSITIVE_INFINITY;
  let best = base;
  let distance = Number.POSITIVE_INFINITY;
  for (let year = base - 8; year <= base + 1; year++) {
    const at = inYear(last.ms, year);
    const day = new Date(last.ms).getUTCDate();
    if (at > latest || new Date(at).getUTCDate() !== day) continue;
    const far = Math.abs(at - target);
    if (far < distance) {
      best = year;
      distance = far;
    }
  }
  return best - last.turns;
}

/** The day for a time of day: the one that brings it closest to the end of the record. */
export function likelyDay(timeOfDayMs: number, endAt: number, zone: Zone): number {
  const wallEnd = endAt + zone.offsetMinutes(endAt) * 60_000;
  const day = Math.floor(wallEnd / DAY_MS) * DAY_MS;
  let best = day;
  for (const candidate of [day - DAY_MS, day, day + DAY_MS]) {
    if (Math.abs(candidate + timeOfDayMs - wallEnd) < Math.abs(best + timeOfDayMs - wallEnd)) best = candidate;
  }
  return best;
}

/** An event that two sources may tell of, each by its own clock. */
export interface Anchor {
  readonly what: string;
  readonly at: number;
}

const ANCHOR_TOLERANCE_MS = 5_000;
/** A database that restarts every five seconds leaves thousands a day: so many are looked at, spread over the file. */
const OWN_MAX = 200;
const CANDIDATES_OWN = 40;
const CANDIDATES_OTHERS = 100;

/**
 * How far a file's clock is off, by events that other files tell of as well. For a wall clock only whole quarters of an
 * hour count (zones are such), and the shift must explain more than no shift does.
 */
export function shiftByAnchors(
  own: readonly Anchor[],
  others: readonly Anchor[],
  clock: 'wall' | 'boot',
): { shiftMs: number; matches: number } {
  const times = timesByName(others);
  const looked = spread(own, OWN_MAX);
  const score = (shift: number): number => looked.filter((a) => isNear(times.get(a.what) ?? [], a.at + shift)).length;
  let best = { shiftMs: 0, matches: clock === 'wall' ? score(0) : 0 };
  if (best.matches > 0) return best;
  const tried = new Set<number>();
  for (const a of spread(own, CANDIDATES_OWN)) {
    for (const at of spread(times.get(a.what) ?? [], CANDIDATES_OTHERS)) {
      const raw = at - a.at;
      const shift = clock === 'boot' ? raw : Math.round(raw / 900_000) * 900_000;
      if (clock === 'wall' && (Math.abs(raw - shift) > ANCHOR_TOLERANCE_MS || Math.abs(shift) > 14 * 3_600_000))
        continue;
      if (tried.has(shift)) continue;
      tried.add(shift);
      const matches = score(shift);
      if (matches > best.matches) best = { shiftMs: shift, matches };
    }
  }
  return best;
}

/** The moments of each kind of event, ordered. */
function timesByName(anchors: readonly Anchor[]): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const { what, at } of anchors) {
    const known = times.get(what);
    if (known) known.push(at);
    else times.set(what, [at]);
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
}

/** Whether one of the ordered moments lies within the tolerance. */
function isNear(ordered: readonly number[], at: number): boolean {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? 0) < at - ANCHOR_TOLERANCE_MS) low = middle + 1;
    else high = middle;
  }
  const next = ordered[low];
  return next !== undefined && next <= at + ANCHOR_TOLERANCE_MS;
}

/** At most so many, evenly chosen, the first and the last among them. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => all[Math.round(i * step)]).filter((one) => one !== undefined);
}

// One time line: turns what each file wrote into epoch milliseconds, and says what had to be assumed for it.
import type { RawStamp } from './event-store.ts';
import { fromWallClock, type Zone } from './zone.ts';

const DAY_MS = 86_400_000;

/** What is known of a file's clock before its stamps can be read. */
export interface ClockInput {
  readonly zone: Zone;
  /** The year that a stamp without one belongs to, before its turns of the year are added. */
  readonly year: number;
  /** Day (wall clock midnight, ms) for stamps that are a time of day only. */
  readonly day: number;
  /** Epoch ms of the kernel's start, for stamps since boot. */
  readonly bootAt: number | undefined;
  /** Correction found by shared events, ms. */
  readonly shiftMs: number;
}

export function toEpoch(stamp: RawStamp, clock: ClockInput): number | undefined {
  switch (stamp.clock) {
    case 'absolute':
      return stamp.ms + clock.shiftMs;
    case 'local':
      return fromWallClock(isTimeOfDay(stamp) ? clock.day + stamp.ms : stamp.ms, clock.zone) + clock.shiftMs;
    case 'yearless':
      return fromWallClock(inYear(stamp.ms, clock.year + stamp.turns), clock.zone) + clock.shiftMs;
    case 'boot':
      return clock.bootAt === undefined ? undefined : clock.bootAt + stamp.ms + clock.shiftMs;
  }
}

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
 * The year that brings the stamps of a file closest to the span of the others, and none into the future of `now`.
 * `first` and `last` are stamps without a year; all in ms.
 */
export function likelyYear(last: RawStamp, reference: { readonly to: number } | undefined, now: number): number {
  const target = reference?.to ?? now;
  const base = new Date(target).getUTCFullYear();
  let best = base;
  let distance = Number.POSITIVE_INFINITY;
  for (const year of [base - 1, base, base + 1]) {
    const at = inYear(last.ms, year);
    if (at > now + DAY_MS && reference === undefined) continue;
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

/**
 * How far a file's clock is off, by events that other files tell of as well. For a wall clock only whole quarters of an
 * hour count (zones are such), and the shift must explain more than no shift does.
 */
export function shiftByAnchors(
  own: readonly Anchor[],
  others: readonly Anchor[],
  clock: 'wall' | 'boot',
): { shiftMs: number; matches: number } {
  const score = (shift: number): number =>
    own.filter((a) => others.some((b) => a.what === b.what && Math.abs(a.at + shift - b.at) <= ANCHOR_TOLERANCE_MS))
      .length;
  let best = { shiftMs: 0, matches: clock === 'wall' ? score(0) : 0 };
  if (best.matches > 0) return best;
  for (const a of own.slice(0, 50)) {
    for (const b of others.slice(0, 50)) {
      if (a.what !== b.what) continue;
      const raw = b.at - a.at;
      const shift = clock === 'boot' ? raw : Math.round(raw / 900_000) * 900_000;
      if (clock === 'wall' && (Math.abs(raw - shift) > ANCHOR_TOLERANCE_MS || Math.abs(shift) > 14 * 3_600_000))
        continue;
      const matches = score(shift);
      if (matches > best.matches) best = { shiftMs: shift, matches };
    }
  }
  return best;
}

// The time axis: ticks on round times of the host's clock, few enough to read.
import type { EpochMs, TimeSpan } from '../../model/time.ts';

export interface Tick {
  readonly at: EpochMs;
  readonly label: string;
  /** Every other one: the first to go where there is little room. Midnight is none. */
  readonly minor: boolean;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360].map((minutes) => minutes * MINUTE),
  ...[1, 2, 7, 30, 90, 365].map((days) => days * DAY),
];

/** At most `most` ticks. `local` gives the host's wall clock, read as if it were UTC. */
export function ticksOf(span: TimeSpan, local: (at: EpochMs) => number, most: number): Tick[] {
  const length = span.to - span.from;
  if (!(length > 0)) return [];
  const step = STEPS_MS.find((ms) => length / ms <= most - 1) ?? length;
  const shift = local(span.from) - span.from;
  const ticks: Tick[] = [];
  for (let wall = Math.ceil((span.from + shift) / step) * step; wall <= span.to + shift; wall += step) {
    ticks.push({ at: wall - shift, label: labelOf(wall, step), minor: Math.round(wall / step) % 2 !== 0 });
  }
  return ticks;
}

/** The time of day, and at midnight the day that begins. */
function labelOf(wall: number, step: number): string {
  const text = new Date(wall).toISOString();
  if (step >= 30 * DAY) return text.slice(0, 7);
  if (wall % DAY === 0) return text.slice(5, 10);
  return step < MINUTE ? text.slice(11, 19) : text.slice(11, 16);
}

/** Where a moment lies on the axis, in percent; moments outside lie at its ends. */
export function percentOf(span: TimeSpan, at: EpochMs): number {
  const share = (at - span.from) / Math.max(1, span.to - span.from);
  return Math.min(100, Math.max(0, share * 100));
}

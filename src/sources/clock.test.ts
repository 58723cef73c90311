import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Anchor,
  type ClockInput,
  DAY_MS,
  inYear,
  likelyDay,
  likelyYear,
  type RawStamp,
  shiftByAnchors,
  toEpoch,
} from './clock.ts';
import { fixedZone, UTC } from './zone.ts';

/** As a log without years writes it. */
const yearless = (month: number, day: number, turns = 0, hour = 12): RawStamp => ({
  ms: Date.UTC(2000, month - 1, day, hour),
  clock: 'yearless',
  turns,
});
const at = (year: number, month: number, day: number, hour = 12): number => Date.UTC(year, month - 1, day, hour);

describe('the year of a log without years', () => {
  it('is that of the other sources, not that of reading', () => {
    expect(likelyYear(yearless(11, 22), { to: at(2019, 11, 22) }, at(2026, 11, 24))).toBe(2019);
  });

  it('is the last one without other sources, and never in the future', () => {
    expect(likelyYear(yearless(11, 22), undefined, at(2026, 11, 24))).toBe(2026);
    expect(likelyYear(yearless(12, 20), undefined, at(2026, 11, 24))).toBe(2025);
    expect(likelyYear(yearless(1, 3), undefined, at(2026, 1, 1))).toBe(2025);
  });

  it('of an old rotated file is not the future of the newer ones', () => {
    expect(likelyYear(yearless(12, 20), { to: at(2026, 11, 22) }, at(2026, 11, 24))).toBe(2025);
  });

  it('goes by the other sources when our own clock is behind them', () => {
    expect(likelyYear(yearless(11, 25), { to: at(2026, 11, 22) }, at(1970, 1, 1))).toBe(2026);
    expect(likelyYear(yearless(1, 3), { to: at(2026, 12, 30) }, at(2020, 1, 1))).toBe(2027);
  });

  it('of a file over New Year is that of its begin', () => {
    expect(likelyYear(yearless(1, 2, 1), { to: at(2026, 1, 2) }, at(2026, 1, 3))).toBe(2025);
  });

  it('has a 29 February where the log has one', () => {
    expect(likelyYear(yearless(2, 29), undefined, at(2026, 11, 24))).toBe(2024);
    expect(likelyYear(yearless(2, 29), { to: at(2020, 3, 1) }, at(2026, 11, 24))).toBe(2020);
  });

  it('never leaves the log in the future of a clock that is right', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2000, 11, 31) }),
        fc.integer({ min: at(2010, 1, 1), max: at(2040, 1, 1) }),
        (ms, now) => {
          const year = likelyYear({ ms, clock: 'yearless', turns: 0 }, undefined, now);
          const moment = inYear(ms, year);
          expect(moment).toBeLessThanOrEqual(now + DAY_MS);
          expect(moment).toBeGreaterThan(now - 9 * 366 * DAY_MS);
        },
      ),
    );
  });
});

describe('the day of a log without dates', () => {
  it('is the one closest to the end of the record', () => {
    expect(likelyDay(23 * 3_600_000, at(2026, 11, 22, 1), UTC)).toBe(at(2026, 11, 21, 0));
    expect(likelyDay(3_600_000, at(2026, 11, 22, 23), UTC)).toBe(at(2026, 11, 23, 0));
    // At 23:30 UTC it is the next day in Kathmandu.
    expect(likelyDay(5 * 3_600_000, at(2026, 11, 22, 23), fixedZone(345))).toBe(at(2026, 11, 23, 0));
  });
});

describe('a moment', () => {
  const clock: ClockInput = {
    zone: fixedZone(60),
    year: 2026,
    day: at(2026, 11, 22, 0),
    bootAt: undefined,
    shiftMs: 0,
  };

  it('is read by its clock', () => {
    expect(toEpoch({ ms: 5, clock: 'absolute', turns: 0 }, clock)).toBe(5);
    expect(toEpoch({ ms: at(2026, 11, 22), clock: 'local', turns: 0 }, clock)).toBe(at(2026, 11, 22, 11));
    expect(toEpoch({ ms: 7_200_000, clock: 'local', turns: 0 }, clock)).toBe(at(2026, 11, 22, 1));
    expect(toEpoch({ ms: 7_200_000, clock: 'local', turns: 1 }, clock)).toBe(at(2026, 11, 23, 1));
    expect(toEpoch(yearless(11, 22, 1), clock)).toBe(at(2027, 11, 22, 11));
    expect(toEpoch({ ms: 5, clock: 'boot', turns: 0 }, clock)).toBeUndefined();
    expect(toEpoch({ ms: 5, clock: 'boot', turns: 0 }, { ...clock, bootAt: 100 })).toBe(105);
  });

  it('is a moment of the calendar, or none', () => {
    const clocks = fc.constantFrom('absolute', 'local', 'yearless', 'boot');
    fc.assert(
      fc.property(fc.double(), clocks, fc.integer({ min: -9, max: 9 }), (ms, kind, turns) => {
        const moment = toEpoch({ ms, clock: kind, turns }, { ...clock, bootAt: 0 });
        if (moment !== undefined) expect(() => new Date(moment).toISOString()).not.toThrow();
      }),
    );
  });
});

describe('clocks are set by events that others tell of', () => {
  const started = (times: readonly number[]): Anchor[] =>
    times.map((moment) => ({ what: 'database started', at: moment }));

  it('the seconds since boot by any difference', () => {
    const boot = at(2026, 11, 1);
    const shift = shiftByAnchors(
      started([84_320_000, 90_000_000]),
      started([boot + 84_320_900, boot + 90_000_900]),
      'boot',
    );
    expect(shift).toEqual({ shiftMs: boot + 900, matches: 2 });
  });

  it('a wall clock by quarters of an hour only, and not when it is right', () => {
    const own = started([at(2026, 11, 22)]);
    expect(shiftByAnchors(own, started([at(2026, 11, 22, 13) + 800]), 'wall')).toEqual({
      shiftMs: 3_600_000,
      matches: 1,
    });
    expect(shiftByAnchors(own, started([at(2026, 11, 22) + 900, at(2026, 11, 22, 13)]), 'wall').shiftMs).toBe(0);
    expect(shiftByAnchors(own, started([at(2026, 11, 22) + 400_000]), 'wall')).toEqual({ shiftMs: 0, matches: 0 });
    expect(shiftByAnchors(own, started([at(2026, 11, 24)]), 'wall').matches).toBe(0);
  });

  it('quickly, though a database restarted every five seconds for days', () => {
    const often = Array.from({ length: 10_000 }, (_, i) => at(2026, 11, 22) + i * 5_000 + ((i * 7919) % 900));
    const begin = performance.now();
    const { shiftMs, matches } = shiftByAnchors(started(often), started(often.map((time) => time + 3_600_400)), 'wall');
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(matches).toBeGreaterThan(0);
    expect(Math.abs(shiftMs) % 900_000).toBe(0);
  });
});

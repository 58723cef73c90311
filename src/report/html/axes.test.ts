import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleOf } from './scale.ts';
import { percentOf, ticksOf } from './time-axis.ts';

const units = fc.constantFrom('rate', 'count', 'kb', 'load');

describe('the scale', () => {
  it('holds every value, wastes less than half of its height, and labels no tick with another value', () => {
    fc.assert(
      fc.property(units, fc.double({ min: 0.01, max: 1e9, noNaN: true }), (unit, most) => {
        const whole = unit === 'count' ? Math.ceil(most) : most;
        const { top, ticks } = scaleOf(unit, whole);
        expect(top).toBeGreaterThanOrEqual(whole * 0.999_999);
        expect(top).toBeLessThan(whole * 2 + 2);
        if (unit === 'kb') return;
        for (const { value, label } of ticks) expect(Number(label.replaceAll(',', ''))).toBeCloseTo(value, 6);
      }),
    );
  });

  it('says memory in the unit that suits it', () => {
    expect(scaleOf('kb', 518_000).ticks.map(({ label }) => label)).toEqual(['0', '300 MB', '600 MB']);
    expect(scaleOf('kb', 1_500_000).ticks.map(({ label }) => label)).toEqual(['0', '768 MB', '1.5 GB']);
  });

  it('has a scale for nothing at all', () => {
    expect(scaleOf('rate', 0).ticks.map(({ label }) => label)).toEqual(['0', '0.5', '1']);
    expect(scaleOf('count', 0).ticks.map(({ label }) => label)).toEqual(['0', '1', '2']);
  });
});

describe('the time axis', () => {
  const from = Date.parse('2026-11-22T10:04:42Z');

  it("has ticks on round times of the host's clock", () => {
    const ticks = ticksOf({ from, to: from + 360_000 }, (at) => at + 5.5 * 3_600_000, 9);
    expect(ticks.map(({ label }) => label)).toEqual(['15:35', '15:36', '15:37', '15:38', '15:39', '15:40']);
    expect(ticks[0]?.at).toBe(Date.parse('2026-11-22T10:05:00Z'));
  });

  it('names the day where one begins, and keeps it where there is little room', () => {
    const ticks = ticksOf({ from, to: from + 40 * 3_600_000 }, (at) => at, 9);
    expect(ticks.filter(({ label }) => label.includes('-'))).toMatchObject([
      { label: '11-23', minor: false },
      { label: '11-24', minor: false },
    ]);
    expect(ticks.filter(({ minor }) => minor).map(({ label }) => label)).toEqual(['18:00', '06:00', '18:00']);
  });

  it('has at most as many ticks as asked, all inside, from a second to years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 1e11 }), fc.integer({ min: 3, max: 12 }), (length, most) => {
        const span = { from, to: from + length };
        const ticks = ticksOf(span, (at) => at, most);
        expect(ticks.length).toBeLessThanOrEqual(most);
        for (const { at } of ticks) expect(at >= span.from && at <= span.to).toBe(true);
      }),
    );
    expect(ticksOf({ from, to: from }, (at) => at, 9)).toEqual([]);
  });

  it('puts what lies outside at its ends', () => {
    const span = { from: 0, to: 100 };
    expect([-5, 0, 25, 100, 900].map((at) => percentOf(span, at))).toEqual([0, 0, 25, 100, 100]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clfTime, clfTimeReader, isoTime } from './line-time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

/** As strftime("%d/%b/%Y:%H:%M:%S %z") prints it. */
function printed(ms: number, offset: number): string {
  const local = new Date(ms + offset * 60_000);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return `${two(local.getUTCDate())}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}:${local.toISOString().slice(11, 19)} ${zone}`;
}

const seconds = fc.integer({ min: 0, max: 4_102_444_800 }).map((s) => s * 1000);
const offsets = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);

describe('the time of a line', () => {
  it('is the same moment in every zone', () => {
    expect(clfTime('25/Nov/2017:06:00:13 -0800')).toBe(Date.UTC(2017, 10, 25, 14, 0, 13));
    fc.assert(
      fc.property(seconds, offsets, (ms, offset) => {
        expect(clfTime(printed(ms, offset))).toBe(ms);
      }),
    );
  });

  it('is the same whether or not the reader has seen lines before', () => {
    const near = fc.tuple(fc.integer({ min: 0, max: 200_000 }), offsets);
    fc.assert(
      fc.property(seconds, fc.array(near, { minLength: 1, maxLength: 20 }), (start, steps) => {
        const reader = clfTimeReader();
        for (const [step, offset] of steps) {
          const ms = start + step * 1000;
          expect(reader(`x [${printed(ms, offset)}] y`, 3)).toBe(ms);
        }
      }),
    );
  });

  it('is not a date that does not exist', () => {
    for (const text of ['31/Feb/2026:00:00:00 +0000', '01/Foo/2026:00:00:00 +0000', '01/Jan/2026:24:00:00 +0000', ''])
      expect(clfTime(text)).toBeUndefined();
    const reader = clfTimeReader();
    expect(reader('22/Nov/2026:12:06:28 +0000', 0)).toBeDefined();
    expect(reader('22/Nov/2026:25:06:28 +0000', 0)).toBeUndefined();
    expect(reader('22/Nov/2026x12:06:28 +0000', 0)).toBeUndefined();
  });

  it('is read from ISO 8601, and said to be local when it has no zone', () => {
    fc.assert(
      fc.property(seconds, (ms) => {
        expect(isoTime(new Date(ms).toISOString())).toEqual({ ms, zoned: true });
      }),
    );
    expect(isoTime('2026-11-22T12:06:28+01:00')).toEqual({ ms: Date.UTC(2026, 10, 22, 11, 6, 28), zoned: true });
    expect(isoTime('2026-11-22 12:06:28.5')).toEqual({ ms: Date.UTC(2026, 10, 22, 12, 6, 28, 500), zoned: false });
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => [isoTime(text), clfTime(text)]).not.toThrow();
      }),
    );
  });
});

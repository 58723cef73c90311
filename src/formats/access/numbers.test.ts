import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, decimalOf, goDurationMs, upstreamMs } from './numbers.ts';

describe('numbers of access logs', () => {
  it('adds up what a request waited for several backends', () => {
    expect(upstreamMs('0.200')).toBe(200);
    expect(upstreamMs('0.001, 0.200 : 0.3')).toBe(501);
    expect(upstreamMs('-, 0.000')).toBe(0);
    expect(upstreamMs('-')).toBeUndefined();
    expect(upstreamMs('')).toBeUndefined();
    expect(upstreamMs('GET')).toBeUndefined();
  });

  it('reads "-" as no body, and nothing else as a number that is none', () => {
    expect(countOf('-')).toBe(0);
    expect(countOf('12a')).toBeUndefined();
    expect(decimalOf('1.5')).toBe(1.5);
    expect(decimalOf('-')).toBeUndefined();
  });

  it('reads durations as Go prints them', () => {
    expect(goDurationMs('57.107µs')).toBe(0.057107);
    expect(goDurationMs('1.2s')).toBe(1200);
    expect(goDurationMs('1m30s')).toBe(90_000);
    expect(goDurationMs('fast')).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => [countOf(text), decimalOf(text), goDurationMs(text), upstreamMs(text)]).not.toThrow();
      }),
    );
  });
});

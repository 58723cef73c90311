import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, duration, kilobytes, often, percent, some } from '../../model/figures.ts';
import { hostileText } from '../hostile.fixture.ts';
import { clockOf, iso } from './clock.ts';
import { markdownText, plain } from './escape.ts';
import { columns, cut, cutStart, wrap } from './wrap.ts';

describe('hostile text', () => {
  it('is spelled out where it would steer a terminal', () => {
    expect(plain('\u001b[2J a\u009b \u202eb\n')).toBe('\\x1b[2J a\\x9b \\u202eb\\x0a');
    expect(plain('/straße?q=漢字')).toBe('/straße?q=漢字');
  });

  it('is no markup in Markdown, and no link', () => {
    expect(markdownText('# <b>*x*</b> | [a](b)')).toBe('\\# &lt;b&gt;\\*x\\*&lt;/b&gt; \\| \\[a\\](b)');
    expect(markdownText('1. see http://evil.example/ now')).toBe('1\\. see `http://evil.example/` now');
    expect(markdownText('203.0.113.66 came')).toBe('203.0.113.66 came');
  });
});

describe('figures', () => {
  it('are rounded to what they are worth', () => {
    expect([0, 856, 4496, 35_456, 524_288, 3_370_000].map(kilobytes)).toEqual([
      '0 kB',
      '856 kB',
      '4.4 MB',
      '35 MB',
      '512 MB',
      '3.2 GB',
    ]);
    expect([0, 0.004, 0.5, 0.783, 0.999, 1].map(percent)).toEqual([
      '0 %',
      'under 1 %',
      '50 %',
      '78 %',
      'over 99 %',
      '100 %',
    ]);
    expect([0.35, 1, 11.3, 110, 1744, 9000].map(duration)).toEqual([
      '0.35 seconds',
      '1 second',
      '11 seconds',
      '110 seconds',
      '29 minutes',
      '3 hours',
    ]);
    expect([1, 1.35, 6.04, 0.5, 0.0005].map(often)).toEqual([
      'once a second',
      '1.4 times a second',
      '6 times a second',
      '30 times a minute',
      '1.8 times an hour',
    ]);
    expect(count(12_345.6)).toBe('12,346');
    expect(some(['a', 'b', 'c', 'd'], 9)).toBe('a, b, c and 6 more');
  });
});

describe('a clock', () => {
  const at = Date.parse('2026-11-22T10:07:22.092Z');

  it("tells the host's time, in any spelling of a zone", () => {
    const time = (name: string) => clockOf({ zone: { name, assumed: false }, span: { from: at, to: at } }).time(at);
    expect(time('UTC')).toBe('10:07:22');
    expect(time('-08:00')).toBe('02:07:22');
    expect(time('+0530')).toBe('15:37:22');
    expect(time('UTC+1')).toBe('11:07:22');
    expect(time('Europe/Berlin')).toBe('11:07:22');
    expect(time('no such zone')).toBe('10:07:22');
  });

  it('tells the day only where it is another one', () => {
    const clock = clockOf({ zone: { name: 'UTC', assumed: false }, span: { from: at, to: at } });
    expect(clock.during({ from: at - 86_400_000, to: at })).toBe('from 21 Nov 10:07 to 10:07');
    expect(clock.during({ from: at, to: at })).toBe('at 10:07:22');
    expect(clock.during({ from: at, to: at + 60_000 })).toBe('from 10:07:22 to 10:08:22');
  });

  it('never throws, whatever the time', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom('UTC', '-08:00', 'Europe/Berlin'), (ms, name) => {
        clockOf({ zone: { name, assumed: false } }, { from: ms, to: ms }).during({ from: 0, to: ms });
        expect(iso(ms)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }),
    );
  });
});

describe('wrapping', () => {
  it('fits every line, loses no word, and keeps a figure with its unit', () => {
    expect(wrap('it took 80 % of it', 11)).toEqual(['it took', '80 % of it']);
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 12, max: 60 }), (text, width) => {
        const safe = plain(text);
        const lines = wrap(safe, width, ' - ');
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        const letters = (value: string) => value.replace(/[\s\u00a0]/g, '');
        expect(letters(lines.map((line) => line.slice(3)).join(''))).toBe(letters(safe));
        expect(columns(cut(safe, width))).toBeLessThanOrEqual(width);
        expect(columns(cutStart(safe, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

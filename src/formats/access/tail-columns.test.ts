import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import { detectAccessFormat } from './detect.ts';
import { tailTokens } from './tail.ts';

function detected(lines: readonly string[]): AccessFormat {
  const format = detectAccessFormat(lines);
  if (!format) throw new Error('not recognised');
  return format;
}

function read(format: AccessFormat, line: string): AccessEntry {
  const entry = format.parse(line);
  if (!entry) throw new Error(`not read: ${line}`);
  return entry;
}

describe('nginx’s own columns', () => {
  const rest = '[22/Nov/2026:12:06:28 +0000] "GET /up HTTP/1.1" 200 6 "-" "curl/7.88.1"';

  it('the X-Forwarded-For of "main", also when the whole head has none', () => {
    const lines = [`127.0.0.1 - - ${rest} "-"`, `127.0.0.1 - - ${rest} "1.2.3.4, 5.6.7.8"`];
    for (const head of [lines, lines.slice(0, 1)]) {
      expect(detected(head).title).toMatch(/^combined, then X-Forwarded-For/);
      expect(read(detected(head), lines[1] ?? '').forwarded).toBe('1.2.3.4, 5.6.7.8');
    }
  });

  it('times with names, as nginx.com shows them', () => {
    const lines = [
      `127.0.0.1 - - ${rest} rt=0.004 uct="-" uht="-" urt="-"`,
      `127.0.0.1 - - ${rest} rt=0.250 uct="0.000" uht="0.200" urt="0.201"`,
      `127.0.0.1 - - ${rest} rt=0.250 uct="-, 0.000" uht="-, 0.000" urt="0.050, 0.200"`,
    ];
    const format = detected(lines);
    expect(format).toMatchObject({
      title: 'combined, then $request_time $upstream_response_time (nginx)',
      stamp: 'end',
      bytes: 'body',
    });
    expect(lines.map((line) => read(format, line).durationMs)).toEqual([4, 250, 250]);
    expect(lines.map((line) => read(format, line).upstreamMs)).toEqual([undefined, 201, 250]);
  });

  it('times without names, in either order, plain or quoted, with lists', () => {
    for (const [quote, swap] of [
      ['', false],
      ['', true],
      ['"', false],
    ] as const) {
      const times = (request: string, upstream: string): string => {
        const both = [`${quote}${request}${quote}`, `${quote}${upstream}${quote}`];
        return `127.0.0.1 - - ${rest} ${(swap ? both.reverse() : both).join(' ')}`;
      };
      const lines = [times('0.000', '-'), times('0.250', '0.050, 0.200'), times('1.500', '1.499')];
      const format = detected(lines);
      expect(lines.map((line) => read(format, line).durationMs)).toEqual([0, 250, 1500]);
      expect(lines.map((line) => read(format, line).upstreamMs)).toEqual([undefined, 250, 1499]);
    }
  });

  it('of the backend, also when the whole head was answered without it', () => {
    for (const [head, later] of [
      ['0.000 -', '0.250 0.200'],
      ['- 0.000', '0.200 0.250'],
      ['"-" 0.000 -', '"-" 0.250 0.200'],
      ['"0.000" "-"', '"0.250" "0.200"'],
    ] as const) {
      const format = detected([`127.0.0.1 - - ${rest} ${head}`]);
      expect(read(format, `127.0.0.1 - - ${rest} ${later}`)).toMatchObject({ durationMs: 250, upstreamMs: 200 });
    }
  });

  it('after the forwarded address, and before what is of no use', () => {
    const lines = [`127.0.0.1 - - ${rest} "203.0.113.9" 0.120 0.100 . 1795349188.325`];
    expect(read(detected(lines), lines[0] ?? '')).toMatchObject({
      forwarded: '203.0.113.9',
      durationMs: 120,
      upstreamMs: 100,
    });
  });
});

/** Apache's lines with one number at the end, as mod_log_config and mod_logio would write it. */
function apacheLines(count: number, column: (i: number, bytes: number, request: number) => number | string): string[] {
  return Array.from({ length: count }, (_, i) => {
    const bytes = [7432, 61343, 310, 20112, 5][i % 5] ?? 0;
    const target = ['/', '/about/', `/?s=${i}`, '/wp-login.php', '/style.css'][i % 5] ?? '';
    const agent =
      ['Mozilla/5.0 (X11; Linux x86_64)', 'curl/7.88.1', 'Googlebot/2.1 (+http://www.google.com/bot.html)'][i % 3] ??
      '';
    const request = `GET ${target} HTTP/1.1`.length + agent.length + 60;
    const time = `12:${String(Math.floor(i / 6)).padStart(2, '0')}:${String((i % 6) * 10).padStart(2, '0')}`;
    return `192.0.2.${i % 4} - - [22/Nov/2026:${time} +0000] "GET ${target} HTTP/1.1" 200 ${bytes} "-" "${agent}" ${column(i, bytes, request)}`;
  });
}

/** Hits that look like chance, the same in every run. */
const scatter = (i: number): number => ((i * 7919) % 1009) / 1009;

describe('a bare number after Apache’s line', () => {
  it('%D, when it is too large for milliseconds', () => {
    const lines = apacheLines(60, (i) => Math.round(200 + scatter(i) ** 3 * 2_500_000));
    const format = detected(lines);
    expect(format).toMatchObject({ title: 'combined, then %D (Apache)', stamp: 'begin' });
    expect(read(format, (lines[0] ?? '').replace(/ \d+$/, ' 11300000')).durationMs).toBe(11_300);
  });

  it('%O is the size with its headers, and proves that the size before is the body', () => {
    const format = detected(apacheLines(60, (_, bytes) => bytes + 287));
    expect(format).toMatchObject({ title: 'combined, then %O (Apache)', bytes: 'body' });
  });

  it('%I is the size of the request', () => {
    const lines = apacheLines(60, (_, _bytes, request) => request);
    expect(detected(lines).title).toBe('combined, then %I (Apache)');
    expect(read(detected(lines), lines[0] ?? '').requestBytes).toBeGreaterThan(100);
  });

  it('%T, when most are nothing and PHP takes some', () => {
    const lines = apacheLines(60, (i) => (i % 5 === 3 && i % 2 === 0 ? 2 : 0));
    expect(detected(lines).title).toBe('combined, then %T');
    expect(read(detected(lines), (lines[0] ?? '').replace(/ 0$/, ' 11')).durationMs).toBe(11_000);
  });

  it('is a duration in the unit that puts the ends in order, when the stamps are not', () => {
    // A pile-up: requests begin a second apart, each takes until second 100 + i, and is written then.
    const took = (i: number): number => 100 + i - ((i * 37) % 60);
    for (const [unit, title] of [
      [1_000_000, '%D'],
      [1000, '%{ms}T'],
      [1, '%T'],
    ] as const) {
      const lines = Array.from({ length: 60 }, (_, i) => {
        const begin = new Date(Date.UTC(2026, 10, 22, 12, 0, (i * 37) % 60)).toISOString().slice(11, 19);
        return `192.0.2.1 - - [22/Nov/2026:${begin} +0000] "POST /xmlrpc.php HTTP/1.0" 200 370 "-" "-" ${took(i) * unit}`;
      });
      const format = detected(lines);
      expect(format).toMatchObject({ title: `combined, then ${title} (Apache)`, stamp: 'begin' });
      expect(read(format, lines[5] ?? '').durationMs).toBe(took(5) * 1000);
    }
  });

  it('stays unknown when it could be anything: port, process, connection, small times, few lines', () => {
    for (const column of [
      () => 443,
      (i: number) => 22_004 + (i % 3),
      (i: number) => 500_000 + i * 3,
      (i: number) => 140_660_982_548_160 + (i % 8) * 8_392_704,
      (i: number) => Math.round(40 + scatter(i) * 400),
      () => 0,
    ]) {
      const lines = apacheLines(60, column);
      const format = detected(lines);
      expect(format.title).toBe('combined, then ?');
      expect(read(format, lines[0] ?? '')).not.toHaveProperty('durationMs');
    }
    expect(detected(apacheLines(5, (i) => 900_000 + i)).title).toBe('combined, then ?');
  });

  it('%T/%D as one word: the second figure is the finer one', () => {
    const lines = [0, 412345, 3_061_877].map(
      (us) =>
        `203.0.113.7 - - [20/May/2026:04:29:56 +0100] "GET / HTTP/1.1" 200 40062 "-" "curl/8" ${Math.floor(us / 1e6)}/${us}`,
    );
    const format = detected(lines);
    expect(format.title).toContain('%T/%D');
    expect(lines.map((line) => read(format, line).durationMs)).toEqual([0, 412.345, 3061.877]);
  });

  it('several: %I %O %D %T, of which the finer time counts', () => {
    const lines = apacheLines(60, (i, bytes, request) => {
      const us = Math.round(300 + scatter(i) ** 3 * 2_900_000);
      return `${request} ${bytes + 301} ${us} ${Math.floor(us / 1e6)}`;
    });
    const format = detected(lines);
    expect(format.title).toMatch(/^combined, then %I %O %D /);
    expect(read(format, (lines[0] ?? '').replace(/ \d+ \d+$/, ' 2000123 2')).durationMs).toBe(2000.123);
  });

  it('is dropped, but the request kept, on lines that have another number of columns', () => {
    const lines = apacheLines(60, (i) => Math.round(200 + scatter(i) ** 3 * 2_500_000));
    const format = detected(lines);
    const plain = (lines[0] ?? '').replace(/ \d+$/, '');
    expect(read(format, plain)).not.toHaveProperty('durationMs');
    expect(read(format, `${plain} 1 2`)).not.toHaveProperty('durationMs');
  });
});

describe('the columns of a line', () => {
  it('are words, quoted texts, pairs and lists', () => {
    expect(tailTokens(' a "b c" k=1 q="x y" 0.1, 0.2 : - -', 0)?.map((t) => `${t.key}|${t.text}`)).toEqual([
      '|a',
      '|b c',
      'k|1',
      'q|x y',
      '|0.1, 0.2 : -',
      '|-',
    ]);
    expect(tailTokens(' "cut', 0)).toBeUndefined();
  });

  it('are bounded, and no line breaks the reading of them', () => {
    expect(tailTokens(' x'.repeat(1000), 0)?.length).toBe(40);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', ' ', ',', ':', '=', 'a', '1', '.') }), (line) => {
        expect(() => tailTokens(line, 0)).not.toThrow();
      }),
    );
  });
});

// What a person pastes is recognised by its content, with the prompt above it, blank lines, and Windows line ends.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textFormats } from '../formats/index.ts';
import { SNIPPETS } from '../formats/snippets.fixture.ts';
import { countDistinct } from '../model/distinct.ts';
import type { Traffic } from '../model/traffic.ts';
import type { FileFacts } from './file-facts.ts';
import { read, scratch } from './scratch.fixture.ts';

const { write } = scratch();

/** What was told, in words. */
function factsIn(facts: FileFacts, traffic: Traffic | undefined): string {
  if (traffic)
    return `${traffic.whole.total.requests} requests from ${countDistinct(traffic.whole.total.members)} clients`;
  if (facts.packets) return `${facts.packets.packets} packets`;
  const { events, samples } = facts.store;
  if (events.length > 0) {
    return `events: ${events
      .map(({ payload }) =>
        payload.kind === 'unit'
          ? `unit ${payload.change}`
          : 'what' in payload
            ? `${payload.kind} ${payload.what}`
            : payload.kind,
      )
      .join(', ')}`;
  }
  const keys = Object.keys(samples.at(-1)?.data ?? {}).filter((key) => key !== 'largest');
  return `${samples.length} sample${samples.length === 1 ? '' : 's'}: ${keys.join(', ')}`;
}

const WITHOUT_END = 'as it is, without a last line end';
const SHAPES: readonly [string, (text: string) => string][] = [
  [WITHOUT_END, (text) => text.trimEnd()],
  ['with a last line end', (text) => `${text}\n`],
  ['with Windows line ends', (text) => `${text}\n`.replaceAll('\n', '\r\n')],
  ['with blank lines and prompts', (text) => `\n\nroot@web1:~# what --was typed\n${text}\nroot@web1:~# \n`],
  ['with a byte order mark', (text) => `\ufeff${text}\n`],
];

describe('recognition by content', () => {
  // The journal's export format is binary: nobody pastes it.
  const cases = SNIPPETS.flatMap((snippet) =>
    SHAPES.filter((_, i) => snippet.format !== 'journal-export' || i < 1).map(
      ([shape, form]) => [snippet.name, shape, snippet, form] as const,
    ),
  );
  it.each(cases)('%s, %s', async (name, shape, snippet, form) => {
    const path = write(`${name}-${shape}`.replaceAll(/[^\w]/g, '_'), form(snippet.text));
    const { outcome, traffic } = await read(path);
    if (outcome.kind !== 'facts') throw new Error(JSON.stringify(outcome));
    expect(outcome.facts.format).toBe(snippet.format);
    if (shape === WITHOUT_END && outcome.facts.notes.includes('its last line has no line feed yet: left out')) {
      // Of an access log, where nobody can tell whether a line goes on.
      expect(snippet.format).toBe('access-log');
      expect(traffic?.whole.total.requests).toBe(Number.parseInt(snippet.tells, 10) - 1);
    } else expect(factsIn(outcome.facts, traffic)).toBe(snippet.tells);
  });

  it('leaves no line of a clean log unread', async () => {
    for (const { name, text } of SNIPPETS) {
      const { outcome } = await read(write('clean', text));
      expect([name, outcome.kind === 'facts' && outcome.facts.unreadable]).toEqual([name, 0]);
    }
  });

  it('recognises the first line alone, where it says what it is', async () => {
    const alone = SNIPPETS.filter(({ format }) =>
      ['access-log', 'syslog', 'dmesg', 'journal-json', 'apache-error', 'nginx-error', 'fpm-log', 'php-error'].includes(
        format,
      ),
    );
    for (const { name, format, text } of alone) {
      const line = text.split('\n').find((one) => !one.startsWith('--')) ?? '';
      const { outcome } = await read(write('alone', line));
      expect([name, outcome.kind === 'facts' && outcome.facts.format]).toEqual([name, format]);
    }
  });
});

describe('every format', () => {
  const NOTHING = () => undefined;
  const lines = SNIPPETS.flatMap(({ text }) => text.split('\n'));
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '',
      ' ',
      '\0',
      '\ud800',
      '\u001b[31m',
      '<script>',
      '__proto__',
      '9'.repeat(400),
      '-1',
      '1e999',
      'NaN',
    ),
    fc
      .tuple(
        fc.constantFrom('a', '9', '[', '"', ' ', '\\', '{', ':', '-', '\ud800'),
        fc.integer({ min: 1, max: 20_000 }),
      )
      .map(([character, times]) => character.repeat(times)),
  );
  /** A real line with a piece cut out, and something hostile in its place. */
  const mutated = fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.nat(30), hostile).map(([line, at, length, junk]) => {
    const begin = at % (line.length + 1);
    return line.slice(0, begin) + junk + line.slice(begin + length);
  });
  const text = fc.array(fc.oneof(mutated, hostile, fc.constantFrom(...lines)), { minLength: 1, maxLength: 12 });

  it.each(
    textFormats.map((format) => [format.id, format] as const),
  )('%s never throws, scores 0 to 1, and dates nothing with NaN', (_, format) => {
    fc.assert(
      fc.property(text, (head) => {
        const score = format.recognise(head);
        expect(score >= 0 && score <= 1).toBe(true);
        const stamped = (stamp: { ms: number } | undefined): void => {
          if (stamp && !Number.isFinite(stamp.ms)) throw new Error(`no time: ${stamp.ms}`);
        };
        const reader = format.open(
          {
            event: stamped,
            sample: stamped,
            seen: stamped,
            packet: stamped,
            unreadable: NOTHING,
            access: (_format, entry) => {
              if (entry.at !== undefined && !Number.isFinite(entry.at)) throw new Error(`no time: ${entry.at}`);
              for (const figure of [entry.bytes, entry.requestBytes, entry.durationMs, entry.upstreamMs])
                if (figure !== undefined && !(figure >= 0 && Number.isFinite(figure)))
                  throw new Error(`no figure: ${figure}`);
            },
          },
          head,
        );
        head.forEach((line, i) => {
          reader.line(line, i + 1);
        });
        reader.end();
      }),
      { numRuns: 150 },
    );
  });

  it.each(
    textFormats.map((format) => [format.id, format] as const),
  )('%s is not held up by one line of 64 kB of anything', (_, format) => {
    const own = SNIPPETS.find((snippet) => snippet.format === format.id)?.text.split('\n') ?? [];
    for (const fill of [
      'a',
      ' ',
      '9',
      '[',
      '"',
      '\\',
      '{"',
      ': ',
      '- ',
      '#0 ',
      '\\x',
      '] "',
      ', ',
      '(',
      '=',
      'a@',
      '/',
      '%',
    ]) {
      for (const begin of ['', ...own.slice(0, 3).map((line) => line.slice(0, 40)), ...own.slice(0, 2)]) {
        const line = (begin + fill.repeat(Math.ceil(65_536 / fill.length))).slice(0, 65_536);
        const started = performance.now();
        format.recognise([line.slice(0, 16_384)]);
        const reader = format.open(
          { event: NOTHING, sample: NOTHING, seen: NOTHING, packet: NOTHING, unreadable: NOTHING, access: NOTHING },
          own.length > 0 ? own : [line.slice(0, 16_384)],
        );
        reader.line(line, 1);
        reader.end();
        expect([JSON.stringify(begin), JSON.stringify(fill), performance.now() - started < 250]).toEqual([
          JSON.stringify(begin),
          JSON.stringify(fill),
          true,
        ]);
      }
    }
  });
});

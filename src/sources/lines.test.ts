import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_MAX, lineSplitter } from './lines.ts';

function linesOf(chunks: Iterable<Uint8Array>): { lines: string[]; cut: number } {
  const splitter = lineSplitter();
  const lines: string[] = [];
  const onLine = (text: string): void => void lines.push(text);
  for (const chunk of chunks) splitter.push(chunk, onLine);
  splitter.end(onLine);
  return { lines, cut: splitter.cut };
}

const ofText = (...texts: string[]) => linesOf(texts.map((text) => Buffer.from(text)));

describe('lines', () => {
  it('end with LF or CR LF, and the last may end with nothing', () => {
    expect(ofText('a\nb\r\n\nc').lines).toEqual(['a', 'b', '', 'c']);
    expect(ofText('a\n').lines).toEqual(['a']);
    expect(ofText('').lines).toEqual([]);
    expect(ofText('a\r', '\nb\r').lines).toEqual(['a', 'b']);
  });

  it('keep NULs and lone carriage returns, which hurt nobody', () => {
    expect(ofText('\0\0a\rb\0\n').lines).toEqual(['\0\0a\rb\0']);
  });

  it('lose the byte order mark of the file and no other', () => {
    expect(ofText('\ufeffa\n\ufeffb').lines).toEqual(['a', '\ufeffb']);
  });

  it('are the same wherever the chunks are cut, characters of several bytes and broken ones too', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...['\n', '\r\n', 'ä', '€', '😀', '\0'].map((text) => Buffer.from(text))),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const bytes = Buffer.concat(parts);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        const expected = new TextDecoder('utf-8').decode(bytes).split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(linesOf(pieces).lines).toEqual(expected.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 40 },
    );
  });

  it('longer than 64 kB are cut and counted, and the next is whole', () => {
    for (const length of [LINE_MAX - 1, LINE_MAX, LINE_MAX + 1, 5 * LINE_MAX]) {
      for (const end of ['\n', '\r\n', '']) {
        const { lines, cut } = ofText('a'.repeat(length) + end, end === '' ? '' : 'next');
        expect([length, lines.map((line) => line.length)]).toEqual([
          length,
          [Math.min(length, LINE_MAX), ...(end === '' ? [] : [4])],
        ]);
        expect(cut).toBe(length > LINE_MAX ? 1 : 0);
      }
    }
  });

  it('of a gigabyte take no memory', () => {
    const chunk = Buffer.alloc(1 << 20, 'x');
    function* gigabyte(): Generator<Buffer> {
      yield Buffer.from('first\n');
      for (let i = 0; i < 1024; i++) yield chunk;
      yield Buffer.from('\nlast\n');
    }
    const before = process.memoryUsage().rss;
    const { lines, cut } = linesOf(gigabyte());
    expect(lines.map((line) => line.length)).toEqual([5, LINE_MAX, 4]);
    expect(cut).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
  });

  it('that are long and cut within a character are whole characters', () => {
    const { lines } = linesOf([Buffer.from(`${'€'.repeat(LINE_MAX + 10)}\nnext`)]);
    expect(lines[0]).toBe('€'.repeat(LINE_MAX));
    expect(lines[1]).toBe('next');
  });
});

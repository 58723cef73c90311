// The kernel counts what the reference parser counts, whatever stands in the log, however its bytes come, whatever is asked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessLogBytes, longLine, setting } from './access-lines.fixture.ts';
import { byKernel, byReference, type Feeding, kernelFormat, type Setting } from './kernel.fixture.ts';
import { differences } from './reading-differences.fixture.ts';

async function agree(bytes: Buffer, asked: Setting, feeding: Feeding): Promise<void> {
  const format = kernelFormat(bytes);
  if (!format) return;
  const expected = await byReference(bytes, format, asked);
  const got = await byKernel(bytes, format, asked, feeding);
  expect(differences(expected, got, (feeding.parts ?? 1) > 1)).toEqual([]);
}

const RUNS = { numRuns: 300 };

describe('the kernel and the reference parser agree', () => {
  it('on any log', () =>
    fc.assert(
      fc.asyncProperty(accessLogBytes, (bytes) => agree(bytes, {}, {})),
      RUNS,
    ));

  it('whatever is asked', () =>
    fc.assert(
      fc.asyncProperty(accessLogBytes, setting, (bytes, asked) => agree(bytes, asked, {})),
      RUNS,
    ));

  it('however the bytes come', () =>
    fc.assert(
      fc.asyncProperty(accessLogBytes, fc.constantFrom(1, 7, 100, 4096), (bytes, chunk) => {
        // Byte by byte only what is short: each time the kernel looks for the end of the line.
        return agree(bytes, {}, { chunk: Math.max(chunk, bytes.length >> 11) });
      }),
      { numRuns: 60 },
    ));

  it('in parts', () =>
    fc.assert(
      fc.asyncProperty(accessLogBytes, setting, fc.integer({ min: 2, max: 7 }), (bytes, asked, parts) =>
        agree(bytes, asked, { parts }),
      ),
      { numRuns: 150 },
    ));

  it('on lines that are longer than any memory for them', () =>
    fc.assert(
      fc.asyncProperty(accessLogBytes, fc.array(longLine, { minLength: 1, maxLength: 3 }), (bytes, long) =>
        agree(Buffer.concat([bytes, Buffer.from('\n'), ...long]), {}, { chunk: 100_000 }),
      ),
      { numRuns: 60 },
    ));

  it('on addresses, however they are spelled', () => {
    const group = fc.constantFrom('0', '0', '0', '1', 'db8', 'ffff', '2001', '0db8', 'A', '00', 'c0de');
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => groups.join(':')),
      fc
        .tuple(fc.array(group, { maxLength: 7 }), fc.array(group, { maxLength: 7 }))
        .map(([before, after]) => `${before.join(':')}::${after.join(':')}`),
    );
    const line = (client: string): string =>
      `${client} - - [22/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "a"\n`;
    return fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 40 }), (clients) =>
        agree(Buffer.from(line('192.0.2.1').repeat(clients.length + 1) + clients.map(line).join('')), {}, {}),
      ),
      RUNS,
    );
  });
});

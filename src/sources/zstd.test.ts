import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unzstd } from './zstd.ts';

/** Reads until the end or an error, slowly where asked to. */
async function read(parts: readonly Buffer[], slow = false): Promise<{ bytes: Buffer; error: string | undefined }> {
  const out: Buffer[] = [];
  try {
    for await (const chunk of unzstd(given(parts))) {
      out.push(chunk);
      if (slow) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } catch (error) {
    return { bytes: Buffer.concat(out), error: String(error) };
  }
  return { bytes: Buffer.concat(out), error: undefined };
}

async function* given(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

/** Cut at the given shares of its length. */
function splitAt(text: Buffer, shares: readonly number[]): Buffer[] {
  const cuts = shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => text.subarray(from, cuts[i] ?? text.length));
}

/** A frame that decoders pass over: magic number, size, content. */
function skippable(kind: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const shares = fc.array(share, { maxLength: 12 });
const text = fc
  .tuple(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 60 }))
  .map(([piece, times]) => Buffer.concat(Array.from({ length: times }, () => piece)));
const skipped = fc.option(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.uint8Array({ maxLength: 30 })), {
  nil: undefined,
});

describe('zstd data', () => {
  it('reads back whole, whatever frames it stands in and whatever pieces it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(text, shares, shares, skipped, fc.boolean(), async (content, frames, pieces, skip, slow) => {
        const between = skip ? skippable(...skip) : Buffer.alloc(0);
        const packed = splitAt(content, frames).map((part) =>
          Buffer.concat([between, zstdCompressSync(part), between]),
        );
        const { bytes, error } = await read(splitAt(Buffer.concat(packed), pieces), slow);
        expect(error).toBeUndefined();
        expect(bytes.equals(content)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('that ends within a frame, or in what is none, gives all frames before and an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        shares,
        shares,
        fc.oneof(
          fc.constant(Buffer.from('rubbish')),
          fc.constant(Buffer.alloc(100)),
          share.map((kept) => {
            const frame = zstdCompressSync('cut');
            return frame.subarray(0, 1 + Math.floor(kept * (frame.length - 2)));
          }),
          fc.integer({ min: 1, max: 10 }).map((kept) => skippable(0, Buffer.from('cut')).subarray(0, kept)),
        ),
        fc.boolean(),
        async (content, frames, pieces, tail, slow) => {
          const packed = splitAt(content, frames).map((part) => zstdCompressSync(part));
          const { bytes, error } = await read(splitAt(Buffer.concat([...packed, tail]), pieces), slow);
          expect(error).toBeDefined();
          expect(bytes.subarray(0, content.length).equals(content)).toBe(true);
          expect('cut').toContain(bytes.subarray(content.length).toString());
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is unpacked no further than its reader asks for', async () => {
    const packed = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    const chunks = unzstd(given([packed, packed]));
    const first = await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(first.value?.length).toBeLessThan(1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    await chunks.return(undefined);
  });

  it('of many small frames is read to its end', async () => {
    const frame = zstdCompressSync('one line\n');
    const many = Buffer.concat(Array.from({ length: 1000 }, () => frame));
    const { bytes, error } = await read([many, many]);
    expect([bytes.length, error]).toEqual([2000 * 9, undefined]);
  });
});

// Decompresses zstd data of any number of frames, skippable ones too (RFC 8878), as one text.
import * as zlib from 'node:zlib';

/** Whether this Node can: since 22.15, and the pinned one; an older one on a user's machine may not. */
export const canUnzstd = typeof zlib.createZstdDecompress === 'function';

/**
 * Each chunk must stay as it is until the next one is asked for. What could be read comes first, then an error where data is
 * damaged, cut, or followed by what is no frame.
 *
 * Node's decoder ends, without a word, where a frame ends within what was written to it. What it left goes to a fresh one.
 */
export async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: Decoder | undefined;
  try {
    for await (const chunk of chunks) {
      let rest = chunk;
      while (rest.length > 0) {
        decoder ??= openDecoder();
        const taken = yield* decoder.write(rest);
        rest = rest.subarray(taken);
        if (rest.length === 0) break;
        decoder.close();
        decoder = undefined;
        if (taken === 0) throw new Error('no frame begins there');
      }
    }
    if (decoder) yield* decoder.end();
  } finally {
    decoder?.close();
  }
}

interface Decoder {
  /** Gives what comes out, and returns how many bytes were taken: all, unless a frame ended before. */
  write(bytes: Buffer): AsyncGenerator<Buffer, number>;
  end(): AsyncGenerator<Buffer>;
  close(): void;
}

/** One step at a time: so no more than a step's output waits, and what is left of the input is known. */
function openDecoder(): Decoder {
  const stream = zlib.createZstdDecompress();
  let failure: Error | undefined;
  let wake = (): void => {};
  stream.on('readable', () => wake());
  stream.on('error', (error) => {
    failure = error;
    wake();
  });

  async function* during(start: (done: () => void) => void): AsyncGenerator<Buffer> {
    let done = false;
    start(() => {
      done = true;
      wake();
    });
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const settled = done || failure !== undefined;
      const out: Buffer | null = stream.read();
      if (out !== null) yield out;
      else if (settled) break;
      else await woken;
    }
    if (failure) throw failure;
  }

  return {
    async *write(bytes) {
      const before = stream.bytesWritten;
      yield* during((done) => stream.write(bytes, done));
      return stream.bytesWritten - before;
    },
    end: () =>
      during((done) => {
        stream.on('end', done);
        stream.end();
      }),
    close: () => stream.destroy(),
  };
}

// The bytes of a file, decompressed when its first bytes say that it is gzip or zstd (RFC 1952, RFC 8878), in chunks.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { canUnzstd, unzstd } from './zstd.ts';

const CHUNK = 256 * 1024;

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'zip';

/** From the magic number. */
export function compressionOf(head: Uint8Array): Compression {
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => head[i] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  // A frame, or one to skip that stands before it, as pzstd writes them.
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd';
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return 'xz';
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'zip';
  return 'none';
}

export interface ByteSource {
  readonly compression: Compression;
  /**
   * Chunks in order. Ends early, with `complaint` set, when the data is damaged. They share memory: a chunk holds while the next
   * one is looked at, and no longer.
   */
  chunks(): AsyncGenerator<Buffer>;
  /** What was wrong with the data; known after the last chunk. */
  complaint(): string | undefined;
}

/** Reads a regular file, or standard input for `-`. Opening never blocks on a FIFO that took the file's place. */
export function openBytes(path: string): ByteSource {
  const fd = path === '-' ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const first = Buffer.alloc(CHUNK);
  const length = readFully(fd, first);
  const head = first.subarray(0, length);
  const compression = compressionOf(head);
  let complaint: string | undefined;

  /** `fresh` gives each chunk memory of its own, for a decoder that works on it while the next ones are read. */
  async function* raw(fresh: boolean): AsyncGenerator<Buffer> {
    try {
      yield head;
      if (length < CHUNK) return;
      let chunk = first;
      let before = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        [chunk, before] = [fresh ? Buffer.allocUnsafe(CHUNK) : before, chunk];
        const got = readFully(fd, chunk);
        if (got > 0) yield chunk.subarray(0, got);
        if (got < CHUNK) return;
      }
    } finally {
      if (fd !== 0) closeSync(fd);
    }
  }

  async function* decompressed(decoded: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* decoded;
    } catch (error) {
      complaint = `damaged ${compression} data: read up to there (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  return {
    compression,
    chunks() {
      if (compression === 'gzip') return decompressed(gunzip(raw(true)));
      if (compression === 'zstd') {
        if (canUnzstd) return decompressed(unzstd(raw(false)));
        complaint = 'zstd needs Node 22.15 or newer: decompress it first (zstd -d)';
        return nothing(fd);
      }
      if (compression !== 'none') {
        complaint = `${compression} is not read: decompress it first`;
        return nothing(fd);
      }
      return raw(false);
    },
    complaint: () => complaint,
  };
}

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = Readable.from(chunks, { objectMode: false });
  const decoder = zlib.createGunzip();
  input.on('error', (error) => decoder.destroy(error));
  input.pipe(decoder);
  try {
    yield* decoder;
  } finally {
    input.destroy();
  }
}

// biome-ignore lint/correctness/useYield: an empty sequence that still closes its file
async function* nothing(fd: number): AsyncGenerator<Buffer> {
  if (fd !== 0) closeSync(fd);
}

/** Fills the buffer unless the file ends before. Standard input may be a terminal or a pipe that has nothing yet. */
function readFully(fd: number, into: Buffer): number {
  let filled = 0;
  while (filled < into.length) {
    let got: number;
    try {
      got = readSync(fd, into, filled, into.length - filled, null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      continue;
    }
    if (got === 0) break;
    filled += got;
  }
  return filled;
}

// The bytes of a file, decompressed when its first bytes say that it is gzip or zstd (RFC 1952, RFC 8878), in chunks.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
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
  /** Of a regular file, when it was opened: what is written after that is not read. */
  readonly size: number | undefined;
  /** The byte that reading begins at. */
  readonly begin: number;
  /** The open file itself, for whoever reads it at places of his own. Of a regular file only. */
  readonly fd: number;
  /** When nothing is read any more. */
  close(): void;
}

/** What is read, and the name that it goes by: a file, a file from a byte on, or text that a command printed. */
export type Content =
  | string
  | { readonly path: string; readonly from: number; readonly bytes: number }
  | { readonly path: string; readonly text: string };

export function nameOf(readable: Content): string {
  return typeof readable === 'string' ? readable : readable.path;
}

/**
 * Reads a regular file, or standard input for `-`. Opening never blocks on a FIFO that took the file's place.
 * @throws the error of the file system when the file can't be opened, or its begin not be read
 */
export function openBytes(readable: Content): ByteSource {
  if (readable === '-') return bytesOf(0);
  if (typeof readable === 'object' && 'text' in readable) return bytesOfText(readable.text);
  const [path, begin] = typeof readable === 'string' ? [readable, 0] : [readable.path, readable.from];
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return bytesOf(fd, () => closeSync(fd), begin);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function bytesOfText(text: string): ByteSource {
  async function* whole(): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
  }
  return {
    compression: 'none',
    chunks: whole,
    complaint: () => undefined,
    size: undefined,
    begin: 0,
    fd: -1,
    close() {},
  };
}

/** A file that is open already, from a byte on, whoever else reads it. How it is closed is up to `close`. */
export function bytesOf(fd: number, close: () => void = () => {}, begin = 0): ByteSource {
  const stats = fstatSync(fd);
  // Files of /proc have no size, and may have content all the same.
  const size = stats.isFile() && stats.size > 0 ? stats.size : undefined;
  let complaint: string | undefined;
  let at = begin;
  let closed = false;

  /** Returns how many bytes there were. */
  const fill = (into: Buffer): number => {
    if (closed) return 0;
    if (size === undefined) return readFully(fd, into, undefined);
    const wanted = Math.max(0, Math.min(into.length, size - at));
    const got = readFully(fd, into.subarray(0, wanted), at);
    at += got;
    if (got < wanted) complaint = shrunkNote(at);
    return got;
  };

  const first = Buffer.alloc(CHUNK);
  const length = fill(first);
  const head = first.subarray(0, length);
  const compression = compressionOf(head);

  /** `fresh` gives each chunk memory of its own, for a decoder that works on it while the next ones are read. */
  async function* raw(fresh: boolean): AsyncGenerator<Buffer> {
    yield head;
    if (length < CHUNK) return;
    let chunk = first;
    let before = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      [chunk, before] = [fresh ? Buffer.allocUnsafe(CHUNK) : before, chunk];
      const got = fill(chunk);
      if (got > 0) yield chunk.subarray(0, got);
      if (got < CHUNK) return;
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
        return nothing();
      }
      if (compression !== 'none') {
        complaint = `${compression} is not read: decompress it first`;
        return nothing();
      }
      return raw(false);
    },
    complaint: () => complaint,
    size,
    begin,
    fd,
    close() {
      if (!closed) close();
      closed = true;
    },
  };
}

/** What to say of a file that ends before the place where it ended when it was opened. */
export function shrunkNote(at: number): string {
  return `became shorter while it was read: read up to byte ${at}`;
}

export function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
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

async function* nothing(): AsyncGenerator<Buffer> {}

/**
 * Fills the buffer unless the file ends before, from that place on, or from where the last one ended. Standard input may be a
 * terminal or a pipe that has nothing yet.
 */
function readFully(fd: number, into: Buffer, place: number | undefined): number {
  let filled = 0;
  while (filled < into.length) {
    let got: number;
    try {
      got = readSync(fd, into, filled, into.length - filled, place === undefined ? null : place + filled);
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

import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressionOf, openBytes } from './bytes.ts';
import { scratch } from './scratch.fixture.ts';

const { folder, write } = scratch();

async function readAll(path: string): Promise<{ bytes: Buffer; complaint: string | undefined }> {
  const source = openBytes(path);
  const parts: Buffer[] = [];
  for await (const chunk of source.chunks()) parts.push(Buffer.from(chunk));
  return { bytes: Buffer.concat(parts), complaint: source.complaint() };
}

/** Text that compresses like a log does, not to nothing. */
function log(lines: number): Buffer {
  const all: string[] = [];
  let seed = 1;
  for (let i = 0; i < lines; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    all.push(`203.0.113.${seed % 250} - - [22/Nov/2026:10:00:00 +0100] "GET /?p=${seed} HTTP/1.1" 200 ${seed % 9999}`);
  }
  return Buffer.from(`${all.join('\n')}\n`);
}

const LOG = log(8000);

describe('the bytes of a file', () => {
  it('are given whole, whatever its size', async () => {
    for (const size of [0, 1, 262_143, 262_144, 262_145, 600_000, 1_100_000]) {
      const content = Buffer.alloc(size, 'abcdefg');
      const { bytes, complaint } = await readAll(write('plain', content));
      expect([size, bytes.equals(content), complaint]).toEqual([size, true, undefined]);
    }
  });

  it.each([
    ['gzip', gzipSync(LOG)],
    ['zstd', zstdCompressSync(LOG)],
  ] as const)('are decompressed by their content: %s', async (kind, packed) => {
    expect(compressionOf(packed)).toBe(kind);
    const { bytes, complaint } = await readAll(write(`access.log-without-ending-${kind}`, packed));
    expect(bytes.equals(LOG)).toBe(true);
    expect(complaint).toBeUndefined();
  });

  it('of several gzip files one after the other are read as one', async () => {
    const { bytes, complaint } = await readAll(write('joined', Buffer.concat([gzipSync('one\n'), gzipSync('two\n')])));
    expect(bytes.toString()).toBe('one\ntwo\n');
    expect(complaint).toBeUndefined();
  });

  it('of several zstd frames one after the other are read as one', async () => {
    const frames = Buffer.concat([zstdCompressSync('one\n'), zstdCompressSync('two\n')]);
    const { bytes, complaint } = await readAll(write('frames', frames));
    expect(bytes.toString()).toBe('one\ntwo\n');
    expect(complaint).toBeUndefined();
  });

  it('of zstd frames are read with those to skip before and between them', async () => {
    const skip = Buffer.from('5f2a4d1803000000616263', 'hex');
    const frames = Buffer.concat([skip, zstdCompressSync('one\n'), skip, zstdCompressSync('two\n'), skip]);
    const { bytes, complaint } = await readAll(write('skip', frames));
    expect(bytes.toString()).toBe('one\ntwo\n');
    expect(complaint).toBeUndefined();
  });

  it('behind the last zstd frame that are no frame are complained of', async () => {
    for (const garbage of ['rubbish', '\0', '\0'.repeat(600_000)]) {
      const { bytes, complaint } = await readAll(
        write('garbage', Buffer.concat([zstdCompressSync(LOG), Buffer.from(garbage)])),
      );
      expect(bytes.equals(LOG)).toBe(true);
      expect(complaint).toContain('damaged zstd data');
    }
  });

  it.each([
    ['gzip', gzipSync(LOG)],
    ['zstd', zstdCompressSync(LOG)],
  ])('are given up to where broken %s data ends, and it is said', async (kind, packed) => {
    for (const share of [0.3, 0.6, 0.95]) {
      const { bytes, complaint } = await readAll(write('cut', packed.subarray(0, Math.floor(packed.length * share))));
      expect(complaint).toContain(`damaged ${kind} data`);
      expect(LOG.subarray(0, bytes.length).equals(bytes)).toBe(true);
      // A decoder may hold back a block of 128 kB, not more.
      expect(bytes.length).toBeGreaterThan(LOG.length * share * 0.9 - 140_000);
    }
  });

  it('of a small gzip file that was cut are given up to there', async () => {
    const text = log(500);
    const packed = gzipSync(text);
    const { bytes, complaint } = await readAll(write('small-cut.gz', packed.subarray(0, packed.length - 20)));
    expect(complaint).toContain('damaged gzip data');
    expect(bytes.length).toBeGreaterThan(text.length * 0.9);
  });

  it('are given up to where a bit was flipped', async () => {
    const packed = gzipSync(LOG);
    packed[Math.floor(packed.length * 0.7)] = 0xff;
    packed[Math.floor(packed.length * 0.7) + 1] = 0xff;
    const { bytes, complaint } = await readAll(write('flipped.gz', packed));
    expect(complaint).toContain('damaged gzip data');
    expect(bytes.length).toBeGreaterThan(LOG.length * 0.4);
  });

  it('say which compression is not read, and what to do', async () => {
    for (const [magic, name] of [
      ['BZh91AY', 'bzip2'],
      ['\xfd7zXZ\0', 'xz'],
      ['PK\x03\x04', 'zip'],
    ] as const) {
      const { bytes, complaint } = await readAll(write(name, Buffer.from(magic, 'latin1')));
      expect(bytes).toHaveLength(0);
      expect(complaint).toBe(`${name} is not read: decompress it first`);
    }
  });

  it('that only begin like gzip or zstd are said to be damaged', async () => {
    for (const magic of ['1f8b', '1f8b08', '1f8b0800', '28b52ffd', '28b52ffd00']) {
      const { bytes, complaint } = await readAll(write('magic', Buffer.from(magic, 'hex')));
      expect([magic, bytes.length, complaint?.startsWith('damaged ')]).toEqual([magic, 0, true]);
    }
  });

  it('never throw while they are read, whatever they are', async () => {
    const packed = [gzipSync('some text of a log '.repeat(50)), zstdCompressSync('some text of a log '.repeat(50))];
    const damaged = fc
      .tuple(
        fc.constantFrom(...packed),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(),
        fc.uint8Array({ maxLength: 20 }),
      )
      .map(([good, at, byte, end, more]) => {
        const bad = Buffer.from(good);
        bad[at % bad.length] = byte;
        return Buffer.concat([bad.subarray(0, 1 + (end % bad.length)), more]);
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })), async (content) => {
        const { bytes } = await readAll(write('any', content));
        expect(bytes.length).toBeLessThan(2_000_000);
      }),
      { numRuns: 150 },
    );
  });

  it('leave nothing open behind a reader that wants no more', async () => {
    const path = write('early', LOG);
    for (let i = 0; i < 50; i++) {
      const source = openBytes(path);
      await source.chunks().next();
      source.close();
    }
    const open = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`]).toString();
    expect(open).not.toContain('/early');
  });
});

describe('pipes', () => {
  it('that were named are read, as the shell gives them for <(zcat log.gz)', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // Opened for both, so that neither side waits for the other.
    const writer = openSync(fifo, 'r+');
    writeSync(writer, gzipSync('GET /\n'));
    const source = openBytesOf(fifo);
    closeSync(writer);
    expect((await source).toString()).toBe('GET /\n');
  });

  /** Opens at once and reads later: the writer may be gone by then. */
  async function openBytesOf(path: string): Promise<Buffer> {
    const held = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { bytes } = await readAll(path);
    closeSync(held);
    return bytes;
  }

  it('of nobody who writes are empty, not waited for', async () => {
    const fifo = join(folder, 'nobody');
    execFileSync('mkfifo', [fifo]);
    expect((await readAll(fifo)).bytes).toHaveLength(0);
  });

  it('as standard input are read to their end, though they come in pieces', () => {
    const program = `
      import { openBytes } from ${JSON.stringify(join(import.meta.dirname, 'bytes.ts'))};
      let length = 0;
      for await (const chunk of openBytes('-').chunks()) length += chunk.length;
      console.log(length);
    `;
    const script = write('stdin.mjs', program);
    const out = execFileSync('sh', ['-c', `(printf one; sleep 0.3; printf three) | "${process.execPath}" "${script}"`]);
    expect(out.toString().trim()).toBe('8');
  });
});

// The kernel counts what the reference parser counts: on every access log of the recorded cases, in one piece and in several.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionOf } from './bytes.ts';
import { byKernel, byReference, kernelFormat } from './kernel.fixture.ts';
import { differences } from './reading-differences.fixture.ts';

const CASES = join(import.meta.dirname, '../../cases');

function plain(path: string): Buffer {
  const bytes = readFileSync(path);
  const compression = compressionOf(bytes);
  if (compression === 'gzip') return gunzipSync(bytes);
  return compression === 'zstd' ? zstdDecompressSync(bytes) : bytes;
}

const LOGS = globSync('**/*', { cwd: CASES, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .flatMap((path) => {
    const bytes = plain(path);
    const format = kernelFormat(bytes);
    return format ? [{ name: path.slice(CASES.length + 1), bytes, format }] : [];
  });

describe('the kernel and the reference parser agree on', () => {
  it('more than a handful of recorded logs', () => expect(LOGS.length).toBeGreaterThan(10));

  it.each(LOGS)('$name', async ({ bytes, format }) => {
    const expected = await byReference(bytes, format);
    expect(differences(expected, await byKernel(bytes, format))).toEqual([]);
    for (const parts of [2, 3, 7])
      expect([parts, differences(expected, await byKernel(bytes, format, {}, { parts }), true)]).toEqual([parts, []]);
  });
});

// The kernel counts what the reference parser counts: on every access log of the recorded cases, in one piece and in several.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DIMENSIONS, type TrafficFilter } from '../model/traffic-query.ts';
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

  const FILTERS: readonly TrafficFilter[] = [
    { methods: ['GET'] },
    { methods: ['POST', 'HEAD'] },
    { methods: [''] },
    { statuses: [{ from: 200, to: 299 }] },
    { statuses: [{ from: 404, to: 599 }] },
    { paths: ['/wp-*'] },
    { paths: ['/', '*.php'] },
    { agents: ['mozilla'] },
    { agents: ['', 'bot'] },
    { hosts: ['*'] },
    { hosts: [''] },
    { sources: ['198.51.100.0/24', '2001:db8::/32'] },
  ];

  it.each(LOGS.filter((_, i) => i % 4 === 0))('$name, whatever is asked', async ({ bytes, format }) => {
    for (const filter of FILTERS) {
      const asked = { query: { filter } };
      const got = differences(await byReference(bytes, format, asked), await byKernel(bytes, format, asked));
      expect([filter, got]).toEqual([filter, []]);
    }
    for (const [i, dimension] of DIMENSIONS.entries()) {
      const second = DIMENSIONS[(i + 1) % DIMENSIONS.length] ?? dimension;
      for (const by of [[dimension], [dimension, second]] as const) {
        const asked = { query: { by } };
        const got = differences(await byReference(bytes, format, asked), await byKernel(bytes, format, asked));
        expect([by, got]).toEqual([by, []]);
      }
    }
  });
});

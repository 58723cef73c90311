// Logs as they lie on a disk, read by the kernel on one thread and on several, and by the reference parser where that can't be.
import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { trafficJoin } from '../engine/traffic-join.ts';
import { textFormats } from '../formats/index.ts';
import type { Traffic } from '../model/traffic.ts';
import { ending, logCounter } from './log-counter.ts';
import type { ReadOptions } from './read-file.ts';
import { type ReadOutcome, readFiles } from './read-files.ts';
import { readTraffic } from './read-traffic.ts';
import { trafficDifferences } from './reading-differences.fixture.ts';
import { combined, NOW, scratch } from './scratch.fixture.ts';

const { write } = scratch();
const LINES = Array.from({ length: 4000 }, (_, i) => {
  const at = `22/Nov/2026:10:${String(Math.floor(i / 100)).padStart(2, '0')}:${String((i * 7) % 60).padStart(2, '0')} +0100`;
  return combined(at, `198.51.100.${i % 9}`, `GET /p/${i % 12} HTTP/1.1`);
});
const LOG = `${LINES.join('\n')}\n`;
const LEFT_OUT = 'its last line has no line feed yet: left out';

interface Ways {
  readonly engine?: 'auto' | 'kernel' | 'reference';
  readonly threads?: number;
  readonly partBytes?: number;
  readonly kernel?: string;
  readonly onProgress?: () => void;
}

async function readBy(paths: readonly string[], ways: Ways): Promise<{ outcomes: ReadOutcome[]; traffic?: Traffic }> {
  const { onProgress, engine = 'auto', ...how } = ways;
  const traffic = trafficJoin();
  const counter = logCounter(traffic, { ...how, engine, files: paths.map((path) => ({ path, bytes: LOG.length })) });
  const options = (): ReadOptions => ({
    textFormats,
    binaryFormats: [],
    trustedProxies: [],
    window: {},
    zone: undefined,
    now: NOW,
    counter,
    onProgress,
  });
  const outcomes = await ending(counter, readFiles({ paths, named: paths, traffic, options }));
  const whole = traffic.finish();
  return { outcomes, ...(whole && { traffic: whole }) };
}

const facts = (outcome: ReadOutcome | undefined) =>
  outcome?.kind === 'facts' ? outcome.facts : expect.fail('no facts');

describe('a log on a disk', () => {
  const path = write('access.log', LOG);

  it('gives the same on one thread, on several, in parts, and by the reference parser', async () => {
    const expected = await readBy([path], { engine: 'reference' });
    expect(facts(expected.outcomes[0])).toMatchObject({ lines: 4000, engine: 'reference' });
    for (const ways of [{ threads: 1 }, { threads: 2 }, { threads: 3, partBytes: 1000 }]) {
      const got = await readBy([path], ways);
      expect(facts(got.outcomes[0])).toMatchObject({ lines: 4000, unreadable: 0, engine: 'kernel', notes: [] });
      expect([ways, trafficDifferences(expected.traffic, got.traffic)]).toEqual([ways, []]);
    }
  });

  it('is the same plain and compressed, several of them on several threads, in the order of the files', async () => {
    const paths = [
      write('1.log', LOG),
      write('2.log.gz', gzipSync(LOG)),
      write('3.log.zst', zstdCompressSync(LOG)),
      write('4.log', '\0'.repeat(5000) + LOG),
    ];
    const one = await readBy(paths, { engine: 'reference' });
    const got = await readBy(paths, { threads: 2, partBytes: 50_000 });
    expect(got.outcomes.map((outcome) => [facts(outcome).path, facts(outcome).lines])).toEqual(
      paths.map((name) => [name, 4000]),
    );
    expect(got.outcomes.map((outcome) => facts(outcome).notes)).toEqual(
      one.outcomes.map((outcome) => facts(outcome).notes),
    );
    expect(trafficDifferences(one.traffic, got.traffic)).toEqual([]);
  });

  it('is read by the reference parser when the kernel is not there, or broken, and it is said why', async () => {
    const none = await readBy([path], { kernel: join(path, '..', 'no.wasm') });
    expect(facts(none.outcomes[0])).toMatchObject({
      lines: 4000,
      engine: 'reference',
      engineNote: 'the kernel was not built',
    });
    const broken = await readBy([path], { kernel: write('broken.wasm', 'no kernel') });
    expect(facts(broken.outcomes[0]).engineNote).toBe('the kernel is damaged: build it again');
  });

  it('is read by the reference parser from its begin when the kernel fails, on whichever thread, and it is said', async () => {
    const kernel = write('empty.wasm', Buffer.from('\0asm\x01\0\0\0', 'latin1'));
    const expected = await readBy([path], { engine: 'reference' });
    for (const threads of [1, 2]) {
      const got = await readBy([path, path], { kernel, threads, partBytes: 50_000 });
      for (const outcome of got.outcomes) {
        const { lines, engine, engineNote } = facts(outcome);
        expect([lines, engine, engineNote]).toEqual([
          4000,
          'reference',
          expect.stringMatching(/^the kernel failed \(/),
        ]);
      }
      expect(got.traffic?.whole.total.requests).toBe(2 * (expected.traffic?.whole.total.requests ?? 0));
    }
  });

  it('in a format that the kernel does not read says so', async () => {
    const json =
      '{"ts":1795338000.5,"request":{"remote_ip":"198.51.100.7","method":"GET","uri":"/","proto":"HTTP/1.1","host":"a"},"status":200,"size":5,"duration":0.1}\n';
    const { outcomes } = await readBy([write('caddy.log', json.repeat(3))], {});
    expect(facts(outcomes[0])).toMatchObject({ engine: 'reference', engineNote: 'not of the Common Log Format' });
  });
});

describe('a log that is being written', () => {
  const cut = combined('22/Nov/2026:10:50:00 +0100').slice(0, -20);

  it.each(['kernel', 'reference'] as const)('is read to its last whole line by the %s', async (engine) => {
    const { outcomes } = await readBy([write('cut.log', LOG + cut)], { engine, threads: 1 });
    expect(facts(outcomes[0])).toMatchObject({ lines: 4000, unreadable: 0, notes: [LEFT_OUT] });
    const whole = await readBy([write('whole.log', LOG + combined('22/Nov/2026:10:50:00 +0100'))], {
      engine,
      threads: 1,
    });
    expect(facts(whole.outcomes[0])).toMatchObject({ lines: 4001, notes: [] });
  });

  it.each(['kernel', 'reference'] as const)('while it grows is read as long as it was, by the %s', async (engine) => {
    const path = write('grows.log', LOG.repeat(3));
    const { outcomes } = await readBy([path], { engine, threads: 1, onProgress: () => appendFileSync(path, LOG) });
    expect(facts(outcomes[0])).toMatchObject({ lines: 12_000, notes: [] });
  });

  it('and truncated while it is read ends there, and it is said', async () => {
    const path = write('truncated.log', LOG.repeat(3));
    const { outcomes } = await readBy([path], { engine: 'reference', onProgress: () => truncateSync(path, 1000) });
    expect(facts(outcomes[0]).notes[0]).toMatch(/^became shorter while it was read: read up to byte \d+$/);
  });
});

describe('readTraffic', () => {
  it('says what read a log, and takes the threads that it is given', async () => {
    const path = write('public.log', LOG);
    const one = await readTraffic({ paths: [path], query: {}, now: NOW, threads: 1 });
    const two = await readTraffic({ paths: [path], query: {}, now: NOW, threads: 2, engine: 'kernel' });
    expect(one.logs).toEqual(two.logs);
    expect(one.logs[0]).toMatchObject({ engine: 'kernel', lines: 4000 });
    expect(trafficDifferences(one.traffic, two.traffic)).toEqual([]);
  });
});

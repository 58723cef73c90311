import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programsOf } from '../../model/programs.ts';
import type { SampleData } from '../../model/sample.ts';
import type { Stamp } from '../../model/time.ts';
import { readManifest } from './manifest.ts';
import { samplesJsonl } from './samples.ts';

const CASES = new URL('../../../cases/', import.meta.url);
const load = (name: string) => readFileSync(new URL(name, CASES), 'utf8');

function read(lines: readonly string[]) {
  const samples: { stamp: Stamp | undefined; data: SampleData; line: number }[] = [];
  const unreadable: string[] = [];
  const reader = samplesJsonl.open(
    {
      event() {},
      access() {},
      packet() {},
      seen() {},
      sample: (stamp, data, line) => samples.push({ stamp, data, line }),
      unreadable: (_, line) => unreadable.push(line),
    },
    lines,
  );
  lines.forEach((line, i) => {
    reader.line(line, i + 1);
  });
  reader.end();
  return { samples, unreadable };
}

describe('samples.jsonl', () => {
  it.each([
    ['flash-crowd', 214],
    ['password-guessing', 200],
    ['pingback-flood', 351],
  ])('reads every sample of %s, fast enough for a host in need', (name, count) => {
    const lines = load(`${name}/samples.jsonl`).split('\n');
    const head = lines.slice(0, 20).map((line) => line.slice(0, 16_384));
    expect(samplesJsonl.recognise(head)).toBe(1);
    const began = performance.now();
    const { samples, unreadable } = read(lines);
    const took = performance.now() - began;
    expect(unreadable).toEqual([]);
    expect(samples).toHaveLength(count);
    expect(took).toBeLessThan(600);
  });
  it('tells load, memory, pressure, processes, connections, database and probe', () => {
    const [first] = read(load('flash-crowd/samples.jsonl').split('\n').slice(0, 1)).samples;
    expect(first?.stamp).toEqual({ ms: Date.UTC(2026, 10, 22, 9, 51, 34, 600), clock: 'absolute' });
    expect(first?.data).toMatchObject({
      load: [3.84, 25.8, 26.3],
      memory: { totalKb: 524_288, availableKb: 458_512, anonKb: 62_152, swapTotalKb: 0 },
      pressure: { cpuSome: 2.02, memorySome: 0.54, memoryFull: 0.54, ioSome: 12.72, ioFull: 12.54 },
      database: { alive: true, threadsConnected: 1, threadsRunning: 1, maxUsedConnections: 1, abortedConnects: 0 },
      probe: { status: 200, ms: 368 },
    });
    expect(first?.data.processes?.[0]).toEqual({
      pid: 26601,
      ppid: 26600,
      user: 'mysql',
      state: 'S',
      elapsedS: 2,
      rssKb: 83_912,
      oomScore: 161,
      args: '/usr/sbin/mariadbd --defaults-file=/etc/web/my.cnf',
    });
    expect(first?.data.connections?.[0]).toEqual({ peer: '198.51.100.10', state: 'TIME-WAIT', count: 13 });
  });
  it('takes null and a missing key for not known, and the short database names for the long ones', () => {
    const { samples, unreadable } = read([
      '{"t":"2026-11-22T09:00:00.000Z","load":null,"meminfo":{"MemTotal":null,"MemFree":5},"psi":null,"probe":{"url":"http://x/","status":null,"ms":10000,"body":null}}',
      '{"t":"2026-11-22T09:00:01.000Z","database":{"alive":true,"threads":3}}',
      '{"t":"2026-11-22T09:00:02.000Z","database":{"Threads_connected":"3"}}',
      '{"t":"2026-11-22T09:00:03.000+01:00"}',
    ]);
    expect(unreadable).toEqual([]);
    expect(samples.map((s) => s.data)).toEqual([
      { memory: { freeKb: 5 }, probe: { url: 'http://x/', ms: 10_000 } },
      { database: { alive: true, threadsConnected: 3 } },
      { database: { alive: true, threadsConnected: 3 } },
      {},
    ]);
    expect(samples[3]?.stamp?.ms).toBe(Date.UTC(2026, 10, 22, 8, 0, 3));
  });
  it('calls a line unreadable that is cut, has no time, or has figures that are none', () => {
    const bad = [
      '{"t":"2026-11-22T09:00:00.000Z","load":[1,',
      '{"load":[1,1,1]}',
      '{"t":"yesterday"}',
      '{"t":"2026-11-22T09:00:00.000Z","load":["a",1,1]}',
      '[]',
      'null',
    ];
    const { samples, unreadable } = read(bad);
    expect(samples).toEqual([]);
    expect(unreadable).toEqual(bad);
  });
  it('is not mistaken for other JSON lines', () => {
    expect(samplesJsonl.recognise(['{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1"}', '{"t":1}'])).toBe(0);
    expect(samplesJsonl.recognise([''])).toBe(0);
  });
  it('never throws, whatever JSON comes', () => {
    const keyed = fc.dictionary(
      fc.constantFrom('t', 'load', 'processes', 'database', 'meminfo', 'psi', 'connections', '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          keyed.map((value) => JSON.stringify({ t: '2026-11-22T09:00:00Z', ...value })),
        ),
        (line) => {
          samplesJsonl.recognise([line]);
          const { samples, unreadable } = read([line]);
          expect(samples.length + unreadable.length).toBe(line.trim() === '' ? 0 : 1);
        },
      ),
    );
  });
});

describe('manifest.json', () => {
  it('reads those of the recorded incidents', () => {
    expect(readManifest(load('flash-crowd/manifest.json'))).toEqual({
      manifest: {
        host: 'web1',
        timezone: 'UTC',
        cpus: 1,
        memTotalKb: 524_288,
        swapTotalKb: 0,
        from: Date.UTC(2026, 10, 22, 9, 51, 34),
        to: Date.UTC(2026, 10, 22, 9, 55, 34),
      },
    });
  });
  it.each([
    ['{', 'no JSON'],
    ['{}', '"format"'],
    ['{"format":"seawall-recording/2"}', '"format"'],
    ['{"format":"seawall-recording/1","timezone":"Mars/Olympus"}', '"timezone"'],
    ['{"format":"seawall-recording/1","cpus":"four"}', '"cpus"'],
  ])('says what is wrong with %s', (text, part) => {
    const result = readManifest(text);
    expect('error' in result ? result.error : '').toContain(part);
  });
  it('needs no more than the format', () => {
    expect(readManifest('{"format":"seawall-recording/1","host":null}')).toEqual({ manifest: {} });
  });
  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readManifest(text)));
  });
});

describe('the pile-up in the samples', () => {
  it('shows more than twenty php-cgi before the first kill of the pingback flood', () => {
    const { samples } = read(load('pingback-flood/samples.jsonl').split('\n'));
    const counts = samples.map(
      (s) => programsOf(s.data.processes ?? []).programs.find((p) => p.name === 'php-cgi')?.count ?? 0,
    );
    expect(Math.max(...counts)).toBeGreaterThan(20);
    expect(counts[0]).toBe(0);
  });
});

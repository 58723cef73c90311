import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OptionError } from './given.ts';
import { combined, dossierOf, iso, NOW, scratch } from './scratch.fixture.ts';
import { PathError } from './walk.ts';

const { folder, write } = scratch();

const at = (second: number): string =>
  `22/Nov/2026:10:${String(7 + Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0100`;
const access = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${combined(at(from + i))}\n`).join('');
const BEGIN = Date.UTC(2026, 10, 22, 9, 7);

describe('options that make no sense', () => {
  it.each([
    [{ timezone: 'Mars/Olympus' }, '--timezone Mars/Olympus: no such zone'],
    [{ timezone: '' }, '--timezone'],
    [{ logFormat: '%h %Q' }, '--log-format'],
    [{ logFormat: '' }, '--log-format'],
    [{ year: 26 }, '--year 26'],
    [{ year: Number.NaN }, '--year NaN'],
  ])('%o', async (options, message) => {
    const reading = dossierOf([write('any.log', access(0, 1))], options);
    await expect(reading).rejects.toThrow(OptionError);
    await expect(reading).rejects.toThrow(message);
  });

  it('or a path that is not there', async () => {
    await expect(dossierOf([join(folder, 'missing')])).rejects.toThrow(PathError);
  });
});

describe('a time that is asked for', () => {
  const sample = (second: number): string => `{"t":"${iso(BEGIN + second * 1000)}","load":[1,1,1]}\n`;
  const log = (second: number): string => `${at(second)}`;
  write('window/access.log', access(0, 120));
  write('window/samples.jsonl', Array.from({ length: 12 }, (_, i) => sample(i * 10)).join(''));
  write(
    'window/journal.txt',
    Array.from(
      { length: 12 },
      (_, i) =>
        `${iso(BEGIN + i * 10_000)?.replace('.000Z', '+0000')} web1 systemd[1]: Started apache2.service - The Apache HTTP Server.\n`,
    ).join(''),
  );

  it('applies to requests, events and samples, both ends included', async () => {
    const since = BEGIN + 30_000;
    const until = BEGIN + 60_000;
    const { traffic, events, samples, span } = await dossierOf([join(folder, 'window')], { since, until });
    expect(log(30)).toContain('10:07:30');
    expect(traffic?.whole.total.requests).toBe(31);
    expect(events.map((event) => event.at)).toEqual([30, 40, 50, 60].map((second) => BEGIN + second * 1000));
    expect(samples.map((one) => one.at)).toEqual([30, 40, 50, 60].map((second) => BEGIN + second * 1000));
    expect(span).toEqual({ from: since, to: until });
  });

  it('in which nothing lies gives nothing, and no time that runs backwards', async () => {
    const { traffic, events, samples, span } = await dossierOf([join(folder, 'window')], { since: NOW });
    expect([traffic, events, samples, span]).toEqual([undefined, [], [], undefined]);
  });

  it('applies to a capture without dates as a whole', async () => {
    const packet =
      '10:07:21.000000 IP 203.0.113.66.40122 > 192.0.2.2.80: Flags [S], seq 1, win 29200, options [mss 1460], length 0\n';
    write('dump/access.log', access(0, 60));
    write('dump/dump.txt', packet);
    const all = await dossierOf([join(folder, 'dump')], { until: BEGIN + 50_000 });
    expect(all.packets?.packets).toBe(1);
    const early = await dossierOf([join(folder, 'dump')], { until: BEGIN + 5_000 });
    expect(early.packets).toBeUndefined();
    expect(early.sources.flatMap(({ notes }) => notes)).toContain('its packets are outside of the time asked for');
  });
});

describe('several files', () => {
  it('of one rotated log are one traffic, whatever their order', async () => {
    write('rotated/access.log', access(80, 120));
    write('rotated/access.log.1', access(40, 80));
    write('rotated/access.log.2.gz', gzipSync(access(0, 40)));
    const { traffic, span, sources } = await dossierOf([join(folder, 'rotated')]);
    expect(traffic?.whole.total.requests).toBe(120);
    expect(traffic?.slices).toHaveLength(120);
    expect(traffic?.slices.every(({ profile }) => profile.total.requests === 1)).toBe(true);
    expect([iso(span?.from), iso(span?.to)]).toEqual([iso(BEGIN), iso(BEGIN + 119_000)]);
    expect(sources.map(({ lines }) => lines)).toEqual([40, 40, 40]);
  });

  it('and one that was named twice is read once', async () => {
    const path = write('twice.log', access(0, 10));
    expect((await dossierOf([path, path])).traffic?.whole.total.requests).toBe(10);
  });

  it('with all sorts of things between them: what is readable is read, the rest is listed', async () => {
    write('zoo/access.log', access(0, 10));
    write('zoo/notes.txt', 'Dear diary,\ntoday the site was down.\n');
    write('zoo/empty', '');
    write('zoo/broken/manifest.json', '{"format":"seawall-recording/1","cpus":"many"}');
    write('zoo/expected.json', '{"symptoms_required":[],"culprits":[]}');
    execFileSync('mkfifo', [join(folder, 'zoo/fifo')]);
    symlinkSync('..', join(folder, 'zoo/loop'));
    const { traffic, notRecognised, sources } = await dossierOf([join(folder, 'zoo')]);
    expect(traffic?.whole.total.requests).toBeGreaterThanOrEqual(10);
    const reasons = Object.fromEntries(
      notRecognised.map(({ path, reason }) => [path.slice(folder.length + 5), reason]),
    );
    expect(reasons).toMatchObject({
      fifo: 'a FIFO, not a file',
      empty: 'empty',
      'notes.txt': 'no known format fits',
    });
    expect(reasons['broken/manifest.json']).toContain('broken: manifest.json: "cpus"');
    expect(notRecognised.find(({ path }) => path.endsWith('notes.txt'))?.firstLine).toBe('Dear diary,');
    expect(sources.map(({ format }) => format)).toContain('case-expectation');
  });

  it('with two manifests: the second is not used, and it is said', async () => {
    write('two/a/manifest.json', '{"format":"seawall-recording/1","host":"web1"}');
    write('two/b/manifest.json', '{"format":"seawall-recording/1","host":"web2"}');
    const { host, sources } = await dossierOf([join(folder, 'two')]);
    expect(host.name).toBe('web1');
    expect(sources.map(({ notes }) => notes)).toEqual([[], ['not the first manifest: not used']]);
  });

  it('by the thousand', async () => {
    mkdirSync(join(folder, 'thousand'));
    for (let i = 0; i < 600; i++)
      write(
        `thousand/error.log.${i}`,
        `[22-Nov-2026 10:07:20 UTC] PHP Warning:  something ${i} in /var/www/html/x.php on line ${i}\n`,
      );
    const begin = performance.now();
    const { events, eventsDropped, sources } = await dossierOf([join(folder, 'thousand')]);
    expect(events.length + eventsDropped).toBe(600);
    expect(sources).toHaveLength(600);
    expect(performance.now() - begin).toBeLessThan(8_000);
  });

  it.runIf(process.getuid?.() === 0)('without permission for one of them: it is listed, the others are read', () => {
    chmodSync(folder, 0o755);
    write('guard/access.log', access(0, 3));
    chmodSync(write('guard/secret.log', access(0, 3)), 0o600);
    const program = `
      import { readDossier } from ${JSON.stringify(join(import.meta.dirname, 'dossier.ts'))};
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const read = async (path) => {
        try {
          const { traffic, notRecognised } = await readDossier({ paths: [path], now: 0 });
          return { requests: traffic?.whole.total.requests, notRecognised };
        } catch (error) { return { error: error.name + ': ' + error.message }; }
      };
      console.log(JSON.stringify([await read(${JSON.stringify(join(folder, 'guard'))}), await read(${JSON.stringify(join(folder, 'guard/secret.log'))})]));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    const secret = join(folder, 'guard/secret.log');
    expect(JSON.parse(stdout)).toEqual([
      { requests: 3, notRecognised: [{ path: secret, reason: `${secret}: no permission to read it (try sudo)` }] },
      { error: `PathError: ${secret}: no permission to read it (try sudo)` },
    ]);
  });
});

describe('a log format that was given', () => {
  it('is tried before all others, and used for no log of another kind', async () => {
    write('given/odd.log', '203.0.113.66|22/Nov/2026:10:07:20 +0100|GET / HTTP/1.1|200|5\n'.repeat(3));
    write('given/access.log', access(0, 4));
    const { traffic, sources } = await dossierOf([join(folder, 'given')], {
      logFormat: '%h|%{%d/%b/%Y:%T %z}t|%r|%>s|%b',
    });
    expect(traffic?.whole.total.requests).toBe(7);
    expect(sources.map(({ format }) => format)).toEqual(['access-log', 'access-log-given']);
  });
});

describe('the host', () => {
  const sample = '{"t":"2026-11-22T09:07:20.000Z","cpus":8,"meminfo":{"MemTotal":24000000,"SwapTotal":999}}\n';

  it('is as large as its manifest says, though /proc shows the whole machine', async () => {
    write(
      'host/manifest.json',
      '{"format":"seawall-recording/1","host":"web1","cpus":1,"memTotalKb":524288,"swapTotalKb":0}',
    );
    write('host/samples.jsonl', sample);
    expect((await dossierOf([join(folder, 'host')])).host).toEqual({
      name: 'web1',
      cpus: 1,
      memTotalKb: 524_288,
      swapTotalKb: 0,
    });
  });

  it('is as large as the first sample says when nobody else does', async () => {
    expect((await dossierOf([write('samples.jsonl', sample)])).host).toEqual({
      cpus: 8,
      memTotalKb: 24_000_000,
      swapTotalKb: 999,
    });
    expect((await dossierOf([write('alone.log', access(0, 1))])).host).toEqual({});
  });
});

describe('progress', () => {
  it('is told in bytes', async () => {
    const text = access(0, 110);
    const told: [number, number][] = [];
    await dossierOf([write('progress.log', text)], { onProgress: (done, total) => told.push([done, total]) });
    expect(told.at(-1)).toEqual([text.length, text.length]);
  });
});

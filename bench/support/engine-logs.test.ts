import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { detectAccessFormat } from '../../src/formats/access/detect.ts';
import type { AccessEntry } from '../../src/model/access-entry.ts';
import { LOGS, type Log, makeLog } from './engine-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINES = 10_000;

async function textOf(log: Log, lines = LINES): Promise<string> {
  const { path } = await makeLog(log, join(folder, log.name), lines);
  return readFileSync(path, 'utf8');
}

/** As the program itself reads them; `undefined` for lines that it can't. */
async function entriesOf(name: string): Promise<{ title: string; entries: (AccessEntry | undefined)[] }> {
  const log = LOGS.find((one) => one.name === name);
  if (!log) throw new Error(name);
  const lines = (await textOf(log)).trimEnd().split('\n');
  const format = detectAccessFormat(lines.slice(0, 200));
  return { title: format?.title ?? 'none', entries: lines.map((line) => format?.parse(line)) };
}

const known = (entries: readonly (AccessEntry | undefined)[]): AccessEntry[] =>
  entries.filter((entry) => entry !== undefined);

describe.each(LOGS)('the log $name of the benchmark', (log) => {
  it('has as many lines as were asked for, and the size that is said', async () => {
    for (const lines of [1, 999, 7001]) {
      const { path, bytes } = await makeLog(log, join(folder, log.name), lines);
      const content = readFileSync(path);
      expect(content.toString('latin1').split('\n')).toHaveLength(lines + 1);
      expect(content).toHaveLength(bytes);
    }
  });

  it('is the same, byte for byte, in two runs', async () => {
    const first = await textOf(log);
    expect((await textOf(log)) === first).toBe(true);
  });

  it('spreads over the time forwards, as far as lines are written when requests end', async () => {
    const { entries } = await entriesOf(log.name);
    const times = known(entries).flatMap(({ at }) => (at === undefined ? [] : [at]));
    let latest = 0;
    for (const at of times) {
      expect(latest - at).toBeLessThan(12_000);
      latest = Math.max(latest, at);
    }
    expect(new Set(times).size).toBeGreaterThan(40);
  });
});

describe('the logs of the benchmark', () => {
  it('are each recognised as what they are', async () => {
    const titles = await Promise.all(LOGS.map(async ({ name }) => [name, (await entriesOf(name)).title]));
    expect(Object.fromEntries(titles)).toEqual({
      combined: 'combined (Apache)',
      duration: 'combined, then %D (Apache)',
      ipv6: 'combined (Apache)',
      longAgents: 'combined (Apache)',
      distinct: 'combined',
    });
  });

  it('hold visitors, crawlers, an attack, and a few lines that are none', async () => {
    const { entries } = await entriesOf('combined');
    const share = (of: (entry: AccessEntry) => boolean): number => known(entries).filter(of).length / LINES;
    expect(share(({ target }) => target === '/xmlrpc.php')).toBeGreaterThan(0.05);
    expect(share(({ target }) => target === '/wp-login.php')).toBeGreaterThan(0.01);
    expect(share(({ agent }) => /bot|crawler/i.test(agent ?? ''))).toBeGreaterThan(0.1);
    expect(share(({ client }) => isIPv6(client))).toBeGreaterThan(0.1);
    const odd = entries.filter((entry) => entry === undefined || !/^[A-Z]+$/.test(entry.method)).length / LINES;
    expect(odd).toBeGreaterThan(0.0005);
    expect(odd).toBeLessThan(0.004);
    expect((await textOf(LOGS[0] ?? never())).length / LINES).toBeGreaterThan(200);
    expect((await textOf(LOGS[0] ?? never())).length / LINES).toBeLessThan(240);
  });

  it('say how long requests took where they are to', async () => {
    const { entries } = await entriesOf('duration');
    const took = known(entries).map(({ durationMs }) => durationMs ?? Number.NaN);
    expect(Math.min(...took)).toBeGreaterThan(0);
    expect(Math.max(...took)).toBeLessThan(12_000);
  });

  it('have IPv6 addresses alone where they are to', async () => {
    const { entries } = await entriesOf('ipv6');
    expect(known(entries).filter(({ client }) => !isIPv6(client))).toEqual([]);
  });

  it('have agents of 300 to 500 characters where they are to', async () => {
    const { entries } = await entriesOf('longAgents');
    const short = known(entries).filter(({ method, agent }) => {
      const length = agent?.length ?? 0;
      return /^[A-Z]+$/.test(method) && !(length >= 300 && length <= 500);
    });
    // Of the lines that are no requests some look like one.
    expect(short.length).toBeLessThan(LINES * 0.002);
  });

  it('have another address, as addresses are written, and another URL in each line where they are to', async () => {
    const entries = known((await entriesOf('distinct')).entries);
    expect(new Set(entries.map(({ client }) => client)).size).toBe(LINES);
    expect(new Set(entries.map(({ target }) => target)).size).toBe(LINES);
    expect(entries.filter(({ client }) => new URL(`http://[${client}]`).hostname !== `[${client}]`)).toEqual([]);
  });
});

function never(): never {
  throw new Error('no log');
}

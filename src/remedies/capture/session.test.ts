import { describe, expect, it } from 'vitest';
import { fakeHost, textFile } from '../../model/fake-host.fixture.ts';
import type { PreparedCapture } from './prepare.ts';
import { captureName, forgetEarlier, holdCapture } from './session.ts';

const CAPTURES = '/var/lib/seawall-captures';
const folder = `${CAPTURES}/x`;
const record = `${folder}/requests-33.jsonl`;
const tally = `${folder}/tally-33`;
const NOW = Date.UTC(2026, 10, 26, 7, 0, 0);
const capture: PreparedCapture = {
  plan: {
    kind: 'capture',
    site: '/s',
    through: 'mu-plugin',
    until: NOW + 60_000,
    folder,
    holder: { pid: 7, startTicks: 1 },
    reason: '',
  },
  prepared: { title: '', changes: [], notes: [] },
  files: [record, tally].map((path) => ({ path, state: textFile('', 0o600) })),
  records: [{ record, tally }],
};

function scene(during: (host: ReturnType<typeof fakeHost>) => void = () => {}) {
  const host = fakeHost({ now: NOW, program: () => '' });
  const told: string[] = [];
  const stop = new AbortController();
  const acts = {
    begin: async () => {
      told.push('begin');
      during(host);
    },
    end: async () => void told.push('end'),
  };
  const watch = { count: 3, until: NOW + 60_000, stop: stop.signal };
  return { host, told, stop, run: () => holdCapture(capture, watch, acts, host) };
}

describe('a capture', () => {
  it('ends with its time, and leaves nothing', async () => {
    const { host, told, run } = scene((at) => at.files.set(record, textFile('{"k":1}\n')));
    const noted = await run();
    expect(noted.lines).toContain('{"k":1}');
    expect(noted.to - noted.from).toBeGreaterThanOrEqual(60_000);
    expect(told).toEqual(['begin', 'end']);
    expect([...host.files.keys()]).toEqual([]);
  });

  it('ends when it has seen enough', async () => {
    const { run } = scene((at) => at.files.set(tally, textFile('...')));
    const noted = await run();
    expect(noted.to - noted.from).toBeLessThan(1000);
  });

  it('ends when somebody has seen enough', async () => {
    const { stop, run } = scene();
    stop.abort();
    const noted = await run();
    expect(noted.to - noted.from).toBeLessThan(1000);
  });

  it('is taken back when it could not be begun', async () => {
    const { host, told, run } = scene(() => {
      throw new Error('no');
    });
    await expect(run()).rejects.toThrow('no');
    expect(told).toEqual(['begin', 'end']);
    expect([...host.files.keys()]).toEqual([]);
  });
});

describe('what earlier captures left', () => {
  const left = (until: number, name: string): string => `${CAPTURES}/${captureName(until, 'abc')}/${name}`;

  it('is deleted, but for what PHP may still be told to prepend', async () => {
    const host = fakeHost({ now: NOW, program: () => '' });
    const old = left(NOW - 7_200_000, 'prepend.php');
    const fresh = left(NOW - 60_000, 'prepend.php');
    const running = left(NOW + 60_000, 'requests-0.jsonl');
    for (const path of [old, left(NOW - 60_000, 'requests-0.jsonl'), fresh, running])
      host.files.set(path, textFile('<?php'));
    expect(await forgetEarlier(CAPTURES, host)).toEqual({ deleted: 1, kept: 2 });
    expect([...host.files.keys()].sort()).toEqual([fresh, running].sort());
  });
});

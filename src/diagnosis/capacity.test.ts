import { describe, expect, it } from 'vitest';
import type { Dossier } from '../model/dossier.ts';
import { fittingWorkers, inFlight, littleWords, memoryLimitKb, needOf, needWords } from './capacity.ts';

const MB = 1024;
const empty: Dossier = {
  zone: { name: 'UTC', assumed: false },
  host: { memTotalKb: 512 * MB },
  events: [],
  eventsDropped: 0,
  samples: [],
  samplesDropped: 0,
  sources: [],
  notRecognised: [],
  assumptions: [],
  readAt: 0,
};
const evidence = { file: 'kernel.log', line: 1, text: '' };
const kill = {
  kind: 'oom-kill',
  pid: 1,
  name: 'mariadbd',
  scope: 'cgroup',
  limitKb: 512 * MB,
  at: 0,
  until: 0,
  count: 1,
  evidence,
  tasks: [
    { name: 'php-cgi', count: 12, rssKb: 660 * MB, anonKb: 400 * MB, largestKb: 55 * MB, largestPid: 2 },
    { name: 'mariadbd', count: 1, rssKb: 90 * MB, anonKb: 62 * MB, largestKb: 90 * MB, largestPid: 1 },
  ],
} as const;
const pile = { program: 'php-cgi', peak: 20, normal: 1, workerKb: 35 * MB, workerKbIs: 'anonymous' } as const;

describe('the capacity of a host', () => {
  it("is used by Little's law: one pingback a second, held 11.3 s, keeps 11 workers busy", () => {
    expect(inFlight(1, 11.3)).toBeCloseTo(11.3);
    expect(littleWords(1, 11.3)).toBe("1 a second x 11 seconds each = 11 in flight at once (Little's law)");
    expect(littleWords(0.05, 20)).toContain('3 a minute x 20 seconds each = 1 in flight');
  });

  it('is told in memory: what the workers of a pile need, and what kind of figure that is', () => {
    expect(needOf(pile)).toEqual({ workers: 20, eachKb: 35 * MB, totalKb: 700 * MB, eachIs: 'anonymous' });
    expect(needWords(needOf(pile), 512 * MB)).toBe(
      '20 workers x 35 MB of its own = 700 MB; the host has 512 MB in all',
    );
    expect(needWords(needOf({ ...pile, workerKbIs: 'rss' }), undefined)).toContain('overstates');
    const unknown = needOf({ program: 'php-cgi', peak: 11, normal: 0 });
    expect(needWords(unknown, undefined)).toContain('measured for WordPress elsewhere');
  });

  it('ends at the limit of the cgroup that was full, not at the memory of the machine', () => {
    expect(memoryLimitKb(empty)).toBe(512 * MB);
    expect(memoryLimitKb({ ...empty, host: { memTotalKb: 24_000 * MB }, events: [kill] })).toBe(512 * MB);
  });

  it('says how many workers fit beside the database, with the reckoning', () => {
    const fit = fittingWorkers({ ...empty, events: [kill] }, pile, (program) => program === 'php-cgi');
    // (512 - 62 - 0.15 x 512) / 35
    expect(fit?.workers).toBe(10);
    expect(fit?.words).toContain('62 MB for the database and the system');
  });

  it('goes by workers in the middle of their work, and keeps room for a database that is down', () => {
    const isWorker = (program: string): boolean => program === 'php-cgi';
    const program = { users: [], blocked: 0, running: 0, zombies: 0 };
    const process = (pid: number, rssKb: number) => ({ pid, args: '/usr/bin/php-cgi', rssKb });
    const sample = {
      at: 0,
      evidence,
      database: { alive: false },
      programs: [
        { ...program, name: 'php-cgi', count: 40, rssKb: 800 * MB, pssKb: 400 * MB },
        { ...program, name: 'sshd', count: 1, rssKb: 10 * MB },
        { ...program, name: 'cron', count: 1, rssKb: 2 * MB },
        { ...program, name: 'rsyslogd', count: 1, rssKb: 8 * MB },
      ],
      largest: [process(1, 300 * MB), process(2, 66 * MB), process(3, 66 * MB), process(4, 30 * MB)],
    };
    const fit = fittingWorkers({ ...empty, samples: [sample] }, { ...pile, workerKb: 10 * MB }, isWorker);
    // 66 MB, of which half are shared pages: (512 - 20 - 105 - 0.15 x 512) / 33
    expect(fit?.workers).toBe(9);
    expect(fit?.words).toContain('which was down: 105 MB');
  });

  it('says nothing where a figure is missing: it would be a guess', () => {
    const isWorker = (program: string): boolean => program === 'php-cgi';
    expect(fittingWorkers(empty, pile, isWorker)).toBeUndefined();
    expect(fittingWorkers({ ...empty, events: [kill] }, { ...pile, workerKb: 600 * MB }, isWorker)).toBeUndefined();
    expect(fittingWorkers({ ...empty, events: [kill] }, undefined, isWorker)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { Sample } from '../model/sample.ts';
import { calmOf } from './calm.ts';

const evidence = { file: 'host', line: 1, text: '' };

function sample(second: number, of: Partial<Sample> = {}): Sample {
  return { at: second * 1000, evidence, ...of };
}

const workers = (count: number): Pick<Sample, 'programs'> => ({
  programs: [{ name: 'php-cgi', count, users: [], blocked: 0, running: 0, zombies: 0 }],
});

const page = (status: number | undefined, ms: number, body = ''): Pick<Sample, 'probe'> => ({
  probe: { url: 'http://example.org/', ms, body, ...(status !== undefined && { status }) },
});

const worst = sample(0, {
  ...workers(22),
  ...page(500, 300, '<h1>Error establishing a database connection</h1>'),
  memory: { totalKb: 524_288, availableKb: 9_000 },
  pressure: { memorySome: 61 },
  database: { alive: false },
});
const well = {
  ...workers(2),
  ...page(200, 240),
  memory: { totalKb: 524_288, availableKb: 300_000 },
  pressure: { memorySome: 2 },
  database: { alive: true },
};
const seconds = (from: number, to: number, of: Partial<Sample>): Sample[] =>
  Array.from({ length: to - from + 1 }, (_, i) => sample(from + i, of));

describe('whether a site is well again', () => {
  it('is told by each sign, before and now', () => {
    const calm = calmOf([worst], seconds(10, 40, well), 'php-cgi');
    expect(calm).toMatchObject({ well: true, since: 10_000, watchedS: 30 });
    expect(calm.signs.map(({ text }) => text)).toEqual([
      'the front page: 500, database error after 0.3 s -> 200 after 0.2 s',
      '22 php-cgi -> 2',
      '8.8 MB -> 293 MB of 512 MB available (57 %)',
      'memory pressure (some, 10 s): 61 % -> 2 %',
      'the database: down -> answers',
    ]);
  });

  it.each([
    ['an error page with status 200', page(200, 100, 'Error establishing a database connection')],
    ['a page that takes three seconds', page(200, 3000)],
    ['no answer', page(undefined, 10_000)],
    ['workers that pile up again', workers(20)],
    ['no memory', { memory: { totalKb: 524_288, availableKb: 20_000 } }],
    ['memory pressure', { pressure: { memorySome: 40 } }],
    ['a database that is down', { database: { alive: false } }],
  ])('is denied by %s', (_, bad) => {
    const calm = calmOf([worst], [...seconds(10, 40, well), sample(41, { ...well, ...bad })], 'php-cgi');
    expect(calm.well).toBe(false);
    expect(calm.signs.filter((sign) => !sign.well)).toHaveLength(1);
  });

  it('needs to hold for fifteen seconds without a break', () => {
    expect(calmOf([worst], seconds(10, 20, well), 'php-cgi')).toMatchObject({ well: false, since: 10_000 });
    const broken = [...seconds(10, 30, well), sample(31, { ...well, ...page(502, 10) }), ...seconds(32, 40, well)];
    expect(calmOf([worst], broken, 'php-cgi')).toMatchObject({ well: false, since: 32_000 });
  });

  it('is not told by what no sample says', () => {
    expect(calmOf([], [], undefined)).toEqual({ well: false, signs: [], watchedS: 0 });
    expect(calmOf([worst], seconds(1, 60, {}), 'php-cgi')).toMatchObject({ well: false, signs: [] });
  });

  it('is plainly not, while requests pile up, the database falls again, or every look fails', () => {
    const flying = Array.from({ length: 9 }, () => ({ seenBy: 'cgi' as const }));
    const piling = [...seconds(10, 14, well), sample(15, { ...well, inFlight: flying })];
    expect(calmOf([worst], piling, 'php-cgi').relapse).toBeUndefined();
    const piled = [...piling, sample(16, { ...well, inFlight: flying })];
    expect(calmOf([worst], piled, 'php-cgi').relapse).toBe('requests pile up again');
    const fallen = [...seconds(10, 14, well), sample(15, { ...well, database: { alive: false } })];
    expect(calmOf([worst], fallen, 'php-cgi').relapse).toBe('the database is down again');
    const failing = seconds(10, 18, { ...well, ...page(500, 90) });
    expect(calmOf([worst], failing, 'php-cgi').relapse).toBeUndefined();
    const failed = [...failing, sample(19, { ...well, ...page(500, 90) })];
    expect(calmOf([worst], failed, 'php-cgi').relapse).toBe('the site still fails');
  });
});

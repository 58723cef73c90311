// A load is high by the cores and by what is usual here; 4 is a catastrophe on one host and idle on another.
import { describe, expect, it } from 'vitest';
import type { LoadAverage } from '../model/sample.ts';
import { at, found, sample, samples } from './dossier.fixture.ts';
import { loadSpike } from './load-spike.ts';

const rising = (values: readonly number[]) =>
  samples(values, (value) => ({ load: [value, value / 2, value / 4] as LoadAverage }));

describe('load-spike', () => {
  it('says how high it rose from which normal', () => {
    expect(found(loadSpike, { samples: rising([0.4, 0.4, 0.5, 0.4, 20, 135]), host: { cpus: 1 } })).toMatchObject([
      { span: { from: at(40), to: at(50) }, measure: { peak: 135, normal: 0.4, cpus: 1 } },
    ]);
  });

  it('is four a core', () => {
    const uptime = (load: number) => ({ samples: [sample(0, { load: [load, 1, 1] })], host: { cpus: 2 } });
    expect(found(loadSpike, uptime(8))).toHaveLength(1);
    expect(found(loadSpike, uptime(7.9))).toEqual([]);
  });

  it('assumes a small server where nothing says how many cores there are', () => {
    expect(found(loadSpike, { samples: rising([11]), host: {} })).toEqual([]);
    expect(found(loadSpike, { samples: rising([135]), host: {} })).toMatchObject([{ measure: { peak: 135 } }]);
  });

  it.each([
    ['a host that is always busy', rising([8, 9, 8, 10, 9, 11])],
    ['what is over and only lingers', samples([9, 8, 7, 6, 5], (v) => ({ load: [v, 12, 15] as LoadAverage }))],
  ])('is not %s', (_what, seen) => {
    expect(found(loadSpike, { samples: seen, host: { cpus: 1 } })).toEqual([]);
  });
});

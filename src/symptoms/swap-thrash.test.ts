// In and out at once, steadily: what was swapped out long ago and lies there is no trouble.
import { describe, expect, it } from 'vitest';
import { at, found, samples } from './dossier.fixture.ts';
import { swapThrash } from './swap-thrash.ts';

const vmstat = (inPerS: number, outPerS: number) => ({
  samples: samples([1, 2], () => ({ swapping: { inPerS, outPerS } })),
});
const full = (swapFreeKb: number, availableKb: number, memorySome?: number) => ({
  samples: samples([1, 2], () => ({
    memory: { totalKb: 1_000_000, availableKb, swapTotalKb: 1_000_000, swapFreeKb },
    ...(memorySome !== undefined && { pressure: { memorySome } }),
  })),
});

describe('swap-thrash', () => {
  it('is some megabytes a second each way', () => {
    expect(found(swapThrash, vmstat(200, 200))).toMatchObject([
      { certainty: 'observed', span: { from: at(0), to: at(10) }, measure: { inPerS: 200, outPerS: 200 } },
    ]);
    expect(found(swapThrash, vmstat(199, 900))).toEqual([]);
    expect(found(swapThrash, vmstat(900, 0))).toEqual([]);
  });

  it('is inferred from a swap that is full while memory is gone and waited for', () => {
    expect(found(swapThrash, full(100_000, 20_000, 40))).toMatchObject([
      { certainty: 'inferred', measure: { swapUsedKb: 900_000 } },
    ]);
    expect(found(swapThrash, full(100_000, 20_000))).toHaveLength(1);
  });

  it.each([
    ['a swap with room', full(500_000, 20_000, 40)],
    ['a full swap while memory is free', full(100_000, 600_000, 0)],
    ['a full swap that nobody waits for', full(100_000, 20_000, 0)],
    [
      'a host without swap',
      { samples: samples([1, 2], () => ({ memory: { totalKb: 9, availableKb: 0, swapTotalKb: 0, swapFreeKb: 0 } })) },
    ],
  ])('is not %s', (_what, pieces) => {
    expect(found(swapThrash, pieces)).toEqual([]);
  });
});

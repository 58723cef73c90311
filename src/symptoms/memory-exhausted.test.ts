// Memory that went to nothing, not memory that is always short, and the cgroup's limit where that was hit.
import { describe, expect, it } from 'vitest';
import { at, event, found, oomKill, sample, samples } from './dossier.fixture.ts';
import { memoryExhausted } from './memory-exhausted.ts';

const TOTAL = 524_288;
const left = (kb: number) => ({ memory: { totalKb: TOTAL, availableKb: kb } });

describe('memory-exhausted', () => {
  it('says how little was left', () => {
    expect(found(memoryExhausted, { samples: samples([400_000, 390_000, 395_000, 20_000, 4496], left) })).toMatchObject(
      [
        {
          certainty: 'observed',
          span: { from: at(30), to: at(40) },
          measure: { lowestKb: 4496, totalKb: TOTAL, scope: 'host' },
        },
      ],
    );
  });

  it('is less than a twentieth', () => {
    expect(found(memoryExhausted, { samples: [sample(0, left(TOTAL * 0.049))] })).toHaveLength(1);
    expect(found(memoryExhausted, { samples: [sample(0, left(TOTAL * 0.051))] })).toEqual([]);
  });

  it('is tasks that wait for memory, while little is left', () => {
    const pressed = (memorySome: number) => ({
      samples: samples([0, 0, 0, memorySome], (some) => ({ ...left(100_000), pressure: { memorySome: some } })),
    });
    expect(found(memoryExhausted, pressed(20))).toMatchObject([{ span: { from: at(30) }, measure: { pressure: 20 } }]);
    expect(found(memoryExhausted, pressed(19))).toEqual([]);
  });

  it.each([
    ['a host that always runs with little to spare', samples([20_000, 21_000, 20_500, 19_000, 20_000], left)],
    [
      'waiting while plenty is left: a cgroup of its own waits',
      samples([0, 0, 0, 60], (memorySome) => ({ ...left(400_000), pressure: { memorySome } })),
    ],
  ])('is not %s', (_what, seen) => {
    expect(found(memoryExhausted, { samples: seen })).toEqual([]);
  });

  it('is shown by a kill, with the limit of the cgroup that was full', () => {
    expect(
      found(memoryExhausted, { events: [oomKill(5, 'mariadbd', { scope: 'cgroup', limitKb: TOTAL })] }),
    ).toMatchObject([{ certainty: 'observed', measure: { scope: 'cgroup', lowestKb: 0, totalKb: TOTAL } }]);
  });

  it('is inferred from programs that got none', () => {
    expect(
      found(memoryExhausted, { events: [event(5, { kind: 'web', server: 'apache', what: 'cannot-fork' })] }),
    ).toMatchObject([{ certainty: 'inferred' }]);
  });
});

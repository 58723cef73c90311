import { describe, expect, it } from 'vitest';
import { ratioLine, speedTable } from './engine-table.ts';
import type { ToolId } from './engine-tools.ts';
import { type Ratio, ratiosOf, type Speed, speedOf } from './speed.ts';

const run = (seconds: number, peakMb = Number.NaN) => ({ seconds, peakMb });
const log = { lines: 1_000_000, bytes: 200_000_000 };
const tenth = { lines: 100_000, bytes: 20_000_000 };

function speeds(given: Partial<Record<ToolId, Speed>>): Map<ToolId, Speed> {
  const ids: ToolId[] = ['wc', 'rg', 'awk', 'goaccess', 'goaccessTenth', 'goaccessJobs', 'reference', 'one', 'all'];
  return new Map(
    ids.flatMap((id): [ToolId, Speed][] => {
      const speed = given[id];
      return speed ? [[id, speed]] : [];
    }),
  );
}

const byName = (ratios: readonly Ratio[]): Record<string, number> =>
  Object.fromEntries(ratios.map(({ name, value }) => [name, value]));

describe('the speed of a tool', () => {
  it('is that of its median run, with the most memory of any', () => {
    const speed = speedOf(log, [run(4, 10), run(1, 30), run(2), run(9, 20), run(2.5, 5)]);
    expect(speed).toEqual({
      lines: 1_000_000,
      runs: 5,
      seconds: 2.5,
      linesPerSecond: 400_000,
      bytesPerSecond: 80_000_000,
      peakMb: 30,
    });
  });

  it('has no memory when nobody saw any', () => {
    expect(speedOf(log, [run(1), run(2), run(3)]).peakMb).toBeNaN();
  });
});

describe('the ratios', () => {
  const measured = speeds({
    wc: speedOf(log, [run(0.1)]),
    awk: speedOf(log, [run(0.8)]),
    goaccess: speedOf(log, [run(50)]),
    goaccessTenth: speedOf(tenth, [run(2.5)]),
    reference: speedOf(tenth, [run(2)]),
    one: speedOf(log, [run(0.6)]),
    all: speedOf(log, [run(0.4)]),
  });

  it('are of lines a second, whatever number of lines each read', () => {
    expect(byName(ratiosOf(measured))).toEqual({
      engineOverGoaccess: expect.closeTo(125),
      engineOverGoaccessTenth: expect.closeTo(62.5),
      engineTimeOverAwk: expect.closeTo(0.5),
      engineTimeOverWc: expect.closeTo(4),
      engineOverReference: expect.closeTo(50),
      engineOverGoaccessOneThread: expect.closeTo(83.333),
      engineOverGoaccessTenthOneThread: expect.closeTo(41.667),
      engineTimeOverAwkOneThread: expect.closeTo(0.75),
      engineTimeOverWcOneThread: expect.closeTo(6),
      engineOverReferenceOneThread: expect.closeTo(33.333),
      secondCoreGain: expect.closeTo(1.5),
    });
  });

  it('say whether they keep their bounds', () => {
    const kept = (one: ReadonlyMap<ToolId, Speed>) =>
      Object.fromEntries(ratiosOf(one).flatMap(({ name, bound }) => (bound ? [[name, bound.kept]] : [])));
    expect(kept(measured)).toEqual({ engineOverGoaccess: true, engineTimeOverAwk: true, engineTimeOverWc: true });
    const slower = new Map(measured).set('all', speedOf(log, [run(0.9)]));
    expect(kept(slower)).toEqual({ engineOverGoaccess: false, engineTimeOverAwk: false, engineTimeOverWc: false });
  });

  it('leave out what was not measured', () => {
    const { one, all } = Object.fromEntries(measured);
    expect(byName(ratiosOf(speeds({ ...(one && { one }), ...(all && { all }) })))).toEqual({
      secondCoreGain: expect.closeTo(1.5),
    });
  });
});

describe('the words', () => {
  it('stand in columns, with a dash for what is not known', () => {
    const all = speedOf(log, [run(0.4, 123.4), run(0.4), run(0.4)]);
    const table = speedTable(speeds({ wc: speedOf(log, [run(0.1)]), all }), speeds({ all }));
    expect(table).toEqual([
      '                                   seconds M lines/s      GB/s   peak MB   median of',
      '  wc -l                                0.1        10         2         -   1, 1,000,000 lines',
      '  engine, all cores                    0.4       2.5       0.5       123   3, 1,000,000 lines',
      '    of it reading, counting            0.4       2.5       0.5       123   3, 1,000,000 lines',
    ]);
  });

  it('say a bound that was missed', () => {
    const bound = { words: 'must be 100 or more', kept: false };
    expect(ratioLine({ name: 'x', label: 'speed', value: 1.2345, bound })).toMatch(
      /^speed +1\.23 {2}must be 100 or more: MISSED$/,
    );
  });
});

// How fast a tool read a log, and how that compares with the engine.
import { median } from './benchmark.ts';
import type { ToolId } from './engine-tools.ts';

export interface Speed {
  readonly lines: number;
  readonly runs: number;
  /** Median of the runs. */
  readonly seconds: number;
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
  /** The most of all runs; NaN when all were gone too soon. */
  readonly peakMb: number;
}

export function speedOf(
  log: { readonly lines: number; readonly bytes: number },
  runs: readonly { readonly seconds: number; readonly peakMb: number }[],
): Speed {
  const seconds = median(runs.map((run) => run.seconds));
  const peaks = runs.map(({ peakMb }) => peakMb).filter((peak) => !Number.isNaN(peak));
  return {
    lines: log.lines,
    runs: runs.length,
    seconds,
    linesPerSecond: log.lines / seconds,
    bytesPerSecond: log.bytes / seconds,
    peakMb: peaks.length > 0 ? Math.max(...peaks) : Number.NaN,
  };
}

/** A bound that a figure must keep, as it is said, and whether it does. */
export interface Bound {
  readonly words: string;
  readonly kept: boolean;
}

export interface Ratio {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly bound?: Bound;
}

export type Speeds = ReadonlyMap<ToolId, Speed>;

/**
 * Of lines a second, so that those who read a tenth compare with those who read all. The engine is the whole process on all
 * cores, and on one thread where that is said. What was not measured is left out.
 */
export function ratiosOf(speeds: Speeds): Ratio[] {
  const over = (a: ToolId, b: ToolId): number =>
    (speeds.get(a)?.linesPerSecond ?? Number.NaN) / (speeds.get(b)?.linesPerSecond ?? Number.NaN);
  const ratios: Ratio[] = [];
  const add = (name: string, label: string, value: number, bound?: Bound): void => {
    if (!Number.isNaN(value)) ratios.push({ name, label, value, ...(bound && { bound }) });
  };
  for (const engine of ['all', 'one'] as const) {
    const end = engine === 'one' ? 'OneThread' : '';
    const who = engine === 'one' ? 'engine on one thread' : 'engine';
    const must = (words: string, kept: boolean): Bound | undefined =>
      engine === 'all' ? { words: `must be ${words}`, kept } : undefined;
    const goaccess = over(engine, 'goaccess');
    add(
      `engineOverGoaccess${end}`,
      `${who}, times the speed of GoAccess`,
      goaccess,
      must('100 or more', goaccess >= 100),
    );
    add(
      `engineOverGoaccessTenth${end}`,
      `${who}, times the speed of GoAccess on a tenth`,
      over(engine, 'goaccessTenth'),
    );
    add(`engineOverGoaccessJobs${end}`, `${who}, times the speed of GoAccess -j 2`, over(engine, 'goaccessJobs'));
    const awk = over('awk', engine);
    add(`engineTimeOverAwk${end}`, `${who}, times the time of mawk`, awk, must('less than 1', awk < 1));
    const wc = over('wc', engine);
    add(`engineTimeOverWc${end}`, `${who}, times the time of wc -l`, wc, must('6 or less, towards 3', wc <= 6));
    add(`engineOverReference${end}`, `${who}, times the speed of the reference parser`, over(engine, 'reference'));
  }
  add('secondCoreGain', 'all cores, times the speed of one thread', over('all', 'one'));
  return ratios;
}

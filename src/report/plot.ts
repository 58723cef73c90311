// The figures of the plot: traffic, workers, memory and site state brought onto one time axis of equal columns.
import type { Findings } from '../model/findings.ts';
import type { Sample } from '../model/sample.ts';
import { type EpochMs, type TimeSpan, within } from '../model/time.ts';
import type { TrafficSlice } from '../model/traffic.ts';

/** A column is `undefined` where nothing is known. */
export type Series = readonly (number | undefined)[];

export type SiteState = 'up' | 'slow' | 'down';

export interface BarRow {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: 'rate' | 'count' | 'kb' | 'load';
  readonly values: Series;
  /** Whether the worst is the highest or the lowest value. */
  readonly worst: 'high' | 'low';
}

export interface StateRow {
  readonly kind: 'states';
  readonly title: string;
  readonly values: readonly (SiteState | undefined)[];
}

export type PlotRow = BarRow | StateRow;

export interface Plot {
  readonly span: TimeSpan;
  readonly columns: number;
  readonly rows: readonly PlotRow[];
}

const PHP_PROGRAM = /^(?:php|lsphp|hhvm|uwsgi|gunicorn|httpd|apache2)/;
/** An answer that takes longer than this, in ms, counts as slow when there is nothing to compare with. */
const SLOW_MS = 2000;
/** A value holds until the next one comes, for at most this many of the usual intervals. */
const HOLD_INTERVALS = 3;
const LEAST_POINTS = 3;

/** Rows only where there is data; `undefined` when there is no row at all. */
export function plotOf(findings: Findings, span: TimeSpan, columns: number): Plot | undefined {
  const length = span.to - span.from;
  if (!(length > 0) || columns < 4) return undefined;
  const { dossier } = findings;
  const axis: Axis = { span, columns, columnMs: length / columns };
  const inside = dossier.samples.filter((sample) => within(span, sample.at));
  const slices =
    dossier.traffic?.slices.filter((slice) => slice.from <= span.to && slice.from + slice.widthMs >= span.from) ?? [];
  const rows: PlotRow[] = [];
  const bars = (row: Omit<BarRow, 'kind'>) => {
    if (row.values.some((value) => value !== undefined)) rows.push({ kind: 'bars', ...row });
  };
  if (slices.length > 0) {
    bars({
      title: 'requests/s',
      unit: 'rate',
      worst: 'high',
      values: rates(slices, axis, (slice) => slice.profile.total.requests),
    });
    if (slices.some((slice) => slice.profile.total.failed > 0)) {
      bars({
        title: 'failed/s',
        unit: 'rate',
        worst: 'high',
        values: rates(slices, axis, (slice) => slice.profile.total.failed),
      });
    }
  }
  const program = workerProgram(findings, inside);
  if (program !== undefined) {
    const workers = (sample: Sample) =>
      sample.programs && (sample.programs.find(({ name }) => name === program)?.count ?? 0);
    bars({ title: program, unit: 'count', worst: 'high', values: resample(inside, axis, workers, Math.max) });
  }
  bars({
    title: 'memory free',
    unit: 'kb',
    worst: 'low',
    values: resample(inside, axis, (sample) => sample.memory?.availableKb, Math.min),
  });
  if (program === undefined) {
    bars({
      title: 'load',
      unit: 'load',
      worst: 'high',
      values: resample(inside, axis, (sample) => sample.load?.[0], Math.max),
    });
  }
  const database = resample(inside, axis, (sample) => sample.database && (sample.database.alive ? 0 : 2), Math.max);
  if (database.some((value) => value !== undefined))
    rows.push({ kind: 'states', title: 'database', values: database.map(stateOf) });
  const site = siteStates(inside, slices, axis, findings);
  if (site) rows.push({ kind: 'states', title: 'site', values: site });
  return rows.length > 0 ? { span, columns, rows } : undefined;
}

/** The column in which a moment lies. */
export function columnOf(plot: { readonly span: TimeSpan; readonly columns: number }, at: EpochMs): number {
  const share = (at - plot.span.from) / (plot.span.to - plot.span.from);
  return Math.min(plot.columns - 1, Math.max(0, Math.floor(share * plot.columns)));
}

interface Axis {
  readonly span: TimeSpan;
  readonly columns: number;
  readonly columnMs: number;
}

/** Requests, failures and worker time a second, the latter two where there are any; `undefined` when there is no time to draw. */
export function trafficPlot(slices: readonly TrafficSlice[], span: TimeSpan, columns: number): Plot | undefined {
  const length = span.to - span.from;
  if (!(length > 0) || columns < 4 || slices.length === 0) return undefined;
  const axis: Axis = { span, columns, columnMs: length / columns };
  const row = (title: string, countOf: (slice: TrafficSlice) => number): PlotRow[] => {
    const values = rates(slices, axis, countOf);
    return values.some((value) => value !== undefined && value > 0)
      ? [{ kind: 'bars', title, unit: 'rate', worst: 'high', values }]
      : [];
  };
  const rows = [
    ...row('requests/s', ({ profile }) => profile.total.requests),
    ...row('failed/s', ({ profile }) => profile.total.failed),
    ...row('worker-s/s', ({ profile }) => profile.total.workerMs / 1000),
  ];
  return { span, columns, rows };
}

/** Requests per second: each slice's count is spread evenly over its width. Between slices there was none. */
function rates(slices: readonly TrafficSlice[], axis: Axis, countOf: (slice: TrafficSlice) => number): Series {
  const sums: (number | undefined)[] = new Array(axis.columns).fill(undefined);
  const first = slices[0];
  const last = slices.at(-1);
  if (!first || !last) return sums;
  const position = (at: EpochMs) => (at - axis.span.from) / axis.columnMs;
  const begin = Math.max(0, Math.floor(position(first.from)));
  const end = Math.min(axis.columns, Math.ceil(position(last.from + last.widthMs)));
  for (let column = begin; column < end; column++) sums[column] = 0;
  for (const slice of slices) {
    const from = position(slice.from);
    const to = position(slice.from + slice.widthMs);
    const perColumn = countOf(slice) / Math.max(to - from, 1e-9);
    for (let column = Math.max(0, Math.floor(from)); column < Math.min(axis.columns, Math.ceil(to)); column++) {
      const overlap = Math.min(to, column + 1) - Math.max(from, column);
      if (overlap > 0) sums[column] = (sums[column] ?? 0) + perColumn * overlap;
    }
  }
  return sums.map((sum) => (sum === undefined ? undefined : (sum / axis.columnMs) * 1000));
}

/** One value a column; where samples are rarer than columns, a value holds until the next one. */
function resample(
  samples: readonly Sample[],
  axis: Axis,
  read: (sample: Sample) => number | undefined,
  pick: (a: number, b: number) => number,
): Series {
  const values: (number | undefined)[] = new Array(axis.columns).fill(undefined);
  const points: { at: EpochMs; value: number }[] = [];
  for (const sample of samples) {
    const value = read(sample);
    if (value !== undefined && Number.isFinite(value)) points.push({ at: sample.at, value });
  }
  if (points.length < LEAST_POINTS) return values;
  const gaps = points
    .slice(1)
    .map((point, i) => point.at - (points[i]?.at ?? point.at))
    .sort((a, b) => a - b);
  const hold = (gaps[Math.floor(gaps.length / 2)] ?? 0) * HOLD_INTERVALS;
  points.forEach(({ at, value }, i) => {
    const column = columnOf(axis, at);
    const known = values[column];
    values[column] = known === undefined ? value : pick(known, value);
    const next = points[i + 1];
    if (!next || next.at - at > hold) return;
    for (let between = column + 1; between < columnOf(axis, next.at); between++) values[between] = value;
  });
  return values;
}

function workerProgram({ verdict, symptoms }: Findings, samples: readonly Sample[]): string | undefined {
  const told = [...verdict.chain.map(({ symptom }) => symptom), ...symptoms].find(
    (symptom) => symptom.id === 'worker-pileup',
  );
  const peaks = new Map<string, number>();
  for (const sample of samples) {
    for (const { name, count } of sample.programs ?? []) peaks.set(name, Math.max(count, peaks.get(name) ?? 0));
  }
  if (told?.id === 'worker-pileup' && peaks.has(told.measure.program)) return told.measure.program;
  const programs = [...peaks].filter(([name]) => PHP_PROGRAM.test(name));
  programs.sort((a, b) => b[1] - a[1]);
  return programs[0]?.[0];
}

function stateOf(value: number | undefined): SiteState | undefined {
  return value === undefined ? undefined : value >= 2 ? 'down' : value >= 1 ? 'slow' : 'up';
}

/** By the probe where there is one, else by the share of failed requests in the access log. */
function siteStates(
  samples: readonly Sample[],
  slices: readonly TrafficSlice[],
  axis: Axis,
  { symptoms }: Findings,
): StateRow['values'] | undefined {
  const slow = symptoms.find((symptom) => symptom.id === 'site-slow');
  const normalMs = slow?.id === 'site-slow' ? slow.measure.normalMs : undefined;
  const slowMs = Math.max(SLOW_MS, (normalMs ?? 0) * 4);
  const probed = resample(
    samples,
    axis,
    ({ probe }) => probe && (probe.status === undefined || probe.status >= 500 ? 2 : probe.ms > slowMs ? 1 : 0),
    Math.max,
  );
  if (probed.some((value) => value !== undefined)) return probed.map(stateOf);
  if (!slices.some((slice) => slice.profile.total.failed > 0)) return undefined;
  const requests = rates(slices, axis, (slice) => slice.profile.total.requests);
  const failed = rates(slices, axis, (slice) => slice.profile.total.failed);
  return requests.map((all, i) => {
    if (all === undefined || all <= 0) return undefined;
    const share = (failed[i] ?? 0) / all;
    return share >= 0.5 ? 'down' : share >= 0.1 ? 'slow' : 'up';
  });
}

// What the plot shows, panel by panel: rows that count the same thing share one, and the load is there beside the workers.
import type { Findings } from '../../model/findings.ts';
import type { TimeSpan } from '../../model/time.ts';
import { type BarRow, type Plot, plotOf, type StateRow } from '../plot.ts';

/** Rates share a panel, and so a scale: what failed is a part of what was asked. */
export interface BarPanel {
  readonly kind: 'bars';
  readonly rows: readonly BarRow[];
}

export type Panel = BarPanel | StateRow;

const COLUMNS_DRAWN = 240;

/** In the order of the plot: figures first, states below. */
export function panelsOf(findings: Findings, span: TimeSpan): Panel[] {
  const rows = plotOf(findings, span, COLUMNS_DRAWN)?.rows ?? [];
  const load = rows.some(isLoad) ? undefined : loadRow(findings, span);
  const bars = [...rows.filter((row) => row.kind === 'bars'), ...(load ? [load] : [])];
  const rates = bars.filter(({ unit }) => unit === 'rate');
  return [
    ...(rates.length > 0 ? [{ kind: 'bars' as const, rows: rates }] : []),
    ...bars.filter(({ unit }) => unit !== 'rate').map((row) => ({ kind: 'bars' as const, rows: [row] })),
    ...rows.filter((row) => row.kind === 'states'),
  ];
}

function isLoad(row: Plot['rows'][number]): row is BarRow {
  return row.kind === 'bars' && row.unit === 'load';
}

/** The plot leaves the load out where it has workers, to fit a terminal: without them it has it. */
function loadRow(findings: Findings, span: TimeSpan): BarRow | undefined {
  const samples = findings.dossier.samples.map(({ programs: _, ...sample }) => sample);
  return plotOf({ ...findings, dossier: { ...findings.dossier, samples } }, span, COLUMNS_DRAWN)?.rows.find(isLoad);
}

// One table of traffic as CSV (RFC 4180), for a spreadsheet that must not take text from a log for a formula.
import { countDistinct } from '../../model/distinct.ts';
import type { Table } from '../../model/table.ts';
import type { Dimension } from '../../model/traffic-query.ts';
import type { TrafficFindings } from '../../model/traffic-reading.ts';
import { iso } from '../text/clock.ts';
import { plain } from '../text/escape.ts';
import { type CountedTally, rowsByCost, type TrafficRow } from './rows.ts';

const TALLY_COLUMNS = [
  'requests',
  'dynamic',
  'bytes',
  'ok',
  'redirected',
  'refused',
  'failed',
  'notFound',
  'clientTimeouts',
  'gaveUp',
] as const;

/** The table of `--by`, else that of sources, the costliest first. `top`: how many rows; all when it is not given. */
export function trafficCsv(findings: TrafficFindings, top = Number.POSITIVE_INFINITY): string {
  const { sources, groups } = findings.traffic;
  const by: readonly Dimension[] = findings.query.by ?? ['source'];
  const of: Table<CountedTally> = groups && findings.query.by ? groups : sources;
  const rows = rowsByCost(findings, of, by).slice(0, top);
  const owned = by.includes('source') || by.includes('network');
  const head = [
    ...by,
    'workerSeconds',
    'costShare',
    'requestShare',
    ...TALLY_COLUMNS,
    'addresses',
    'first',
    'last',
    ...(owned ? ['country', 'asn', 'owner'] : []),
  ];
  return [head, ...rows.map((row) => cellsOf(row, owned))]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

function cellsOf({ keys, tally, costShare, requestShare, owner }: TrafficRow, owned: boolean): string[] {
  return [
    ...keys,
    number(tally.workerMs / 1000),
    number(costShare),
    number(requestShare),
    ...TALLY_COLUMNS.map((name) => number(tally[name])),
    tally.members ? number(countDistinct(tally.members)) : '1',
    iso(tally.first),
    iso(tally.last),
    ...(owned ? [owner?.country ?? '', owner ? String(owner.asn) : '', owner?.name ?? ''] : []),
  ];
}

/** No more digits than are worth it, and never in exponents. */
function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/\.?0+$/, '');
}

/**
 * A cell on one line, in quotes where RFC 4180 asks for them. What a spreadsheet would take for a formula gets an
 * apostrophe before it (OWASP, "CSV Injection").
 */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${plain(text)}` : plain(text);
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// The tables of the report on traffic: what has cost most, by whom it was asked, for what and with what.
import { count } from '../../model/figures.ts';
import { declaredRobot } from '../../model/robots.ts';
import type { Table } from '../../model/table.ts';
import type { Dimension } from '../../model/traffic-query.ts';
import type { TrafficFindings } from '../../model/traffic-reading.ts';
import type { Page } from '../terminal/page.ts';
import type { Clock } from '../text/clock.ts';
import { plain } from '../text/escape.ts';
import { cut, TIE } from '../text/wrap.ts';
import { claimWords, DIMENSION_WORDS, lookupWords, ownerWords, shownOf, tableTitle } from '../words/traffic.ts';
import { type FigureColumn, type NameColumn, writeTable } from './columns.ts';
import { bytesCell, secondsCell, shareCell } from './figures.ts';
import { type CountedTally, rowOf, rowsByCost, type TrafficRow } from './rows.ts';

const MINUTES_MATTER_MS = 6 * 3_600_000;

/** One table by one or two dimensions. */
export function writeTrafficTable(
  page: Page,
  findings: TrafficFindings,
  of: Table<CountedTally>,
  by: readonly Dimension[],
  clock: Clock,
): void {
  const rows = rowsByCost(findings, of, by);
  const shown = rows.slice(0, findings.top);
  page.heading(tableTitle(by, shown.length, rows.length, of.folded > 0));
  writeTable(page, shown, figuresOf(findings, clock), by.map(nameColumn));
}

/** What cost and counts have in common in all tables. */
function figuresOf({ traffic }: TrafficFindings, clock: Clock): FigureColumn<TrafficRow>[] {
  const { first, last } = traffic.whole.total;
  const time = last - first < MINUTES_MATTER_MS ? clock.time : clock.minute;
  return [
    {
      title: 'cost',
      rank: 0,
      cell: ({ costShare }) => shareCell(costShare),
      paint: ({ costShare }) => (costShare >= 0.5 ? ['bold', 'red'] : costShare >= 0.1 ? ['bold'] : []),
    },
    { title: 'worker-s', rank: 1, cell: ({ tally }) => secondsCell(tally.workerMs) },
    { title: 'requests', rank: 0, cell: ({ tally }) => count(tally.requests) },
    { title: 'share', rank: 5, cell: ({ requestShare }) => shareCell(requestShare) },
    { title: 'bytes', rank: 4, cell: ({ tally }) => bytesCell(tally.bytes) },
    {
      title: '5xx',
      rank: 2,
      cell: ({ tally }) => count(tally.failed),
      paint: ({ tally }) => (tally.failed > 0 ? ['yellow'] : ['dim']),
    },
    { title: '4xx', rank: 6, cell: ({ tally }) => count(tally.refused) },
    { title: 'first', rank: 4, cell: ({ tally }) => time(tally.first) },
    { title: 'last', rank: 3, cell: ({ tally }) => time(tally.last) },
  ];
}

/** Columns that a name should have; two of them in one row get by with less. */
const LEAST: Readonly<Record<Dimension, readonly [alone: number, together: number]>> = {
  source: [34, 16],
  network: [34, 18],
  path: [40, 24],
  endpoint: [40, 24],
  agent: [40, 24],
  referer: [30, 20],
  host: [30, 20],
  method: [8, 8],
  status: [8, 8],
};

function nameColumn(dimension: Dimension, at: number, { length }: readonly Dimension[]): NameColumn<TrafficRow> {
  const key = ({ keys }: TrafficRow) => keys[at] ?? '';
  const address = dimension === 'source' || dimension === 'network';
  return {
    title: DIMENSION_WORDS[dimension].one,
    cell: dimension === 'agent' ? (row) => agentCell(key(row)) : key,
    least: LEAST[dimension][length > 1 ? 1 : 0],
    ...(address && { whole: true, aside: ({ owner }: TrafficRow) => (owner ? ownerWords(owner) : '') }),
  };
}

/** What tells one user agent from another first: robots by their name, browsers without what all of them say. */
export function agentCell(agent: string): string {
  if (agent === '' || agent === '-') return '(none)';
  const robot = declaredRobot(agent);
  if (robot !== undefined && !agent.startsWith(robot)) return `says ${robot}: ${agent}`;
  const [, system, rest] = /^Mozilla\/5\.0 (\([^()]{1,200}\)) (.{1,200})$/s.exec(agent) ?? [];
  if (system === undefined || rest === undefined) return agent;
  return `${rest.replace(/^AppleWebKit\/[\d.]+ \(KHTML, like Gecko\) |^Gecko\/[\d.]+ /, '')} ${system}`;
}

/** Robots by what they say of themselves, and whether that is proved. Nothing when no robot came. */
export function writeRobots(page: Page, findings: TrafficFindings, clock: Clock): void {
  const { robots, top } = findings;
  if (robots.length === 0) return;
  const shown = robots.slice(0, top).map((claim) => ({ claim, ...rowOf(findings, [], claim.tally) }));
  page.heading(`Robots by cost${shownOf(shown.length, robots.length)}`);
  const addresses: FigureColumn<(typeof shown)[number]> = {
    title: 'addr',
    rank: 4,
    cell: ({ claim }) => count(claim.addresses),
  };
  const figures = figuresOf(findings, clock).filter(({ title }) => title !== 'first' && title !== 'bytes');
  writeTable(
    page,
    shown,
    [...figures, addresses],
    [
      {
        title: 'says of itself',
        cell: ({ claim }) => claimWords(claim),
        least: 44,
        aside: ({ claim }) => claim.examples[0] ?? '',
        asideWhole: true,
      },
    ],
  );
  const words = lookupWords(findings);
  if (words !== undefined) page.text(words, { first: ' ', paint: ['dim'] });
}

const COMPACT = { label: 10, most: 12, name: 60 };

/** Small tables as a list each, by requests: status codes, methods, virtual hosts, referers. */
export function writeCompact(page: Page, findings: TrafficFindings): void {
  const { statuses, methods, hosts, referers } = findings.traffic.whole;
  const lists = [
    ['status', statuses],
    ['method', methods],
    ['host', hosts],
    ['referer', referers],
  ] as const;
  if (lists.every(([, { entries }]) => entries.size === 0)) return;
  page.heading('Also, by requests');
  for (const [dimension, { entries }] of lists) {
    if (entries.size === 0) continue;
    const rows = [...entries]
      .sort(([a, x], [b, y]) => y.requests - x.requests || (a < b ? -1 : 1))
      .map(([key, tally]) => rowOf(findings, [key], tally));
    const most = Math.min(COMPACT.most, findings.top);
    const items = rows.slice(0, most).map((row) => compactItem(dimension, row));
    const more = rows.length > most ? [`${count(rows.length - most)} more`] : [];
    page.text([...items, ...more].join(', '), {
      first: ` ${dimension.padEnd(COMPACT.label)}`,
      rest: ' '.repeat(COMPACT.label + 1),
    });
  }
}

function compactItem(dimension: Dimension, { keys, tally, requestShare, costShare }: TrafficRow): string {
  const key = keys[0] ?? '';
  const name = dimension === 'status' && key === '0' ? 'not logged' : cut(plain(key), COMPACT.name);
  // The cost is told where it says something else than the number of requests.
  const cost = Math.abs(costShare - requestShare) >= 0.1 ? `, cost ${shareCell(costShare)}` : '';
  return `${name}: ${count(tally.requests)} (${shareCell(requestShare)}${cost})`.replaceAll(' ', TIE);
}

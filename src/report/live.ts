// Traffic as it comes in: a screen that is drawn again and again, a line a tick, or an object a tick.
import { countDistinct } from '../model/distinct.ts';
import { count } from '../model/figures.ts';
import { LIVE_HISTORY_S, type LiveSecond, type LiveTraffic } from '../model/live-traffic.ts';
import type { Table } from '../model/table.ts';
import type { Series } from './plot.ts';
import { type Page, pageOf } from './terminal/page.ts';
import { plotColumns, rowLine } from './terminal/plot-lines.ts';
import { clockOf, iso } from './text/clock.ts';
import { plain } from './text/escape.ts';
import { columns, cut } from './text/wrap.ts';
import { writeTable } from './traffic/columns.ts';
import { secondsCell, shareCell } from './traffic/figures.ts';
import { type CountedTally, shareOf } from './traffic/rows.ts';
import { agentCell } from './traffic/tables.ts';
import type { LiveData } from './traffic-schema.ts';
import { capital } from './words/context.ts';
import { NOTHING_YET, ratesNow, rateWords, troubleLines, windowWords } from './words/live.ts';
import { DIMENSION_WORDS } from './words/traffic.ts';

export interface LiveOptions {
  readonly width: number;
  /** Lines of the terminal. */
  readonly height: number;
  readonly colour: boolean;
  /** Rows of each table, where there is room. */
  readonly top: number;
  readonly zone: string;
}

interface LiveRow {
  readonly key: string;
  readonly tally: CountedTally;
  readonly costShare: number;
}

const TABLES = ['source', 'endpoint', 'agent'] as const;
/** Lines that a table takes beside its rows: a blank, a title, and that of its columns. */
const TABLE_LINES = 3;
const TROUBLE_MAX = 3;

/** The screen, without colours if so asked; never more lines than `height`, none wider than `width` (40 to 120). */
export function liveScreen(live: LiveTraffic, options: LiveOptions): string {
  const page = pageOf(options.width, options.colour);
  const clock = clockOf({ zone: { name: options.zone, assumed: false }, span: { from: live.at, to: live.at } });
  const { total } = live.profile;
  const end = `${clock.time(live.at)} ${clock.zone}  Ctrl-C ends`;
  const names = live.logs.map(({ path }) => path).join(', ');
  const title = cut(plain(`Following ${names}`), Math.max(10, page.width - columns(end) - 4));
  page.raw(
    ` ${page.paint(title, 'bold')}${' '.repeat(Math.max(2, page.width - columns(title) - columns(end) - 2))}${end}`,
  );
  for (const line of troubleLines(live.logs).slice(0, TROUBLE_MAX))
    page.raw(` ${page.paint(cut(plain(line), page.width - 2), 'yellow')}`);
  page.blank();
  const wide = plotColumns(page);
  for (const [name, pick] of FIGURES) {
    page.raw(
      rowLine(page, { kind: 'bars', title: name, unit: 'rate', worst: 'high', values: series(live, wide, pick) }),
    );
  }
  page.text(`now: ${rateWords(ratesNow(live.seconds))}`, { first: ' ' });
  page.text(windowWords(live.windowS, total.requests, countDistinct(total.members), total.failed), { first: ' ' });
  if (total.requests === 0) page.text(NOTHING_YET, { first: ' ', paint: ['dim'] });
  else writeTables(page, live, options, page.done().split('\n').length - 1);
  return `${page.done().trimEnd().split('\n').slice(0, Math.max(1, options.height)).join('\n')}\n`;
}

const FIGURES: readonly (readonly [string, (second: LiveSecond) => number])[] = [
  ['requests/s', ({ requests }) => requests],
  ['failed/s', ({ failed }) => failed],
  ['worker-s/s', ({ workerMs }) => workerMs / 1000],
];

/** The last minutes in so many columns, the latest to the right; what was before the beginning is not known. */
function series({ seconds }: LiveTraffic, wide: number, pick: (second: LiveSecond) => number): Series {
  const each = Math.max(1, Math.ceil(LIVE_HISTORY_S / wide));
  const values: (number | undefined)[] = [];
  for (let end = seconds.length; values.length < wide; end -= each) {
    const part = seconds.slice(Math.max(0, end - each), Math.max(0, end));
    values.unshift(part.length === 0 ? undefined : part.reduce((sum, second) => sum + pick(second), 0) / part.length);
  }
  const none: Series = [...values.slice(1), 0];
  return values.every((value) => value === undefined) ? none : values;
}

function writeTables(page: Page, live: LiveTraffic, options: LiveOptions, taken: number): void {
  const room = options.height - taken - TABLES.length * TABLE_LINES;
  const rows = Math.max(1, Math.min(options.top, Math.floor(room / TABLES.length)));
  for (const dimension of TABLES) {
    page.blank();
    page.heading(`${capital(DIMENSION_WORDS[dimension].more)} by cost, last minute`);
    writeTable(
      page,
      rowsOf(live, dimension).slice(0, rows),
      [
        { title: 'cost', rank: 0, cell: ({ costShare }) => shareCell(costShare) },
        { title: 'worker-s', rank: 1, cell: ({ tally }) => secondsCell(tally.workerMs) },
        { title: 'requests', rank: 0, cell: ({ tally }) => count(tally.requests) },
        { title: '5xx', rank: 2, cell: ({ tally }) => count(tally.failed) },
      ],
      [
        {
          title: DIMENSION_WORDS[dimension].one,
          least: 40,
          whole: dimension === 'source',
          cell: ({ key }) => (dimension === 'agent' ? agentCell(key) : key),
        },
      ],
    );
  }
}

function rowsOf(live: LiveTraffic, dimension: (typeof TABLES)[number]): LiveRow[] {
  const { profile, endpoints, agents } = live;
  const tables: Readonly<Record<(typeof TABLES)[number], Table<CountedTally>>> = {
    source: profile.addresses,
    endpoint: endpoints,
    agent: agents,
  };
  return [...tables[dimension].entries]
    .sort(([a, x], [b, y]) => y.workerMs - x.workerMs || y.requests - x.requests || (a < b ? -1 : 1))
    .map(([key, tally]) => ({ key, tally, costShare: shareOf(tally.workerMs, profile.total.workerMs) }));
}

/** One line for where there is no terminal; ends in a newline. */
export function liveLine(live: LiveTraffic, zone: string): string {
  const clock = clockOf({ zone: { name: zone, assumed: false }, span: { from: live.at, to: live.at } });
  const tops = TABLES.flatMap((dimension) => {
    const [first] = rowsOf(live, dimension);
    if (!first) return [];
    const key = cut(dimension === 'agent' ? agentCell(first.key) : first.key, 80);
    return [`${DIMENSION_WORDS[dimension].one} ${key} (${shareCell(first.costShare)})`];
  });
  const most = tops.length > 0 ? `; most cost of the last minute: ${tops.join(', ')}` : '';
  const trouble = troubleLines(live.logs).map((line) => `; ${line}`);
  return `${clock.time(live.at)} ${plain(`${rateWords(ratesNow(live.seconds))}${most}${trouble.join('')}`)}\n`;
}

/** One tick as data that passes `liveSchema`; text from logs as it stood there. */
export function liveData(live: LiveTraffic, top: number): LiveData {
  const { total } = live.profile;
  const now = ratesNow(live.seconds);
  const rows = (dimension: (typeof TABLES)[number]) =>
    rowsOf(live, dimension)
      .slice(0, top)
      .map(({ key, tally, costShare }) => ({
        key,
        requests: tally.requests,
        failed: tally.failed,
        refused: tally.refused,
        bytes: tally.bytes,
        workerSeconds: tally.workerMs / 1000,
        costShare,
      }));
  return {
    schema: 'seawall-traffic-live/1',
    at: iso(live.at),
    perSecond: { requests: now.requests, failed: now.failed, workerSeconds: now.workerMs / 1000 },
    window: {
      seconds: live.windowS,
      requests: total.requests,
      failed: total.failed,
      bytes: total.bytes,
      workerSeconds: total.workerMs / 1000,
      addresses: countDistinct(total.members),
    },
    sources: rows('source'),
    endpoints: rows('endpoint'),
    agents: rows('agent'),
    logs: live.logs.map((log) => ({ ...log })),
  };
}

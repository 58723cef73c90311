// Draws the plot: block characters for figures, one axis, and the events as marks with a line of legend each.

import { count, figure, kilobytes } from '../../model/figures.ts';
import type { Findings } from '../../model/findings.ts';
import type { EpochMs } from '../../model/time.ts';
import { type BarRow, columnOf, type Plot, type PlotRow, plotOf, type Series, type StateRow } from '../plot.ts';
import { clockOf } from '../text/clock.ts';
import { plain } from '../text/escape.ts';
import { cut, padEnd } from '../text/wrap.ts';
import { eventMoments, type Moment, shownSpan } from '../timeline.ts';
import { MARKS, type Mark } from '../words/events.ts';
import type { Page } from './page.ts';

const BLOCKS = '▁▂▃▄▅▆▇█';
const STATE = { up: '·', slow: '▒', down: '█' } as const;
const LABEL = 13;
const FIGURE = 11;
/** Lines of legend; what is left out is counted. */
const LEGEND_MAX = 8;

/** Writes the timeline; says so when the record has nothing that could be drawn. */
export function writePlot(page: Page, findings: Findings): void {
  const span = shownSpan(findings);
  if (!span) return;
  const width = plotColumns(page);
  const plot = plotOf(findings, span, width);
  const clock = clockOf(findings.dossier, findings.verdict.span ?? findings.dossier.span);
  const moments = eventMoments(findings, span);
  if (!plot && moments.length === 0) return;
  page.heading(`Timeline, ${clock.during(span)} ${clock.zone}`);
  const axis = plot ?? { span, columns: width, rows: [] };
  for (const row of axis.rows) page.raw(rowLine(page, row));
  const kinds = byMark(moments);
  if (axis.rows.length > 0) {
    for (const line of markLines(kinds, axis)) page.raw(`${' '.repeat(LABEL)}${page.paint(line, 'bold')}`);
    page.raw(`${' '.repeat(LABEL)}${page.paint(axisLine(axis, clock.local), 'dim')}`);
    if (axis.rows.some((row) => row.kind === 'states')) {
      page.text(`${STATE.up} up, ${STATE.slow} slow or partly failing, ${STATE.down} down`, {
        first: ' '.repeat(LABEL),
        paint: ['dim'],
      });
    }
  }
  writeLegend(page, kinds, (at) => clock.time(at));
}

/** The columns that a plot has on a page. */
export function plotColumns(page: Page): number {
  return page.width - LABEL - FIGURE - 2;
}

/** Rows of bars over an axis with the times of the given wall clock. */
export function writeBars(page: Page, plot: Plot, local: (at: EpochMs) => number): void {
  for (const row of plot.rows) page.raw(rowLine(page, row));
  if (plot.rows.length > 0) page.raw(`${' '.repeat(LABEL)}${page.paint(axisLine(plot, local), 'dim')}`);
}

export function rowLine(page: Page, row: PlotRow): string {
  const label = padEnd(` ${cut(plain(row.title), LABEL - 2)}`, LABEL);
  if (row.kind === 'states') return label + row.values.map((value) => stateCell(page, value)).join('');
  const cells = barCells(row.values);
  return `${label}${page.paint(cells, 'cyan')}  ${page.paint(cut(worstFigure(row), FIGURE), 'dim')}`;
}

function stateCell(page: Page, value: StateRow['values'][number]): string {
  if (value === undefined) return ' ';
  if (value === 'up') return page.paint(STATE.up, 'green');
  return page.paint(STATE[value], value === 'slow' ? 'yellow' : 'red');
}

function barCells(values: Series): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      const level = most > 0 ? Math.round((Math.max(0, value) / most) * (BLOCKS.length - 1)) : 0;
      return BLOCKS[level] ?? ' ';
    })
    .join('');
}

function worstFigure(row: BarRow): string {
  const known = row.values.filter((value) => value !== undefined);
  const value = row.worst === 'high' ? Math.max(...known) : Math.min(...known);
  const said = { rate: rateFigure, count, kb: kilobytes, load: figure }[row.unit](value);
  return row.worst === 'high' ? `max ${said}` : `min ${said}`;
}

/** Given per second; what is rarer than once in ten seconds, per minute. */
function rateFigure(perSecond: number): string {
  return perSecond >= 0.1 || perSecond === 0 ? figure(perSecond) : `${figure(perSecond * 60)}/min`;
}

interface MarkKind {
  readonly mark: Mark;
  readonly moments: readonly Moment[];
}

/** The weightiest kinds, in order of their first moment. */
function byMark(moments: readonly Moment[]): MarkKind[] {
  const kinds: MarkKind[] = [];
  for (const mark of Object.keys(MARKS) as Mark[]) {
    const own = moments.filter((moment) => moment.mark === mark);
    if (own.length > 0) kinds.push({ mark, moments: own });
  }
  return kinds.slice(0, LEGEND_MAX).sort((a, b) => (a.moments[0]?.at ?? 0) - (b.moments[0]?.at ?? 0));
}

/** A letter stands in the column of its moment; letters that share a column go to another line. */
function markLines(kinds: readonly MarkKind[], axis: Pick<Plot, 'span' | 'columns'>): string[] {
  const lines: (string | undefined)[][] = [];
  for (const { mark, moments } of kinds) {
    for (const moment of moments) {
      const column = columnOf(axis, moment.at);
      let line = lines.find((cells) => cells[column] === undefined || cells[column] === mark);
      if (!line) {
        line = new Array<string | undefined>(axis.columns).fill(undefined);
        lines.push(line);
      }
      line[column] = mark;
    }
  }
  return lines.map((cells) =>
    cells
      .map((cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  );
}

const SECOND = 1000;
const STEPS_MS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  2_592_000,
].map((seconds) => seconds * SECOND);

/** "╵10:05     ╵10:06": each tick stands in the column of its time, on a round time of the host's clock. */
function axisLine({ span, columns: width }: Pick<Plot, 'span' | 'columns'>, local: (at: EpochMs) => number): string {
  const length = span.to - span.from;
  const step = STEPS_MS.find((ms) => (ms / length) * width >= 11) ?? length;
  const shift = local(span.from) - span.from;
  const cells: string[] = new Array(width).fill(' ');
  const firstTick = Math.ceil((span.from + shift) / step) * step;
  for (let tick = firstTick; tick <= span.to + shift; tick += step) {
    const label = `╵${tickLabel(new Date(tick), step)}`;
    const column = columnOf({ span, columns: width }, tick - shift);
    if (column + label.length > width) break;
    [...label].forEach((character, i) => {
      cells[column + i] = character;
    });
  }
  return cells.join('').trimEnd();
}

function tickLabel(wall: Date, step: number): string {
  const text = wall.toISOString();
  if (step >= 86_400 * SECOND) return text.slice(5, 10);
  return step < 60 * SECOND ? text.slice(11, 19) : text.slice(11, 16);
}

function writeLegend(page: Page, kinds: readonly MarkKind[], time: (at: EpochMs) => string): void {
  for (const { mark, moments } of kinds) {
    const [first] = moments;
    if (!first) continue;
    const total = moments.reduce((sum, moment) => sum + moment.count, 0);
    const until = Math.max(...moments.map((moment) => moment.until));
    const more = total > 1 ? `; ${count(total - 1)} more until ${time(until)}` : '';
    page.text(`${time(first.at)} ${first.text}${more}`, { first: ` ${mark} ` });
  }
}

// Draws the panels: areas on a scale for figures, bands for states. Across, all is in percent, so that the plot fits any page.
import type { BarRow, Series, SiteState, StateRow } from '../plot.ts';
import { cut } from '../text/wrap.ts';
import { extremeWords, UNITS } from './labels.ts';
import { html, type Markup } from './markup.ts';
import type { BarPanel, Panel } from './panels.ts';
import { type Scale, said, scaleOf } from './scale.ts';

/** Pixels. */
const TITLE = 18;
const AREA = 64;
const BAND = 12;
const GAP = 20;
const TITLE_MAX = 24;

export function panelHeight(panel: Panel): number {
  return TITLE + (panel.kind === 'bars' ? AREA : BAND) + GAP;
}

export function drawPanel(panel: Panel, y: number): Markup {
  return panel.kind === 'bars' ? drawBars(panel, y) : drawStates(panel, y);
}

/** "requests/s" and "max 7.5", for the plot and for those who only hear it. */
export function rowWords(row: BarRow): { readonly title: string; readonly extreme: string } {
  const known = row.values.filter((value) => value !== undefined);
  const value = row.worst === 'high' ? Math.max(...known) : Math.min(...known);
  return {
    title: `${cut(row.title, TITLE_MAX)} ${UNITS[row.unit]}`.trim(),
    extreme: extremeWords(row.worst, said(row.unit, value)),
  };
}

function drawBars({ rows }: BarPanel, y: number): Markup {
  const most = Math.max(0, ...rows.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const [first] = rows;
  if (!first) return html``;
  const scale = scaleOf(first.unit, most);
  const bottom = y + TITLE + AREA;
  const height = (value: number) => (value / scale.top) * AREA;
  const grid = scale.ticks.map(
    ({ value, label }) => html`
<line class="grid" x1="0" x2="100%" y1="${bottom - height(value)}" y2="${bottom - height(value)}"/><text class="scale" x="-8" y="${bottom - height(value) + 4}">${label}</text>`,
  );
  const titles = rows.map((row, i) => {
    const { title, extreme } = rowWords(row);
    return html`<tspan class="${i === 0 ? 'title' : 'title bad'}"${i === 0 ? undefined : html` dx="16"`}>${title}</tspan><tspan class="extreme" dx="6">${extreme}</tspan>`;
  });
  return html`
<text x="0" y="${y + 9}">${titles}</text>${grid}
<svg x="0" y="${y + TITLE - 1}" width="100%" height="${AREA + 1}" viewBox="0 -1 ${first.values.length} ${AREA + 1}" preserveAspectRatio="none">${rows.map((row, i) => area(row.values, scale, i > 0))}</svg>${rows.map((row, i) => worstDot(row, bottom, height, i === rows.length - 1))}`;
}

function area(values: Series, scale: Scale, bad: boolean): Markup {
  const level = (value: number) => (1 - Math.min(1, Math.max(0, value / scale.top))) * AREA;
  // A failure line along the ground would say that there is something where there is nothing.
  const runs = runsOf(bad ? values.map((value) => (value === 0 ? undefined : value)) : values);
  const steps = ({ from, items }: Run<number>) =>
    items.map((value, i) => `${i === 0 ? 'M' : 'L'}${from + i} ${round(level(value))}H${from + i + 1}`).join('');
  const fill = runs.map((run) => `${steps(run)}V${AREA}H${run.from}Z`).join('');
  const name = bad ? 'bad' : 'data';
  return html`<path class="${name} fill" d="${fill}"/><path class="${name} line" d="${runs.map(steps).join('')}"/>`;
}

/** The worst value is marked where it stands: the last row of a panel only, so that dots don't crowd. */
function worstDot(row: BarRow, bottom: number, height: (value: number) => number, shown: boolean): Markup | undefined {
  const known = row.values.filter((value) => value !== undefined);
  const worst = row.worst === 'high' ? Math.max(...known) : Math.min(...known);
  if (!shown || (row.worst === 'high' && worst <= 0)) return undefined;
  const x = ((row.values.indexOf(worst) + 0.5) / row.values.length) * 100;
  return html`<circle class="worst" cx="${x}%" cy="${bottom - height(worst)}" r="3.5"/>`;
}

/** A state is told by the height of its band too, not by its colour alone. */
const STATE_HEIGHT: Readonly<Record<SiteState, number>> = { up: 3, slow: 7, down: BAND };

function drawStates(row: StateRow, y: number): Markup {
  const total = row.values.length;
  const bands = runsOf(row.values, (a, b) => a === b).map(({ from, items }) => {
    const state = items[0] ?? 'up';
    const high = STATE_HEIGHT[state];
    return html`<rect class="state ${state}" x="${(from / total) * 100}%" y="${y + TITLE + BAND - high}" width="${(items.length / total) * 100}%" height="${high}"/>`;
  });
  return html`
<text x="0" y="${y + 9}"><tspan class="title">${cut(row.title, TITLE_MAX)}</tspan></text>${bands}`;
}

interface Run<T> {
  readonly from: number;
  readonly items: readonly T[];
}

/** Columns without a gap between them, and alike where that is asked for. */
function runsOf<T>(values: readonly (T | undefined)[], alike: (a: T, b: T) => boolean = () => true): Run<T>[] {
  const runs: { from: number; items: T[] }[] = [];
  values.forEach((value, i) => {
    if (value === undefined) return;
    const run = runs.at(-1);
    const last = run?.items.at(-1);
    if (run && last !== undefined && run.from + run.items.length === i && alike(last, value)) run.items.push(value);
    else runs.push({ from: i, items: [value] });
  });
  return runs;
}

function round(value: number): string {
  return Number(value.toFixed(2)).toString();
}

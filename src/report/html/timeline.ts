// The timeline: figures, states and events on one time axis, and then the moments one by one.
import type { Findings } from '../../model/findings.ts';
import { overlaps, type TimeSpan } from '../../model/time.ts';
import type { Clock } from '../text/clock.ts';
import { eventMoments, type Moment, shownSpan, timeline } from '../timeline.ts';
import { capital } from '../words/context.ts';
import { drawPanel, panelHeight, rowWords } from './draw-panels.ts';
import { againWords, COLUMNS, HEADINGS, LABELS, timelineHeading } from './labels.ts';
import { badge, drawLanes, LANE, type Lane, lanesOf, laneWords, legend } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { type Panel, panelsOf } from './panels.ts';
import { place, rest, section, tied, time } from './parts.ts';
import { percentOf, ticksOf } from './time-axis.ts';

const MOMENTS_MAX = 60;
const TICKS_MAX = 9;
/** Pixels beneath the lanes for the times. */
const AXIS = 26;

/** `undefined` when nothing in the record has a time. */
export function timelineSection(findings: Findings, clock: Clock): Markup | undefined {
  const span = shownSpan(findings);
  if (!span) return undefined;
  const panels = panelsOf(findings, span);
  const lanes = lanesOf(eventMoments(findings, span));
  const all = timeline(findings, Number.MAX_SAFE_INTEGER, clock, span);
  if (panels.length === 0 && all.length === 0) return undefined;
  return section(
    'timeline',
    timelineHeading(span, clock),
    plot(findings, span, panels, lanes, clock),
    moments(findings, span, all.length, clock),
  );
}

function plot(
  { verdict }: Findings,
  span: TimeSpan,
  panels: readonly Panel[],
  lanes: readonly Lane[],
  clock: Clock,
): Markup | undefined {
  if (panels.length === 0 && lanes.length === 0) return undefined;
  let y = 4;
  const drawn = panels.map((panel) => {
    const markup = drawPanel(panel, y);
    y += panelHeight(panel);
    return markup;
  });
  const axis = y + lanes.length * LANE + 4;
  const ticks = ticksOf(span, clock.local, TICKS_MAX).map(({ at, label, minor }) => {
    const x = percentOf(span, at);
    const edge = x > 96 ? ' last' : x < 2 ? ' first' : '';
    return html`
<g class="tick${minor ? ' minor' : ''}"><line class="grid" x1="${x}%" x2="${x}%" y1="0" y2="${axis + 4}"/><text class="time${edge}" x="${x}%" y="${axis + 18}">${label}</text></g>`;
  });
  return html`
<figure class="plot">
<svg height="${axis + AXIS}" role="img" aria-label="${spoken(panels, lanes)}">
${band(verdict.span, span, axis)}${ticks}${drawn}${drawLanes(lanes, span, y)}
<line class="axis" x1="0" x2="100%" y1="${axis}" y2="${axis}"/>
</svg>
<figcaption>${key(panels, verdict.span !== undefined)}${legend(lanes, clock)}</figcaption>
</figure>`;
}

/** The time of the incident, behind everything. */
function band(incident: TimeSpan | undefined, span: TimeSpan, height: number): Markup | undefined {
  if (!incident || !overlaps(incident, span)) return undefined;
  const from = percentOf(span, incident.from);
  const width = Math.max(0.4, percentOf(span, incident.to) - from);
  return html`<rect class="band" x="${from}%" y="0" width="${width}%" height="${height}"/>`;
}

function spoken(panels: readonly Panel[], lanes: readonly Lane[]): string {
  const rows = panels.flatMap((panel) =>
    panel.kind === 'states' ? [panel.title] : panel.rows.map((row) => Object.values(rowWords(row)).join(' ')),
  );
  return [...rows, ...lanes.map(laneWords)].join('; ');
}

function key(panels: readonly Panel[], incident: boolean): Markup {
  const states = panels.some(({ kind }) => kind === 'states') ? (['up', 'slow', 'down'] as const) : [];
  const swatches = states.map(
    (state) => html`<span><span class="swatch ${state}"></span> ${LABELS.states[state]}</span> `,
  );
  const shaded = incident ? html`<span><span class="swatch shaded"></span> ${LABELS.incident}</span>` : undefined;
  return html`<p class="key">${swatches}${shaded}</p>`;
}

function moments(findings: Findings, span: TimeSpan, total: number, clock: Clock): Markup | undefined {
  if (total === 0) return undefined;
  const rows = timeline(findings, MOMENTS_MAX, clock, span).map((moment) => momentRow(moment, findings, clock));
  return html`
<h3>${HEADINGS.moments}</h3>
<table class="moments"><thead><tr>${COLUMNS.moments.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>${rest(total, MOMENTS_MAX, 'moment')}`;
}

function momentRow(moment: Moment, { verdict }: Findings, clock: Clock): Markup {
  const { mark, text, count, until, evidence } = moment;
  const again = count > 1 ? html` <span class="kind">(${againWords(count, clock.time(until))})</span>` : undefined;
  const link = verdict.chain.findIndex(
    ({ symptom }) => symptom.id === moment.symptom && symptom.span.from === moment.at,
  );
  const sign = mark === undefined ? numberBadge(link) : badge(mark);
  return html`
<tr><td>${time(moment.at, clock)}</td><td>${sign} ${tied(capital(text))}${again}${evidence && html`<br><span class="path">${place(evidence)}</span>`}</td></tr>`;
}

/** The number of a link of the chain, which leads there. */
function numberBadge(link: number): Markup | undefined {
  if (link < 0) return undefined;
  return html`<span class="badge number"><a href="#link-${link + 1}">${link + 1}</a></span>`;
}

// The marks of events: a lane for each kind beneath the panels, and a legend that says what each stands for.
import { timesWord } from '../../model/figures.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { Clock } from '../text/clock.ts';
import type { Moment } from '../timeline.ts';
import { MARKS, type Mark } from '../words/events.ts';
import { againWords } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { time } from './parts.ts';
import { percentOf } from './time-axis.ts';

export interface Lane {
  readonly mark: Mark;
  readonly moments: readonly Moment[];
}

const LANES_MAX = 8;
/** Pixels. */
export const LANE = 20;
/** Letters of one lane that are nearer than this, in percent of the axis, are drawn as one, and so are the ticks of the rest. */
const APART = 5;
const TICKS_APART = 0.4;
/** What lasts no longer than this, in percent, hides behind its letter. */
const LONG = 2.5;
/** What happened this often is drawn as lasting from its first time to its last. */
const LASTING = 3;

/** The weightiest kinds, in the order of their first moment. */
export function lanesOf(moments: readonly Moment[]): Lane[] {
  return (Object.keys(MARKS) as Mark[])
    .map((mark) => ({ mark, moments: moments.filter((moment) => moment.mark === mark) }))
    .filter((lane) => lane.moments.length > 0)
    .slice(0, LANES_MAX)
    .sort((a, b) => (a.moments[0]?.at ?? 0) - (b.moments[0]?.at ?? 0));
}

export function drawLanes(lanes: readonly Lane[], span: TimeSpan, y: number): Markup {
  return html`${lanes.map((lane, i) => drawLane(lane, span, y + i * LANE + LANE / 2))}`;
}

function drawLane({ mark, moments }: Lane, span: TimeSpan, y: number): Markup {
  let last = Number.NEGATIVE_INFINITY;
  let ticked = last;
  const badges: Markup[] = [];
  for (const moment of moments) {
    const x = percentOf(span, moment.at);
    const until = percentOf(span, moment.until);
    if (until - x > LONG && moment.count >= LASTING) {
      badges.unshift(html`<line class="lasting" x1="${x}%" x2="${until}%" y1="${y}" y2="${y}"/>`);
    }
    if (x - last < APART) {
      if (x - ticked >= TICKS_APART) badges.unshift(tick(x, y));
      ticked = x;
      continue;
    }
    last = x;
    ticked = x;
    badges.push(
      html`<circle class="badge ${weight(mark)}" cx="${x}%" cy="${y}" r="8"/><text class="letter" x="${x}%" y="${y + 4}">${mark}</text>`,
    );
  }
  return html`
<line class="lane" x1="0" x2="100%" y1="${y}" y2="${y}"/>${badges}`;
}

function tick(x: number, y: number): Markup {
  return html`<line class="again" x1="${x}%" x2="${x}%" y1="${y - 5}" y2="${y + 5}"/>`;
}

/** What ended something bears the accent; the rest is told in ink. */
function weight(mark: Mark): 'heavy' | 'light' {
  return 'KCDF'.includes(mark) ? 'heavy' : 'light';
}

export function legend(lanes: readonly Lane[], clock: Clock): Markup | undefined {
  if (lanes.length === 0) return undefined;
  return html`
<ul class="legend">${lanes.map((lane) => entry(lane, clock))}</ul>`;
}

function entry({ mark, moments }: Lane, clock: Clock): Markup | undefined {
  const [first] = moments;
  if (!first) return undefined;
  const total = moments.reduce((sum, moment) => sum + moment.count, 0);
  const until = Math.max(...moments.map((moment) => moment.until));
  const more = total > 1 ? html` <span class="kind">${againWords(total, clock.time(until))}</span>` : undefined;
  return html`
<li>${badge(mark)} <span><b>${MARKS[mark]}</b> ${time(first.at, clock)} ${first.text}${more}</span></li>`;
}

export function badge(mark: Mark): Markup {
  return html`<span class="badge ${weight(mark)}">${mark}</span>`;
}

/** For those who can't see the plot. */
export function laneWords({ mark, moments }: Lane): string {
  return `${MARKS[mark]} ${timesWord(moments.reduce((sum, moment) => sum + moment.count, 0))}`;
}

// The timeline: what happened when, from events and symptoms, folded until a person can read it.
import type { Evidence } from '../model/evidence.ts';
import type { Findings } from '../model/findings.ts';
import type { SymptomId } from '../model/symptom.ts';
import { type EpochMs, lengthSeconds, overlaps, spanUnion, type TimeSpan, widen } from '../model/time.ts';
import { type Clock, clockOf } from './text/clock.ts';
import { eventWords, MARKS, type Mark } from './words/events.ts';
import { symptomSentence } from './words/symptoms.ts';

export interface Moment {
  readonly at: EpochMs;
  /** Time of the last one, when it stands for several. */
  readonly until: EpochMs;
  readonly count: number;
  /** The mark of an event, or the symptom that began. */
  readonly mark?: Mark;
  readonly symptom?: SymptomId;
  /** Without time and full stop for an event, a sentence for a symptom. */
  readonly text: string;
  readonly evidence?: Evidence;
}

/** The same thing again within this time belongs to the same moment. */
const FOLD_MS = 60_000;
/** A record this many times longer than the incident is shown zoomed to the incident. */
const MUCH_LONGER = 3;
const LEAST_MARGIN_MS = 60_000;
/** A moment without length gets this much around it. */
const AROUND_MS = 5 * 60_000;

/** The stretch that plot and timeline show: the whole record, or the incident widened when the record is much longer. */
export function shownSpan({ dossier, verdict }: Findings): TimeSpan | undefined {
  const incident = verdict.span;
  if (!incident) return dossier.span;
  const length = lengthSeconds(incident) * 1000;
  const zoomed = widen(incident, Math.max(length === 0 ? AROUND_MS : LEAST_MARGIN_MS, length * 0.3));
  const record = dossier.span;
  if (!record || !overlaps(record, zoomed)) return zoomed;
  if (record.to - record.from <= Math.max(length, 2 * AROUND_MS) * MUCH_LONGER) return spanUnion([record, incident]);
  return { from: Math.max(record.from, zoomed.from), to: Math.min(record.to, zoomed.to) };
}

/** Moments of the events that touch the span, in order of time; repetitions that follow each other closely are one. */
export function eventMoments({ dossier }: Findings, span: TimeSpan | undefined = dossier.span): Moment[] {
  const moments: Moment[] = [];
  const open = new Map<string, number>();
  for (const event of dossier.events) {
    if (span && (event.until < span.from || event.at > span.to)) continue;
    const said = eventWords(event);
    if (!said) continue;
    const key = said.mark + said.text;
    const index = open.get(key);
    const before = index === undefined ? undefined : moments[index];
    if (index !== undefined && before && event.at - before.until <= FOLD_MS) {
      moments[index] = { ...before, count: before.count + event.count, until: Math.max(before.until, event.until) };
      continue;
    }
    open.set(key, moments.length);
    moments.push({
      at: event.at,
      until: event.until,
      count: event.count,
      mark: said.mark,
      text: said.text,
      evidence: event.evidence,
    });
  }
  return moments;
}

/**
 * At most `max` moments, symptoms of the chain among them, in order of time.
 * When there are more, the weightiest marks stay (`MARKS` has them in order).
 */
export function timeline(
  findings: Findings,
  max: number,
  clock: Clock = clockOf(findings.dossier, findings.verdict.span),
  span: TimeSpan | undefined = findings.dossier.span,
): Moment[] {
  const begins: Moment[] = findings.verdict.chain.map(({ symptom }) => {
    const [evidence] = symptom.evidence;
    return {
      at: symptom.span.from,
      until: symptom.span.to,
      count: 1,
      symptom: symptom.id,
      text: symptomSentence(symptom, findings.dossier, clock),
      ...(evidence && { evidence }),
    };
  });
  const ranks = Object.keys(MARKS);
  const rank = (moment: Moment) => (moment.mark === undefined ? -1 : ranks.indexOf(moment.mark));
  const events = eventMoments(findings, span);
  const room = Math.max(0, max - begins.length);
  const kept =
    events.length <= room ? events : [...events].sort((a, b) => rank(a) - rank(b) || a.at - b.at).slice(0, room);
  return [...begins, ...kept].sort((a, b) => a.at - b.at || rank(a) - rank(b)).slice(0, Math.max(0, max));
}

// The report for programs: all that was found, with times in UTC and every figure finite.
import type { Evidence } from '../model/evidence.ts';
import type { Findings } from '../model/findings.ts';
import { inFlightView } from '../model/in-flight.ts';
import type { Symptom } from '../model/symptom.ts';
import type { TimeSpan } from '../model/time.ts';
import type { ChainLink, Verdict } from '../model/verdict.ts';
import type { Incident } from './incident-schema.ts';
import { type Clock, clockOf, iso } from './text/clock.ts';
import { type Moment, timeline } from './timeline.ts';
import { assumptionLines } from './words/assumptions.ts';
import { MARKS } from './words/events.ts';
import { symptomSentence } from './words/symptoms.ts';
import { CAUSE_TITLES, doubtSentence, verdictSentence, warningSentence } from './words/verdict.ts';

const TIMELINE_MAX = 200;
const HOLDERS_MAX = 20;

/** The report as data that passes `incidentSchema`. Text from logs in it is as it stood there: hostile. */
export function jsonReport(findings: Findings): Incident {
  const { dossier, verdict } = findings;
  const clock = clockOf(dossier, verdict.span ?? dossier.span);
  return {
    schema: 'seawall-incident/1',
    readAt: iso(dossier.readAt),
    host: { ...finite({ ...dossier.host }), zone: { ...dossier.zone } },
    ...spanField(dossier.span),
    verdict: verdictData(findings, clock),
    culprits: verdict.culprits.map(({ kind, id, share, requests, workerSeconds, facts }) => ({
      kind,
      id,
      share: unit(share),
      ...(requests !== undefined && { requests: amount(requests) }),
      ...(workerSeconds !== undefined && { workerSeconds: amount(workerSeconds) }),
      facts: [...facts],
    })),
    ...inFlightField(findings),
    symptoms: findings.symptoms.map((symptom) => ({
      id: symptom.id,
      from: iso(symptom.span.from),
      to: iso(symptom.span.to),
      certainty: symptom.certainty,
      sentence: symptomSentence(symptom, dossier, clock),
      measure: measureData(symptom),
      evidence: evidenceData(symptom.evidence),
    })),
    timeline: timeline(findings, TIMELINE_MAX, clock).map(momentData),
    remedies: findings.remedies.map(({ plan, preview, reach }) => ({
      kind: plan.kind,
      plan: planData(plan),
      title: preview.title,
      commands: [...preview.commands],
      undo: [...preview.undo],
      ...(reach && {
        reach: {
          requests: amount(reach.requests),
          costShare: unit(reach.costShare),
          bystanders: [...reach.bystanders],
          bystanderCount: amount(reach.bystanderCount),
        },
      }),
    })),
    sources: dossier.sources.map(({ span, notes, ...source }) => ({
      ...source,
      ...spanField(span),
      notes: [...notes],
    })),
    notRecognised: dossier.notRecognised.map((file) => ({ ...file })),
    assumptions: assumptionLines(findings),
  };
}

// JSON.stringify leaves these as they are; on a terminal they would steer it or turn the direction of the text.
const STEERING = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A JSON report as text that is harmless on a terminal as well: steering characters stand as `\u009b`. */
export function jsonText(report: object, indent = 2): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(report, null, indent).replace(STEERING, escaped)}\n`;
}

function inFlightField({ dossier }: Findings): Pick<Incident, 'inFlight'> {
  const view = inFlightView(dossier.samples);
  if (!view) return {};
  return {
    inFlight: {
      at: iso(view.lastAt),
      seenBy: view.seenBy,
      last: view.last,
      peak: view.peak,
      medianS: amount(view.medianS),
      addresses: view.addresses,
      holders: view.holders.slice(0, HOLDERS_MAX).map((holder) => ({
        id: holder.id,
        atOnce: holder.atOnce,
        requests: holder.requests,
        share: unit(holder.share),
        workerSeconds: amount(holder.workerS),
        oldestS: amount(holder.oldestS),
        perS: amount(holder.perS),
        ...(holder.endpoint !== undefined && { endpoint: holder.endpoint }),
      })),
    },
  };
}

function verdictData(findings: Findings, clock: Clock): Incident['verdict'] {
  const { verdict, dossier } = findings;
  const warning = warningSentence(verdict);
  const doubt = doubtSentence(verdict);
  return {
    cause: verdict.cause,
    title: CAUSE_TITLES[verdict.cause],
    confidence: unit(verdict.confidence),
    compromised: verdict.compromised,
    ...(warning !== undefined && { warning }),
    compromiseEvidence: evidenceData(verdict.compromiseEvidence),
    sentence: [warning, verdictSentence(findings), doubt].filter((part) => part !== undefined).join(' '),
    ...spanField(verdict.span),
    remarks: [...verdict.remarks],
    chain: verdict.chain.map((link) => linkData(link, symptomSentence(link.symptom, dossier, clock))),
    rivals: verdict.rivals.map(({ cause, score, lost }) => ({ cause, score: unit(score), lost })),
    missing: verdict.missing.map(({ what, command }: Verdict['missing'][number]) => ({ what, command })),
  };
}

function linkData({ symptom, after, because }: ChainLink, sentence: string): Incident['verdict']['chain'][number] {
  return {
    symptom: symptom.id,
    from: iso(symptom.span.from),
    to: iso(symptom.span.to),
    certainty: symptom.certainty,
    sentence,
    ...(after !== undefined && { after }),
    ...(because !== undefined && { because }),
    evidence: evidenceData(symptom.evidence),
  };
}

function momentData({ at, until, count, mark, symptom, text, evidence }: Moment): Incident['timeline'][number] {
  return {
    at: iso(at),
    ...(until > at && { until: iso(until) }),
    ...(count > 1 && { count }),
    kind: mark === undefined ? 'symptom' : MARKS[mark],
    ...(symptom !== undefined && { symptom }),
    text,
    ...(evidence && { evidence: { ...evidence } }),
  };
}

type Measured = Incident['symptoms'][number]['measure'];

function measureData(symptom: Symptom): Measured {
  const data: Measured = {};
  for (const [name, value] of Object.entries(symptom.measure)) {
    const told = measuredValue(name, value);
    if (told !== undefined) data[name] = told;
  }
  return data;
}

function measuredValue(name: string, value: unknown): Measured[string] | undefined {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return undefined;
    return name === 'lastAlive' ? iso(value) : value;
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string')) return value;
    return evidenceData(value.filter(isEvidence));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return finite(Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === 'number')));
}

function isEvidence(value: unknown): value is Evidence {
  return typeof value === 'object' && value !== null && 'file' in value && 'line' in value && 'text' in value;
}

function evidenceData(all: readonly Evidence[]): { file: string; line: number; text: string }[] {
  return all.map(({ file, line, text }) => ({ file, line: amount(Math.trunc(line)), text }));
}

function planData(plan: object): Incident['remedies'][number]['plan'] {
  const data: Incident['remedies'][number]['plan'] = {};
  for (const [name, value] of Object.entries(plan)) {
    if (name === 'kind') continue;
    if (typeof value === 'string') data[name] = value;
    else if (typeof value === 'number') data[name] = amount(value);
    else if (Array.isArray(value)) data[name] = value.map(String);
  }
  return data;
}

function spanField(span: TimeSpan | undefined): { span?: { from: string; to: string } } {
  return span ? { span: { from: iso(span.from), to: iso(span.to) } } : {};
}

/** Without the fields that are no finite number: JSON has no word for them. */
function finite<T extends Record<string, unknown>>(record: T): T {
  const kept = Object.entries(record).filter(([, value]) => typeof value !== 'number' || Number.isFinite(value));
  return Object.fromEntries(kept) as T;
}

function unit(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

function amount(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

// What a sentence on a cause needs to know of the findings: their symptoms by id, who is to blame, what came of it.

import { listed, many, some } from '../../model/figures.ts';
import type { Findings } from '../../model/findings.ts';
import type { Symptom, SymptomId } from '../../model/symptom.ts';
import type { Culprit } from '../../model/verdict.ts';
import { type Clock, clockOf } from '../text/clock.ts';

export interface Context {
  readonly findings: Findings;
  readonly clock: Clock;
  /** "From 08:12 to 08:41", "At 08:41:04", or nothing when the time is not known; ends in a comma and a space. */
  readonly when: string;
  /** The symptom of this id, that of the chain first. */
  symptom<K extends SymptomId>(id: K): Symptom<K> | undefined;
}

export function contextOf(findings: Findings): Context {
  const clock = clockOf(findings.dossier, findings.verdict.span ?? findings.dossier.span);
  // When it acted: what came of it may have gone on for hours.
  const span = findings.verdict.chain[0]?.symptom.span ?? findings.verdict.span;
  return {
    findings,
    clock,
    when: span ? `${capital(clock.during(span))}, ` : '',
    symptom: (id) => findSymptom(findings, id),
  };
}

function findSymptom<K extends SymptomId>(findings: Findings, id: K): Symptom<K> | undefined {
  const isIt = (symptom: Symptom): symptom is Symptom<K> => symptom.id === id;
  return findings.verdict.chain.map((link) => link.symptom).find(isIt) ?? findings.symptoms.find(isIt);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "one address (203.0.113.66)", "3 networks (a, b and c)"; `fallback` when nobody is named. */
export function whoDid(context: Context, fallback: string): string {
  const sources = context.findings.verdict.culprits.filter(({ kind }) => kind === 'address' || kind === 'network');
  if (sources.length === 0) return fallback;
  const ids = sources.map(({ id }) => id);
  const networks = sources.every(({ kind }) => kind === 'network');
  const addresses = sources.every(({ kind }) => kind === 'address');
  const noun = networks ? ['network', 'networks'] : addresses ? ['address', 'addresses'] : ['source', 'sources'];
  if (ids.length === 1) return `one ${noun[0]} (${ids[0]})`;
  return `${many(ids.length, noun[0] ?? '', noun[1])} (${some(ids)})`;
}

/** The culprit that is a process or a service. */
export function inHouseCulprit(context: Context): Culprit | undefined {
  return context.findings.verdict.culprits.find(({ kind }) => kind === 'process' || kind === 'service');
}

type Outcome = readonly [id: SymptomId, say: (context: Context) => string];

// In the order in which one brings about the next.
const OUTCOMES: readonly Outcome[] = [
  ['worker-pileup', (context) => `${context.symptom('worker-pileup')?.measure.program ?? 'worker'} processes piled up`],
  ['worker-limit-reached', () => 'no worker was free any more'],
  ['memory-exhausted', () => 'memory ran out'],
  ['swap-thrash', () => 'the host did nothing but swap'],
  ['oom-kill', killed],
  ['database-killed', databaseKilled],
  ['database-restart-failed', () => 'the database could not be started again'],
  ['database-stalled', () => 'the database came to a standstill'],
  ['too-many-connections', () => 'the database had no connection left'],
  ['site-error', () => 'visitors got errors'],
  ['site-unreachable', () => 'the site could not be reached'],
  ['site-slow', () => 'the site was slow'],
];

function killed(context: Context): string {
  const symptom = context.symptom('oom-kill');
  // The database's end is told by its own symptom.
  if (!symptom || context.symptom('database-killed')) return '';
  const likely = symptom.certainty === 'inferred' ? ', most likely by the kernel for want of memory' : ' by the kernel';
  return `${symptom.measure.victim} was killed${likely}`;
}

function databaseKilled(context: Context): string {
  const oom = context.symptom('oom-kill');
  if (!oom)
    return context.symptom('database-killed')?.certainty === 'inferred'
      ? 'most likely the database was killed'
      : 'the database was killed';
  return oom.certainty === 'inferred'
    ? 'the database was killed, most likely by the kernel for want of memory'
    : 'the database was killed';
}

/** Which outcomes a short sentence tells first; the chain tells them all. */
const DECISIVE: readonly SymptomId[] = [
  'database-killed',
  'oom-kill',
  'site-error',
  'memory-exhausted',
  'worker-pileup',
  'site-unreachable',
];
const CLAUSES_MAX = 4;

/** What followed, as clauses: "memory ran out, the database was killed and visitors got errors". Empty when nothing did. */
function outcome(context: Context, except: readonly SymptomId[] = []): string {
  const inChain = new Set(context.findings.verdict.chain.map(({ symptom }) => symptom.id));
  const clauses = OUTCOMES.filter(([id]) => inChain.has(id) && !except.includes(id))
    .map(([id, say]) => ({ id, text: inferredToo(context, id, say(context)) }))
    .filter(({ text }) => text !== '');
  const rank = ({ id }: { id: SymptomId }) => (DECISIVE.includes(id) ? DECISIVE.indexOf(id) : DECISIVE.length);
  const told = new Set([...clauses].sort((x, y) => rank(x) - rank(y)).slice(0, CLAUSES_MAX));
  return listed(clauses.filter((clause) => told.has(clause)).map(({ text }) => text));
}

/** What was concluded and not seen is called so; the sentences on killing say it themselves. */
function inferredToo(context: Context, id: SymptomId, clause: string): string {
  const inferred = context.symptom(id)?.certainty === 'inferred' && id !== 'oom-kill' && id !== 'database-killed';
  return inferred && clause !== '' ? `most likely ${clause}` : clause;
}

/** `; outcome` and the full stop. */
export function andThen(context: Context, except: readonly SymptomId[] = [], otherwise = ''): string {
  const followed = outcome(context, except) || otherwise;
  return followed === '' ? '.' : `; ${followed}.`;
}

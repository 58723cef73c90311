// From a dossier and its symptoms to the verdict: all causes are weighed, the best is followed to its effects, the others are answered.
import type { Dossier } from '../model/dossier.ts';
import { listed } from '../model/figures.ts';
import type { Symptom } from '../model/symptom.ts';
import { spanUnion, type TimeSpan } from '../model/time.ts';
import type { Cause, ChainLink, Rival, Verdict } from '../model/verdict.ts';
import { CAUSE_RULES } from './causes/index.ts';
import { chainFrom } from './chain.ts';
import { compromiseOf } from './compromise.ts';
import { type Hypothesis, SCORE_MIN } from './hypothesis.ts';
import { missingFor } from './missing.ts';
import { plansFor } from './plans.ts';
import { type Scene, sceneOf } from './scene.ts';

const RIVALS_MAX = 6;
/** Two hypotheses this close make each other doubtful. */
const CLOSE = 0.1;
/** A link that begins this long after the others have ended is an aftermath, not part of the incident's time. */
const AFTERMATH_MS = 30 * 60_000;

/** Pure: the same dossier and symptoms give the same verdict. */
export function diagnose(dossier: Dossier, symptoms: readonly Symptom[]): Verdict {
  const scene = sceneOf(dossier, symptoms);
  const hypotheses = CAUSE_RULES.flatMap((rule) => rule.weigh(scene)).sort((a, b) => b.score - a.score);
  const [best] = hypotheses;
  return best && best.score >= SCORE_MIN ? decided(scene, best, hypotheses) : open(scene, hypotheses);
}

function decided(scene: Scene, best: Hypothesis, hypotheses: readonly Hypothesis[]): Verdict {
  const chain = chainFrom(best.root, scene);
  const compromise = compromiseOf(scene);
  const rivals = rivalsOf(scene, best, chain, hypotheses);
  const span = incidentSpan(best, chain);
  return {
    cause: best.cause,
    confidence: confidenceOf(best, rivals),
    ...compromise,
    chain,
    rivals,
    missing: missingFor(scene, best.cause),
    culprits: best.culprits,
    ...(span && { span }),
    remarks: [...best.remarks, ...unexplained(scene, chain)],
    plans: plansFor({
      scene,
      cause: best.cause,
      chain,
      culprits: best.culprits,
      compromised: compromise.compromised === 'possible',
    }),
  };
}

/** No cause is believed: nothing is wrong, or the evidence does not say why. */
function open(scene: Scene, hypotheses: readonly Hypothesis[]): Verdict {
  const compromise = compromiseOf(scene);
  const cause: Cause = scene.harm ? 'unknown' : 'none';
  return {
    cause,
    confidence: scene.harm ? 0 : noneConfidence(scene),
    ...compromise,
    chain: [],
    rivals: hypotheses
      .slice(0, RIVALS_MAX)
      .map((one) => ({ cause: one.cause, score: one.score, lost: lostWords(one) })),
    missing: missingFor(scene, cause),
    culprits: [],
    ...(scene.harm && { span: scene.harm }),
    remarks: [],
    plans: plansFor({ scene, cause, chain: [], culprits: [], compromised: compromise.compromised === 'possible' }),
  };
}

/** The more was looked at, the more it means that nothing was found. */
function noneConfidence(scene: Scene): number {
  const { traffic, events, samples } = scene.dossier;
  return 0.5 + (traffic ? 0.2 : 0) + (events.length > 0 ? 0.15 : 0) + (samples.length > 1 ? 0.1 : 0);
}

/** The score, less when another explanation comes close. */
function confidenceOf(best: Hypothesis, rivals: readonly Rival[]): number {
  const next = Math.max(0, ...rivals.map(({ score }) => score));
  const crowding = Math.max(0, CLOSE - (best.score - next)) / CLOSE;
  return Math.min(0.97, Math.max(0, best.score - 0.15 * crowding));
}

function rivalsOf(
  scene: Scene,
  best: Hypothesis,
  chain: readonly ChainLink[],
  hypotheses: readonly Hypothesis[],
): Rival[] {
  const explained = new Set(chain.map(({ symptom }) => symptom));
  const rivals = new Map<Cause, Rival>();
  for (const one of hypotheses) {
    if (one.cause === best.cause || rivals.has(one.cause)) continue;
    const follows = one.root !== undefined && one.root !== best.root && explained.has(one.root);
    rivals.set(one.cause, {
      cause: one.cause,
      score: follows ? Math.min(one.score, best.score * 0.6) : one.score,
      lost: lostWords(one, follows),
    });
  }
  for (const rival of usualSuspects(scene, best))
    if (!rivals.has(rival.cause) && rival.cause !== best.cause) rivals.set(rival.cause, rival);
  return [...rivals.values()].sort((a, b) => b.score - a.score).slice(0, RIVALS_MAX);
}

function lostWords(one: Hypothesis, follows = false): string {
  const reasons = [...(follows ? ['it follows from the cause, as the chain shows'] : []), ...one.doubts];
  return reasons.length > 0 ? `${listed(reasons)}.` : 'it explains less of what was seen.';
}

/** What everybody would ask: is it an attack, a crowd, a break-in attempt, a hog? Answered also where nothing spoke for it. */
function usualSuspects(scene: Scene, best: Hypothesis): Rival[] {
  const view = scene.traffic;
  const suspects: Rival[] = [];
  const traffic = [
    'pingback-abuse',
    'request-flood',
    'login-brute-force',
    'aggressive-crawler',
    'vulnerability-scan',
    'distributed-flood',
  ].includes(best.cause);
  if (traffic && view && !scene.has('traffic-spike')) {
    suspects.push({ cause: 'flash-crowd', score: 0.05, lost: 'no more different visitors came than usual.' });
  }
  if (best.cause === 'pingback-abuse' && !scene.has('login-failures')) {
    suspects.push({
      cause: 'login-brute-force',
      score: 0.05,
      lost: 'a wrong password is answered with 403 bytes of body, and none of these replies has that size.',
    });
  }
  if (
    !traffic &&
    view &&
    !scene.has('request-flood', 'pingback-requests', 'login-failures', 'crawler-storm', 'scan-probes')
  ) {
    suspects.push({
      cause: 'request-flood',
      score: 0.05,
      lost: 'no address or network asked for more than a visitor does.',
    });
  }
  if (scene.has('database-killed', 'oom-kill') && !scene.has('service-crashed')) {
    suspects.push({
      cause: 'service-crashed',
      score: 0.05,
      lost: 'signal 9 comes from outside; a fault of its own ends by signal 6 or 11.',
    });
  }
  return suspects;
}

/** Harm that the chain does not reach is said, not hidden. */
function unexplained(scene: Scene, chain: readonly ChainLink[]): string[] {
  const explained = new Set<string>(chain.map(({ symptom }) => symptom.id));
  const left = [
    ...new Set(
      scene.symptoms.filter(({ id }) => LOUD.has(id) && !explained.has(id)).map(({ id }) => id.replaceAll('-', ' ')),
    ),
  ];
  return left.length > 0 ? [`Also seen, and not explained by this: ${listed(left)}.`] : [];
}

const LOUD = new Set([
  'site-error',
  'site-unreachable',
  'database-down',
  'database-killed',
  'database-restart-failed',
  'oom-kill',
  'tables-crashed',
  'service-crashed',
  'disk-full',
  'php-errors',
  'login-failures',
  'pingback-requests',
  'database-access-denied',
]);

function incidentSpan(best: Hypothesis, chain: readonly ChainLink[]): TimeSpan | undefined {
  let span = spanUnion([best.span, best.root?.span]);
  for (const { symptom } of chain.toSorted((a, b) => a.symptom.span.from - b.symptom.span.from)) {
    if (span && symptom.span.from <= span.to + AFTERMATH_MS) span = spanUnion([span, symptom.span]);
  }
  return span;
}

// The verdict in words: the one sentence that a client could be told, its title, and how sure it is.

import { count, listed, many, percent } from '../../model/figures.ts';
import type { Findings } from '../../model/findings.ts';
import type { Cause, Culprit, Rival, Verdict } from '../../model/verdict.ts';
import { HOUSE_CAUSES } from './causes-house.ts';
import { type CauseWords, TRAFFIC_CAUSES } from './causes-traffic.ts';
import { type Context, contextOf } from './context.ts';

/** What each cause is called in a headline. */
export const CAUSE_TITLES: { readonly [C in Cause]: string } = {
  'request-flood': 'Request flood from one source',
  'distributed-flood': 'Request flood from many sources',
  'login-brute-force': 'Password guessing',
  'pingback-abuse': 'Pingback abuse',
  'vulnerability-scan': 'Vulnerability scan',
  'aggressive-crawler': 'A robot crawls too hard',
  'flash-crowd': 'A crowd of real visitors',
  'slow-client-attack': 'Slow-client attack',
  'syn-flood': 'SYN flood',
  'worker-limit-too-high': 'Too many workers allowed for the memory',
  'memory-hog': 'Another process took the memory',
  'slow-backend': 'A service outside is slow',
  'slow-database': 'Slow or locked database queries',
  'connection-limit': 'Database connections used up',
  'database-access': 'The site is not let into its database',
  'database-wont-start': 'The database does not start',
  'service-crashed': 'A service crashed',
  'application-error': "The site's code fails",
  'disk-full': 'Disk full',
  'service-stopped': 'A service was stopped',
  none: 'Nothing is wrong',
  unknown: 'Not known: the evidence does not decide',
};

const OPEN_CAUSES: { readonly [C in 'none' | 'unknown']: CauseWords } = {
  none(context) {
    const { traffic, samples } = context.findings.dossier;
    const seen: string[] = [];
    if (traffic) {
      const { requests, failed } = traffic.whole.total;
      seen.push(`${many(requests, 'request')} (${failed === 0 ? 'none failed' : `${count(failed)} failed`})`);
    }
    if (samples.length > 0) seen.push(many(samples.length, 'sample of the host', 'samples of the host'));
    const span = context.findings.dossier.span;
    const when = span ? ` ${context.clock.during(span)}` : '';
    const from = seen.length > 0 ? `: ${listed(seen)} were looked at` : '';
    return `Nothing is wrong in what was recorded${when}${from}. If visitors saw a failure, it lies outside this time or outside these sources.`;
  },
  unknown(context) {
    const { symptoms, verdict } = context.findings;
    const ids = [...new Set(symptoms.map(({ id }) => id.replaceAll('-', ' ')))];
    const seen = ids.length > 0 ? ` It does show: ${listed(ids)}.` : '';
    const next = verdict.missing[0];
    const need = next ? ` What is missing most: ${next.what.replace(/\.$/, '')}; get it with: ${next.command}` : '';
    return `Why this happened can't be told from this evidence, and a guess could blame an innocent.${seen}${need}`;
  },
};

const SENTENCES: { readonly [C in Cause]: (context: Context) => string } = {
  ...TRAFFIC_CAUSES,
  ...HOUSE_CAUSES,
  ...OPEN_CAUSES,
};

/**
 * The one sentence (two for `none` and `unknown`) that a client could be told: when, who, what, and what came of it.
 * It may hold text from logs: escape it for where it is shown. The warning of a break-in is apart, in `warningSentence`.
 */
export function verdictSentence(findings: Findings): string {
  return SENTENCES[findings.verdict.cause](contextOf(findings));
}

/** What must be said before anything else: a guessed password was possibly accepted. `undefined` when there is no sign of it. */
export function warningSentence(verdict: Verdict): string | undefined {
  if (verdict.compromised !== 'possible') return undefined;
  return 'A GUESSED PASSWORD WAS POSSIBLY ACCEPTED: somebody who is not the owner may be logged in. Change the passwords and end all sessions first.';
}

/** What the evidence can't say about a break-in. `undefined` when that question doesn't arise. */
export function doubtSentence(verdict: Verdict): string | undefined {
  if (verdict.compromised !== 'unknown') return undefined;
  return 'Whether a guessed password was accepted, this evidence can not tell.';
}

/** "very sure, 93 %" */
export function confidenceWords(confidence: number): string {
  const words =
    confidence >= 0.9
      ? 'very sure'
      : confidence >= 0.75
        ? 'fairly sure'
        : confidence >= 0.5
          ? 'more likely than not'
          : confidence >= 0.25
            ? 'not sure'
            : 'hardly more than a guess';
  return `${words}, ${percent(confidence)}`;
}

/** What a culprit is called: what fills a disk is known by its path. */
export function culpritNoun({ kind, id }: Culprit): string {
  return id.startsWith('/') ? 'file or folder' : kind;
}

/** "98 % of the worker time: 3,412 worker-seconds in 138 requests" */
export function blameWords(culprit: Culprit): string {
  const traffic = culprit.kind === 'address' || culprit.kind === 'network';
  const of = traffic ? 'worker time' : culprit.kind === 'process' ? 'memory' : 'cost';
  const details: string[] = [];
  if (culprit.workerSeconds !== undefined) details.push(many(culprit.workerSeconds, 'worker-second'));
  if (culprit.requests !== undefined) details.push(many(culprit.requests, 'request'));
  const share = culprit.share > 0 ? `${percent(culprit.share)} of the ${of}` : '';
  return [share, details.join(' in ')].filter((part) => part !== '').join(': ');
}

/** What to say where nobody is named; `undefined` when the question doesn't arise. */
export function nobodyWords(cause: Cause): string | undefined {
  switch (cause) {
    case 'none':
      return undefined;
    case 'unknown':
      return 'Nobody can be named on this evidence.';
    case 'flash-crowd':
      return 'Nobody: these are visitors. Blocking them would do the harm that the outage did.';
    case 'worker-limit-too-high':
    case 'connection-limit':
      return 'Nobody: a setting does not fit this host.';
    case 'service-stopped':
      return 'Nobody: it was an orderly stop.';
    case 'syn-flood':
      return 'Nobody is named: the sender addresses of half-open connections can be forged.';
    default:
      return 'The evidence names nobody.';
  }
}

/** "Flash crowd (12 %): why it lost." */
export function rivalWords(rival: Rival): string {
  return `${CAUSE_TITLES[rival.cause]} (${percent(rival.score)}): ${rival.lost}`;
}

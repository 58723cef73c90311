// The answer: a warning if there must be one, the cause, how sure it is, one sentence, and who is to blame.
import type { Findings } from '../../model/findings.ts';
import type { Cause, Culprit } from '../../model/verdict.ts';
import type { Clock } from '../text/clock.ts';
import { inFlightWords } from '../words/in-flight.ts';
import {
  blameWords,
  CAUSE_TITLES,
  confidenceWords,
  culpritNoun,
  doubtSentence,
  nobodyWords,
  verdictSentence,
  warningSentence,
} from '../words/verdict.ts';
import { HEADINGS, hiddenWords, LABELS, zoneWords } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { quote, rest, section, tied } from './parts.ts';

const MOST = { warnings: 10, culprits: 20, facts: 10 };

/** Which of the three accents the page has. */
export function accentOf(cause: Cause): 'wrong' | 'fine' | 'open' {
  return cause === 'none' ? 'fine' : cause === 'unknown' ? 'open' : 'wrong';
}

export function warning({ verdict }: Findings): Markup | undefined {
  const sentence = warningSentence(verdict);
  if (sentence === undefined) return undefined;
  const { compromiseEvidence } = verdict;
  return html`
<aside class="alarm" aria-label="${LABELS.warning}">
<p>${sentence}</p>${compromiseEvidence.slice(0, MOST.warnings).map(quote)}${rest(compromiseEvidence.length, MOST.warnings, 'request')}
</aside>`;
}

export function answer(findings: Findings, clock: Clock): Markup {
  const { dossier, verdict } = findings;
  const span = verdict.span ?? dossier.span;
  const facts = [
    dossier.host.name ?? LABELS.unnamedHost,
    ...(span ? [clock.date(span.from)] : []),
    zoneWords(clock.zone, dossier.zone.assumed),
  ];
  const sure =
    verdict.cause === 'unknown' ? undefined : html`<p class="sure">${confidenceWords(verdict.confidence)}</p>`;
  const doubt = doubtSentence(verdict);
  return html`
<header>
<p class="facts">${facts.map((fact) => html`<span>${fact}</span> `)}</p>
<h1>${CAUSE_TITLES[verdict.cause]}</h1>
${sure}
<p class="answer">${tied(verdictSentence(findings))}</p>${verdict.remarks.map((remark) => html`\n<p>${tied(remark)}</p>`)}${doubt && html`\n<p class="doubt">${doubt}</p>`}
</header>`;
}

/** `undefined` where the question doesn't arise. */
export function blame({ verdict, dossier }: Findings): Markup | undefined {
  const nobody = nobodyWords(verdict.cause);
  const hidden = (dossier.traffic?.hiddenBehind ?? []).map(
    ({ address, why }) => html`\n<p><b class="id">${address}</b> ${hiddenWords(why)}</p>`,
  );
  if (verdict.culprits.length > 0) {
    const shown = verdict.culprits.slice(0, MOST.culprits).map(culpritItem);
    return section(
      'blame',
      HEADINGS.blame,
      html`<ul class="culprits">${shown}</ul>${rest(verdict.culprits.length, MOST.culprits, 'culprit')}${hidden}`,
    );
  }
  if (nobody === undefined || verdict.cause === 'unknown') return undefined;
  return section('blame', HEADINGS.blame, html`<p>${nobody}</p>${hidden}`);
}

/** Who holds which workers, of a live host or one that was sampled. */
export function inFlight({ dossier }: Findings, clock: Clock): Markup | undefined {
  const words = inFlightWords(dossier, clock);
  if (!words) return undefined;
  const lines = words.lines.map((line) => html`\n<li>${tied(line)}</li>`);
  return section('in-flight', words.heading, html`<p>${tied(words.summary)}</p>\n<ul>${lines}</ul>`);
}

function culpritItem(culprit: Culprit): Markup {
  const facts = culprit.facts.slice(0, MOST.facts).map((fact) => html`\n<p>${tied(fact)}</p>`);
  return html`
<li><p class="culprit"><span class="kind">${culpritNoun(culprit)}</span> <b class="id">${culprit.id}</b></p>
<p class="share">${tied(blameWords(culprit))}</p>${facts}${rest(culprit.facts.length, MOST.facts, 'fact')}</li>`;
}

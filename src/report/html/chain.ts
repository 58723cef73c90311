// The chain: each link with the arithmetic that leads to it and the lines that show it.
import type { Findings } from '../../model/findings.ts';
import type { Symptom } from '../../model/symptom.ts';
import type { ChainLink } from '../../model/verdict.ts';
import type { Clock } from '../text/clock.ts';
import { symptomSentence } from '../words/symptoms.ts';
import { HEADINGS, LABELS, linkWords } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { quote, rest, section, tied } from './parts.ts';

const MOST = { quotes: 6, loose: 20 };

/** Without a chain, what is wrong is told all the same; `undefined` when nothing is. */
export function chain({ verdict, symptoms, dossier }: Findings, clock: Clock): Markup | undefined {
  const sentence = (symptom: Symptom) => html`<p>${tied(symptomSentence(symptom, dossier, clock))}</p>`;
  if (verdict.chain.length > 0) {
    const links = verdict.chain.map(
      (link, i) => html`
<li id="link-${i + 1}">${sentence(link.symptom)}${because(link)}${quotes(link.symptom)}</li>`,
    );
    return section('chain', HEADINGS.chain, html`<ol class="chain">${links}</ol>`);
  }
  if (symptoms.length === 0) return undefined;
  const loose = symptoms.slice(0, MOST.loose).map((symptom) => html`\n<li>${sentence(symptom)}${quotes(symptom)}</li>`);
  return section(
    'chain',
    HEADINGS.seen,
    html`<ul class="loose">${loose}</ul>${rest(symptoms.length, MOST.loose, 'symptom')}`,
  );
}

function because({ after, because: reason }: ChainLink): Markup | undefined {
  if (reason === undefined && after === undefined) return undefined;
  const from = after === undefined ? undefined : html`<a href="#link-${after + 1}">${linkWords(after)}</a> `;
  return html`\n<p class="because">${from}${tied(reason ?? LABELS.follows)}</p>`;
}

function quotes({ evidence }: Symptom): Markup {
  return html`${evidence.slice(0, MOST.quotes).map(quote)}${rest(evidence.length, MOST.quotes, 'quote')}`;
}

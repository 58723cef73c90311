// The write-up as one web page: it holds all it needs, runs nothing, asks for nothing, and can be printed.
import type { Findings } from '../model/findings.ts';
import { chain } from './html/chain.ts';
import { grounds, missing, rivals } from './html/grounds.ts';
import { footerWords, LABELS } from './html/labels.ts';
import { asItIs, html, type Markup } from './html/markup.ts';
import { remedies } from './html/remedies.ts';
import { styleSheet } from './html/style.ts';
import { timelineSection } from './html/timeline.ts';
import { accentOf, answer, blame, inFlight, warning } from './html/verdict.ts';
import { type Clock, clockOf } from './text/clock.ts';
import { CAUSE_TITLES, verdictSentence } from './words/verdict.ts';

/**
 * The page as text that ends in a newline. Whatever stands in a log, none of it is markup; and were it, the page's
 * content security policy lets no script run and no address be called.
 */
export function htmlReport(findings: Findings): string {
  const { dossier, verdict } = findings;
  const clock = clockOf(dossier, verdict.span ?? dossier.span);
  return html`<!DOCTYPE html>
<html lang="en">
${head(findings)}
<body>
<main class="${accentOf(verdict.cause)}">${warning(findings)}${answer(findings, clock)}${blame(findings)}${inFlight(findings, clock)}${chain(findings, clock)}${timelineSection(findings, clock)}${remedies(findings)}${rivals(findings)}${missing(findings)}${grounds(findings, clock)}
${footer(findings, clock)}
</main>
</body>
</html>
`.markup;
}

function head(findings: Findings): Markup {
  const { verdict, dossier } = findings;
  const title = `${CAUSE_TITLES[verdict.cause]}: ${dossier.host.name ?? LABELS.unnamedHost}`;
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="generator" content="${LABELS.author}">
<meta name="description" content="${verdictSentence(findings)}">
<title>${title}</title>
<style>${asItIs(styleSheet())}</style>
</head>`;
}

function footer({ dossier }: Findings, { zone }: Clock): Markup {
  const { readAt } = dossier;
  const then = clockOf(dossier, { from: readAt, to: readAt });
  return html`<footer><p>${footerWords(then.date(readAt), then.time(readAt), zone)}</p></footer>`;
}

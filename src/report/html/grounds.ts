// What the verdict rests on, and what would shake it: rivals, missing evidence, sources, assumptions.

import type { Dossier, NotRecognised, SourceReport } from '../../model/dossier.ts';
import { count, percent } from '../../model/figures.ts';
import type { Findings } from '../../model/findings.ts';
import type { Clock } from '../text/clock.ts';
import { assumptionLines } from '../words/assumptions.ts';
import { capital } from '../words/context.ts';
import { readByWords } from '../words/read-by.ts';
import { CAUSE_TITLES } from '../words/verdict.ts';
import { COLUMNS, HEADINGS, LABELS, missingHeading, readWords, rivalsHeading, unreadableWords } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { commands, rest, section, tied, time } from './parts.ts';

const MOST = { sources: 200, skipped: 200, assumed: 100 };

export function rivals({ verdict }: Findings): Markup | undefined {
  if (verdict.rivals.length === 0) return undefined;
  const lost = verdict.rivals.map(
    (rival) => html`
<dt>${CAUSE_TITLES[rival.cause]} <span class="score">${percent(rival.score)}</span></dt><dd>${tied(capital(rival.lost))}</dd>`,
  );
  return section('rivals', rivalsHeading(verdict.cause), html`<dl class="rivals">${lost}</dl>`);
}

export function missing({ verdict }: Findings): Markup | undefined {
  if (verdict.missing.length === 0) return undefined;
  const wanted = verdict.missing.map(({ what, command }) => html`\n<li><p>${what}</p>${commands([command])}</li>`);
  return section('missing', missingHeading(verdict.cause), html`<ul class="missing">${wanted}</ul>`);
}

export function grounds(findings: Findings, clock: Clock): Markup {
  const { dossier } = findings;
  return section(
    'grounds',
    HEADINGS.grounds,
    sources(dossier, clock),
    skipped(dossier.notRecognised),
    assumed(findings),
  );
}

function sources({ sources: read }: Dossier, clock: Clock): Markup {
  if (read.length === 0) return html`<p>${LABELS.noSource}</p>`;
  const lines = read.reduce((sum, source) => sum + source.lines, 0);
  return html`<h3>${HEADINGS.sources}</h3>
<p>${readWords(read.length, lines)}</p>
<table class="sources"><thead><tr>${COLUMNS.sources.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${read.slice(0, MOST.sources).map((source) => sourceRow(source, clock))}</tbody></table>${rest(read.length, MOST.sources, 'source')}`;
}

function sourceRow(source: SourceReport, clock: Clock): Markup {
  const { path, title, lines, unreadable, span } = source;
  const by = readByWords(source);
  const bad = unreadable > 0 ? html`<br><span class="kind">${unreadableWords(unreadable)}</span>` : undefined;
  return html`
<tr><th scope="row"><span class="path">${path}</span><br><span class="kind">${title}${by && `, ${by}`}</span></th><td class="figure">${count(lines)}${bad}</td>
<td>${span && time(span.from, clock)}</td><td>${span && time(span.to, clock)}</td></tr>`;
}

function skipped(passedOver: readonly NotRecognised[]): Markup | undefined {
  if (passedOver.length === 0) return undefined;
  const rows = passedOver.slice(0, MOST.skipped).map(
    ({ path, reason, firstLine }) => html`
<tr><th scope="row"><span class="path">${path}</span></th><td>${reason}${firstLine === undefined ? undefined : html`<br><span class="kind">${LABELS.beginsWith}</span> <code>${firstLine}</code>`}</td></tr>`,
  );
  return html`
<h3>${HEADINGS.skipped}</h3>
<table class="skipped"><thead><tr>${COLUMNS.skipped.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>${rest(passedOver.length, MOST.skipped, 'file')}`;
}

function assumed(findings: Findings): Markup | undefined {
  const lines = assumptionLines(findings);
  if (lines.length === 0) return undefined;
  return html`
<h3>${HEADINGS.assumed}</h3>
<ul>${lines.slice(0, MOST.assumed).map((line) => html`<li>${line}</li>`)}</ul>${rest(lines.length, MOST.assumed, 'note')}`;
}

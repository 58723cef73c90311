// The report on a terminal, for three in the morning: the answer first, then why, then what to do, then what is open.
import type { Evidence } from '../model/evidence.ts';
import { count, many } from '../model/figures.ts';
import type { Findings } from '../model/findings.ts';
import type { ChainLink } from '../model/verdict.ts';
import { commandLines } from './terminal/commands.ts';
import { type Page, type Paint, pageOf } from './terminal/page.ts';
import { writePlot } from './terminal/plot-lines.ts';
import { type Clock, clockOf } from './text/clock.ts';
import { plain } from './text/escape.ts';
import { columns, cut, cutStart } from './text/wrap.ts';
import { assumptionLines } from './words/assumptions.ts';
import { inFlightWords } from './words/in-flight.ts';
import { readByCounts } from './words/read-by.ts';
import { reachSentence } from './words/remedy.ts';
import { symptomSentence } from './words/symptoms.ts';
import {
  blameWords,
  CAUSE_TITLES,
  confidenceWords,
  culpritNoun,
  doubtSentence,
  nobodyWords,
  rivalWords,
  verdictSentence,
  warningSentence,
} from './words/verdict.ts';

/** How many of each are shown; the rest is counted, and stands in the JSON report. */
const MOST = {
  culprits: 5,
  facts: 4,
  remedies: 8,
  commands: 20,
  rivals: 5,
  missing: 5,
  assumed: 10,
  skipped: 10,
  warnings: 5,
};

/**
 * The report as text that ends in a newline. No line is wider than `width` columns (taken as 40 to 120).
 * Whatever stands in a log, no control character but our own newlines, and with `colour` our own colours, is in it.
 */
export function terminalReport(findings: Findings, options: { width: number; colour: boolean }): string {
  const page = pageOf(options.width, options.colour);
  const clock = clockOf(findings.dossier, findings.verdict.span ?? findings.dossier.span);
  writeAnswer(page, findings, clock);
  writeBlame(page, findings);
  writeInFlight(page, findings, clock);
  writeChain(page, findings, clock);
  writePlot(page, findings);
  writeRemedies(page, findings);
  writeRivals(page, findings);
  writeMissing(page, findings);
  writeRead(page, findings);
  return page.done();
}

/** The answer, who is to blame and why: what a person needs before acting. */
export function terminalAnswer(findings: Findings, options: { width: number; colour: boolean }): string {
  const page = pageOf(options.width, options.colour);
  const clock = clockOf(findings.dossier, findings.verdict.span ?? findings.dossier.span);
  writeAnswer(page, findings, clock);
  writeBlame(page, findings);
  writeChain(page, findings, clock);
  return page.done();
}

function writeAnswer(page: Page, { dossier, verdict, ...rest }: Findings, clock: Clock): void {
  const warning = warningSentence(verdict);
  if (warning) {
    for (const line of alarmLines(page, warning)) page.raw(line);
    // The request that shows it is shown whole: everything hangs on it.
    for (const { file, line, text } of verdict.compromiseEvidence.slice(0, MOST.warnings)) {
      page.text(`${file}:${line}`, { first: ' ', paint: ['dim'] });
      page.text(text, { first: '   ', paint: ['bold'] });
    }
    writeRest(page, verdict.compromiseEvidence.length, MOST.warnings, 'request');
    page.blank();
  }
  const confidence = verdict.cause === 'unknown' ? '' : confidenceWords(verdict.confidence);
  const title = CAUSE_TITLES[verdict.cause].toUpperCase();
  const gap = page.width - columns(title) - columns(confidence) - 2;
  const painted = page.paint(
    title,
    'bold',
    verdict.cause === 'none' ? 'green' : verdict.cause === 'unknown' ? 'yellow' : 'red',
  );
  if (gap >= 2) page.raw(` ${painted}${' '.repeat(gap)}${page.paint(confidence, 'bold')}`);
  else {
    page.raw(` ${painted}`);
    if (confidence !== '') page.text(confidence, { first: ' ' });
  }
  const date = verdict.span ?? dossier.span;
  const facts = [dossier.host.name ?? 'host not named', ...(date ? [clock.date(date.from)] : [])];
  const zone = `times in ${clock.zone}${dossier.zone.assumed ? ' (assumed)' : ''}`;
  page.text([...facts, zone].join(', '), { first: ' ', paint: ['dim'] });
  page.blank();
  page.text(verdictSentence({ dossier, verdict, ...rest }), { first: ' ' });
  for (const remark of verdict.remarks) page.text(remark, { first: ' ' });
  const doubt = doubtSentence(verdict);
  if (doubt) page.text(doubt, { first: ' ', paint: ['yellow'] });
}

function alarmLines(page: Page, warning: string): string[] {
  const inner = page.width - 4;
  const box = pageOf(inner, false);
  box.text(warning);
  const lines = box.done().trimEnd().split('\n');
  const rule = '━'.repeat(page.width);
  const cut4 = (line: string) => cut(line, inner);
  return [rule, ...lines.map((line) => `!! ${cut4(line)}`), rule].map((line) => page.paint(line, 'alarm'));
}

function writeBlame(page: Page, { verdict }: Findings): void {
  const nobody = nobodyWords(verdict.cause);
  if (verdict.culprits.length === 0) {
    if (nobody === undefined || verdict.cause === 'unknown') return;
    page.heading('Who is to blame');
    page.text(nobody, { first: ' ' });
    return;
  }
  page.heading('Who is to blame');
  for (const culprit of verdict.culprits.slice(0, MOST.culprits)) {
    const id = plain(culprit.id);
    const words = blameWords(culprit);
    page.text(`${culpritNoun(culprit)} ${id}${words === '' ? '' : `, ${words}`}`, {
      first: ' ',
      rest: '   ',
      paint: ['bold'],
    });
    for (const fact of culprit.facts.slice(0, MOST.facts)) page.text(fact, { first: '   ' });
    writeRest(page, culprit.facts.length, MOST.facts, 'fact');
  }
  writeRest(page, verdict.culprits.length, MOST.culprits, 'culprit');
}

function writeInFlight(page: Page, { dossier }: Findings, clock: Clock): void {
  const words = inFlightWords(dossier, clock);
  if (!words) return;
  page.heading(words.heading);
  page.text(words.summary, { first: ' ' });
  for (const line of words.lines) page.text(line, { first: ' - ' });
}

function writeChain(page: Page, findings: Findings, clock: Clock): void {
  const { chain } = findings.verdict;
  if (chain.length === 0) {
    writeLooseSymptoms(page, findings, clock);
    return;
  }
  page.heading('How it came about');
  let shown = '';
  chain.forEach((link, i) => {
    page.text(symptomSentence(link.symptom, findings.dossier, clock), { first: `${(i + 1).toString().padStart(2)} ` });
    writeBecause(page, link);
    const [evidence] = link.symptom.evidence;
    const place = evidence ? `${evidence.file}:${evidence.line}` : '';
    // The same requests, seen from another side, rest on the same line.
    if (evidence && place !== shown) writeEvidence(page, evidence, '   ');
    shown = place;
  });
}

function writeBecause(page: Page, { after, because }: ChainLink): void {
  if (because === undefined && after === undefined) return;
  const from = after === undefined ? '' : `from ${after + 1}: `;
  page.text(`${from}${because ?? 'it follows in time.'}`, { first: '   └ ', paint: ['cyan'] });
}

/** Without a chain, what is wrong is told all the same. */
function writeLooseSymptoms(page: Page, { symptoms, dossier }: Findings, clock: Clock): void {
  if (symptoms.length === 0) return;
  page.heading('What was seen');
  for (const symptom of symptoms.slice(0, 10)) {
    page.text(symptomSentence(symptom, dossier, clock), { first: ' - ' });
    const [evidence] = symptom.evidence;
    if (evidence) writeEvidence(page, evidence, '   ');
  }
  writeRest(page, symptoms.length, 10, 'symptom');
}

/** `file:line  the quoted line`, on one line, cut to the width. */
function writeEvidence(
  page: Page,
  { file, line, text }: Evidence,
  indent: string,
  paint: readonly Paint[] = ['dim'],
): void {
  const place = cutStart(plain(`${file}:${line}`), Math.floor(page.width / 2));
  page.raw(`${indent}${page.paint(cut(`${place}  ${plain(text)}`, page.width - columns(indent)), ...paint)}`);
}

function writeRest(page: Page, total: number, shown: number, noun: string): void {
  if (total > shown)
    page.text(`and ${many(total - shown, `more ${noun}`)}: see --json`, { first: '   ', paint: ['dim'] });
}

function writeRemedies(page: Page, { remedies }: Findings): void {
  if (remedies.length === 0) return;
  page.heading('What to do now');
  remedies.slice(0, MOST.remedies).forEach(({ preview, reach }, i) => {
    page.text(preview.title, { first: `${(i + 1).toString().padStart(2)} `, paint: ['bold'] });
    for (const command of preview.commands.slice(0, MOST.commands)) {
      for (const line of command.split('\n').flatMap((one) => commandLines(one, page.width, '     '))) {
        page.raw(page.paint(line, 'green'));
      }
    }
    writeRest(page, preview.commands.length, MOST.commands, 'line');
    if (reach) page.text(reachSentence(reach), { first: '   ' });
    const [undo] = preview.undo;
    if (undo !== undefined) {
      const more = preview.undo.length > 1 ? ` (and ${many(preview.undo.length - 1, 'more command')})` : '';
      page.text(`Undo: ${undo}${more}`, { first: '   ', rest: '     ', paint: ['dim'] });
    }
  });
  writeRest(page, remedies.length, MOST.remedies, 'remedy');
}

function writeRivals(page: Page, { verdict }: Findings): void {
  if (verdict.rivals.length === 0) return;
  page.heading(verdict.cause === 'unknown' ? 'What was considered' : 'What it is not');
  for (const rival of verdict.rivals.slice(0, MOST.rivals)) page.text(rivalWords(rival), { first: ' - ' });
  writeRest(page, verdict.rivals.length, MOST.rivals, 'rival');
}

function writeMissing(page: Page, { verdict }: Findings): void {
  if (verdict.missing.length === 0) return;
  page.heading(verdict.cause === 'unknown' ? 'What would decide it' : 'What would make it surer');
  for (const { what, command } of verdict.missing.slice(0, MOST.missing)) {
    page.text(what, { first: ' - ' });
    for (const line of commandLines(command, page.width, '     ')) page.raw(page.paint(line, 'green'));
  }
  writeRest(page, verdict.missing.length, MOST.missing, 'piece');
}

/** What was read, what had to be assumed, what was not looked at. */
function writeRead(page: Page, { dossier, verdict }: Findings): void {
  const { sources, notRecognised } = dossier;
  const assumed = assumptionLines({ dossier, verdict });
  page.heading('What this rests on');
  const lines = sources.reduce((sum, source) => sum + source.lines, 0);
  const unreadable = sources.reduce((sum, source) => sum + source.unreadable, 0);
  const bad = unreadable > 0 ? `, ${count(unreadable)} of them unreadable` : '';
  const read =
    sources.length === 0
      ? 'Nothing was read.'
      : `${many(sources.length, 'source')} read, ${many(lines, 'line')}${bad}.`;
  const by = readByCounts(sources);
  page.text(by === undefined ? read : `${read} ${by}.`, { first: ' ' });
  for (const line of assumed.slice(0, MOST.assumed)) page.text(line, { first: ' - ' });
  writeRest(page, assumed.length, MOST.assumed, 'note');
  if (notRecognised.length === 0) return;
  page.text('NOT looked at, because not recognised:', { first: ' ', paint: ['yellow'] });
  for (const { path, reason, firstLine } of notRecognised.slice(0, MOST.skipped)) {
    page.text(`${path}: ${reason}`, { first: ' - ' });
    if (firstLine !== undefined) page.raw(`   ${page.paint(cut(plain(firstLine), page.width - 3), 'dim')}`);
  }
  writeRest(page, notRecognised.length, MOST.skipped, 'file');
}

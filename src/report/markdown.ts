// The write-up: a post-mortem in Markdown, every quote with its place, nothing from a log as markup.
import type { Evidence } from '../model/evidence.ts';
import { count, duration, many } from '../model/figures.ts';
import type { Findings } from '../model/findings.ts';
import type { SymptomId } from '../model/symptom.ts';
import { type Clock, clockOf } from './text/clock.ts';
import { markdownBlock, markdownCode, markdownText } from './text/escape.ts';
import { eventMoments, type Moment, shownSpan, timeline } from './timeline.ts';
import { assumptionLines } from './words/assumptions.ts';
import { capital } from './words/context.ts';
import type { Mark } from './words/events.ts';
import { inFlightWords } from './words/in-flight.ts';
import { readByWords } from './words/read-by.ts';
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

const TIMELINE_MAX = 40;
const EVIDENCE_MAX = 5;
const DONE_MAX = 20;

/** What visitors notice. */
const IMPACT: readonly SymptomId[] = ['site-error', 'site-slow', 'site-unreachable', 'database-down', 'tables-crashed'];
/** What an administrator or the service manager did about it. */
const DONE: readonly Mark[] = ['X', 'R', 'B', 'P'];

/** The post-mortem; it ends in a newline. */
export function markdownReport(findings: Findings): string {
  const clock = clockOf(findings.dossier, findings.verdict.span ?? findings.dossier.span);
  return `${[
    ...title(findings, clock),
    ...section('Summary', summary(findings)),
    ...section('Impact', impact(findings, clock)),
    ...section('What happened', happened(findings, clock)),
    ...section('Root cause', rootCause(findings)),
    ...inFlight(findings, clock),
    ...section('How we know', howWeKnow(findings, clock)),
    ...section('What was done', done(findings, clock)),
    ...section('What stays', stays(findings)),
    ...section('Open questions', openQuestions(findings)),
    ...section('Sources', sources(findings)),
  ].join('\n')}\n`;
}

/** Of a live host, or one that was sampled. */
function inFlight({ dossier }: Findings, clock: Clock): string[] {
  const words = inFlightWords(dossier, clock);
  return words ? section(words.heading, [markdownText(words.summary), '', ...words.lines.map(bullet)]) : [];
}

function section(name: string, lines: readonly string[]): string[] {
  return ['', `## ${name}`, '', ...lines];
}

function bullet(text: string): string {
  return `- ${markdownText(text)}`;
}

function quote({ file, line, text }: Evidence, indent = '  '): string {
  return `${indent}- ${markdownCode(`${file}:${line}`)}: ${markdownCode(text)}`;
}

function title({ dossier, verdict }: Findings, clock: Clock): string[] {
  const span = verdict.span ?? dossier.span;
  const when = span ? `, ${clock.date(span.from)}` : '';
  const lines = [`# ${markdownText(`${CAUSE_TITLES[verdict.cause]} on ${dossier.host.name ?? 'the server'}${when}`)}`];
  const warning = warningSentence(verdict);
  if (warning !== undefined) {
    lines.push(
      '',
      `**${markdownText(warning)}**`,
      '',
      ...verdict.compromiseEvidence.map((evidence) => quote(evidence, '')),
    );
  }
  const zone = `Times are in ${clock.zone}${dossier.zone.assumed ? ', which was assumed' : ''}.`;
  lines.push('', markdownText(zone));
  return lines;
}

function summary(findings: Findings): string[] {
  const { verdict } = findings;
  const lines = [markdownText(verdictSentence(findings))];
  for (const remark of verdict.remarks) lines.push('', markdownText(remark));
  const doubt = doubtSentence(verdict);
  if (doubt !== undefined) lines.push('', markdownText(doubt));
  lines.push('', `Cause class: ${markdownCode(verdict.cause)} (${markdownText(confidenceWords(verdict.confidence))}).`);
  return lines;
}

function impact({ symptoms, verdict, dossier }: Findings, clock: Clock): string[] {
  const known = symptoms.length > 0 ? symptoms : verdict.chain.map(({ symptom }) => symptom);
  const felt = known.filter(({ id }) => IMPACT.includes(id));
  const lines = felt.map((symptom) => bullet(symptomSentence(symptom, dossier, clock)));
  if (verdict.span && verdict.span.to > verdict.span.from && felt.length > 0) {
    lines.push(bullet(`The incident lasted ${duration((verdict.span.to - verdict.span.from) / 1000)}.`));
  }
  return lines.length > 0 ? lines : ['No effect on visitors is in the record.'];
}

function happened(findings: Findings, clock: Clock): string[] {
  const span = shownSpan(findings);
  const moments = timeline(findings, TIMELINE_MAX, clock, span);
  if (moments.length === 0) return ['The record has no event with a time.'];
  return moments.map((moment) => momentLine(moment, clock));
}

function momentLine(moment: Moment, clock: Clock): string {
  const again = moment.count > 1 ? ` (${count(moment.count)} times until ${clock.time(moment.until)})` : '';
  const text = moment.mark === undefined ? moment.text : `${capital(moment.text)}${again}.`;
  return `- **${clock.time(moment.at)}** ${markdownText(text)}`;
}

function rootCause({ verdict, dossier }: Findings): string[] {
  const lines = [`${markdownText(CAUSE_TITLES[verdict.cause])}.`];
  const nobody = nobodyWords(verdict.cause);
  if (verdict.culprits.length === 0) {
    if (nobody !== undefined) lines.push('', markdownText(nobody));
    return lines;
  }
  lines.push('', 'To blame:', '');
  for (const culprit of verdict.culprits) {
    const words = blameWords(culprit);
    lines.push(
      `- ${culpritNoun(culprit)} ${markdownCode(culprit.id)}${words === '' ? '' : `, ${markdownText(words)}`}`,
    );
    for (const fact of culprit.facts) lines.push(`  - ${markdownText(fact)}`);
  }
  const hidden = dossier.traffic?.hiddenBehind ?? [];
  for (const { address, why } of hidden)
    lines.push(`- ${markdownCode(address)} hides who is behind it: ${markdownText(why)}`);
  return lines;
}

function howWeKnow({ verdict, dossier, symptoms }: Findings, clock: Clock): string[] {
  const links = verdict.chain.length > 0 ? verdict.chain : symptoms.map((symptom) => ({ symptom }));
  if (links.length === 0) return ['No symptom was found.'];
  const lines: string[] = [];
  links.forEach((link, i) => {
    const { symptom } = link;
    lines.push(`${i + 1}. ${markdownText(symptomSentence(symptom, dossier, clock))}`);
    if ('because' in link && link.because !== undefined) {
      const from = link.after === undefined ? '' : `From ${link.after + 1}: `;
      lines.push(`   - ${from}${markdownText(link.because)}`);
    }
    for (const evidence of symptom.evidence.slice(0, EVIDENCE_MAX)) lines.push(quote(evidence, '   '));
  });
  if (verdict.rivals.length > 0) {
    lines.push('', 'What else was considered, and why it lost:', '');
    for (const rival of verdict.rivals) lines.push(bullet(rivalWords(rival)));
  }
  return lines;
}

function done(findings: Findings, clock: Clock): string[] {
  const begin = findings.verdict.span?.from ?? findings.dossier.span?.from;
  const end = findings.dossier.span?.to;
  const span = begin !== undefined && end !== undefined && end >= begin ? { from: begin, to: end } : undefined;
  const acts = eventMoments(findings, span).filter(({ mark }) => mark !== undefined && DONE.includes(mark));
  if (acts.length === 0) return ['The record shows no act of an administrator.'];
  const lines = acts.slice(0, DONE_MAX).map((moment) => momentLine(moment, clock));
  if (acts.length > DONE_MAX) lines.push(`- and ${many(acts.length - DONE_MAX, 'more')}`);
  return lines;
}

function stays({ remedies }: Findings): string[] {
  if (remedies.length === 0) return ['Nothing is recommended.'];
  const lines: string[] = [];
  remedies.forEach(({ plan, preview, reach }, i) => {
    lines.push(`${i + 1}. **${markdownText(preview.title)}**`, '', `   ${markdownText(plan.reason)}`, '');
    if (preview.commands.length > 0) lines.push(...markdownBlock(preview.commands, 'sh', '   '), '');
    if (reach) lines.push(`   ${markdownText(reachSentence(reach))}`, '');
    if (preview.undo.length > 0) lines.push('   To take it back:', '', ...markdownBlock(preview.undo, 'sh', '   '), '');
  });
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function openQuestions({ verdict, dossier }: Findings): string[] {
  const lines: string[] = [];
  for (const { what, command } of verdict.missing)
    lines.push(`${bullet(what.replace(/\.$/, ''))}: ${markdownCode(command)}`);
  if (verdict.compromised === 'unknown') lines.push(bullet('Whether a guessed password was accepted.'));
  for (const line of assumptionLines({ dossier, verdict })) lines.push(bullet(line));
  return lines.length > 0 ? lines : ['None.'];
}

function sources({ dossier }: Findings): string[] {
  const lines = dossier.sources.map(
    (source) =>
      `- ${markdownCode(source.path)}: ${markdownText([source.title, many(source.lines, 'line'), readByWords(source)].filter((words) => words !== undefined).join(', '))}`,
  );
  for (const { path, reason, firstLine } of dossier.notRecognised) {
    const first = firstLine === undefined ? '' : `; it begins ${markdownCode(firstLine)}`;
    lines.push(`- ${markdownCode(path)} was **not looked at**: ${markdownText(reason)}${first}`);
  }
  return lines.length > 0 ? lines : ['Nothing was read.'];
}

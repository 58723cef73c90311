// The report of a capture on a terminal: what they send, who does, why we say so, what helps, and what is kept of it.
import type { CaptureFindings, CaptureSender } from '../model/capture-verdict.ts';
import { count, many, quoted, some } from '../model/figures.ts';
import { commandLines } from './terminal/commands.ts';
import { type Page, pageOf } from './terminal/page.ts';
import { columns, cut } from './text/wrap.ts';
import {
  adviceLines,
  CAPTURE_TITLES,
  captureSentence,
  exampleLine,
  letInSentence,
  reasonSentence,
  replySentence,
  SENDER_NOUNS,
  surenessWords,
  wayLines,
} from './words/capture.ts';

const MOST = { senders: 10, users: 12, victims: 12 };

/** Text that ends in a newline, no line wider than `width` columns; whatever was sent, nothing in it steers a terminal. */
export function captureReport(findings: CaptureFindings, options: { width: number; colour: boolean }): string {
  const page = pageOf(options.width, options.colour);
  const { verdict } = findings;
  const letIn = letInSentence(findings);
  if (letIn !== undefined) page.text(letIn, { first: '!! ', paint: ['alarm'] });
  writeTitle(page, findings);
  page.text(captureSentence(findings), { first: ' ' });
  writeNames(page, 'Users that were tried', verdict.users, MOST.users);
  writeNames(page, 'Who is attacked through this site', verdict.victims, MOST.victims);
  writeSenders(page, findings);
  if (findings.examples.length > 0) {
    page.heading('What they send');
    for (const example of findings.examples) page.text(exampleLine(example), { first: ' ', rest: '   ' });
  }
  const advice = adviceLines(findings);
  if (advice.length > 0) page.heading('What to do');
  for (const { text, command } of advice) {
    page.text(text, { first: ' - ' });
    if (command === undefined) continue;
    for (const line of commandLines(command, page.width, '     ')) page.raw(page.paint(line, 'green'));
  }
  page.heading('How it was looked');
  for (const line of [...wayLines(findings), ...findings.notes, findings.kept]) page.text(line, { first: ' - ' });
  return page.done();
}

function writeTitle(page: Page, { verdict }: CaptureFindings): void {
  const title = CAPTURE_TITLES[verdict.kind].toUpperCase();
  const sure = verdict.kind === 'nothing' ? '' : surenessWords(verdict.sureness);
  const colour = { nothing: 'yellow', unclear: 'yellow', legitimate: 'green' }[verdict.kind as string] ?? 'red';
  const painted = page.paint(cut(title, page.width - 1), 'bold', colour as 'yellow' | 'green' | 'red');
  const gap = page.width - columns(title) - columns(sure) - 2;
  if (gap >= 2) page.raw(` ${painted}${' '.repeat(gap)}${page.paint(sure, 'bold')}`);
  else {
    page.raw(` ${painted}`);
    page.text(sure, { first: ' ' });
  }
  page.blank();
}

function writeNames(page: Page, title: string, names: CaptureFindings['verdict']['users'], most: number): void {
  if (names.length === 0) return;
  page.heading(title);
  const shown = names.slice(0, most).map(({ name, count: times }) => `${quoted(name, 60)} ${count(times)}`);
  page.text(some(shown, names.length, most), { first: ' ' });
}

function writeSenders(page: Page, { verdict }: CaptureFindings): void {
  if (verdict.senders.length === 0) return;
  page.heading('Who sends');
  for (const sender of verdict.senders.slice(0, MOST.senders)) writeSender(page, sender);
  const more = verdict.senders.length + verdict.moreSenders - MOST.senders;
  if (more > 0) page.text(`and ${many(more, 'more sender')}: see --json`, { first: '   ', paint: ['dim'] });
}

function writeSender(page: Page, sender: CaptureSender): void {
  const harm = !['client', 'visitor', 'unclear'].includes(sender.kind);
  const sure = sender.kind === 'unclear' ? '' : `, ${surenessWords(sender.sureness)}`;
  page.text(`${sender.address}: ${SENDER_NOUNS[sender.kind]} (${many(sender.requests, 'request')}${sure})`, {
    first: ' ',
    rest: '   ',
    paint: harm ? ['bold'] : [],
  });
  for (const reason of sender.reasons) page.text(reasonSentence(reason), { first: '   ' });
  const reply = harm ? replySentence(sender) : undefined;
  if (reply !== undefined) page.text(reply, { first: '   ', paint: ['dim'] });
  const [agent] = sender.agents;
  if (agent)
    page.text(`Its user agent, which anyone can forge: ${quoted(agent.name, 120)}.`, { first: '   ', paint: ['dim'] });
}

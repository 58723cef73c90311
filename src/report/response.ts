// A response as it goes on, on a terminal: what each step would do, what became of it, and whether the site is well again.
import type { Change, Prepared } from '../model/act.ts';
import { many } from '../model/figures.ts';
import type { Calm, ResponsePlan, ResponseStep, StepReport } from '../model/response.ts';
import { commandLines } from './terminal/commands.ts';
import { type Page, pageOf } from './terminal/page.ts';
import { calmSentence, outcomeWords, STAGE_WORDS, unsureWords } from './words/response.ts';

export interface Look {
  readonly width: number;
  readonly colour: boolean;
}

/** `lines`: exactly what will be run and written. */
export interface ShownStep {
  readonly number: number;
  readonly of: number;
  readonly step: ResponseStep;
  readonly prepared: Prepared;
  readonly lines: readonly string[];
}

const LINES_MOST = 24;

/** A page that begins with an empty line: it follows others. */
function sectionOf({ width, colour }: Look): Page {
  const page = pageOf(width, colour);
  page.raw('');
  return page;
}

export function stepText({ number, of, step, prepared, lines }: ShownStep, look: Look): string {
  const page = sectionOf(look);
  page.heading(`Step ${number} of ${of}: ${STAGE_WORDS[step.stage]}`);
  page.text(prepared.title, { first: ' ', paint: ['bold'] });
  page.text(step.plan.reason, { first: '   ' });
  for (const line of lines.slice(0, LINES_MOST)) {
    const [, spaces = '', text = ''] = /^( *)(.*)$/.exec(line) ?? [];
    page.text(text, { first: `     ${spaces}`, rest: `         ${spaces}`, paint: ['green'] });
  }
  if (lines.length > LINES_MOST)
    page.text(`and ${many(lines.length - LINES_MOST, 'more line')}: see --json`, { first: '     ', paint: ['dim'] });
  for (const note of prepared.notes) page.text(note, { first: '   ', paint: ['dim'] });
  return page.done();
}

/** A step that was not shown just before is named: one that was not taken, or that is looked at `again`. */
export function outcomeText({ step, prepared, outcome }: StepReport, look: Look, again?: 'again'): string {
  const page = pageOf(look.width, look.colour);
  const good = outcome.kind === 'done';
  const bad = outcome.kind === 'failed' || outcome.kind === 'unproved';
  const title = prepared && !again ? '' : `${prepared?.title ?? step.title}: `;
  page.text(`${title}${outcomeWords(outcome)}`, {
    first: ' ',
    rest: '   ',
    paint: [good ? 'green' : bad ? 'red' : 'yellow'],
  });
  if (outcome.kind === 'done' || outcome.kind === 'unproved')
    for (const { ok, text } of outcome.proofs)
      page.text(text, { first: ok ? '   ✓ ' : '   ✗ ', paint: ok ? [] : ['red'] });
  return page.done();
}

/** What is not done here, and why. Empty when there is nothing of the kind. */
export function leftOutText({ unsure, byHand }: ResponsePlan, look: Look): string {
  const page = sectionOf(look);
  if (unsure.length > 0) {
    page.heading('Not done without being asked');
    page.text(unsureWords(unsure), { first: ' ' });
  }
  if (byHand.length > 0) {
    page.heading('Left to you');
    for (const { preview } of byHand) writeByHand(page, preview);
  }
  return unsure.length + byHand.length > 0 ? page.done() : '';
}

function writeByHand(page: Page, preview: { readonly title: string; readonly commands: readonly string[] }): void {
  page.text(preview.title, { first: ' - ' });
  for (const command of preview.commands.slice(0, LINES_MOST))
    for (const line of command.split('\n').flatMap((one) => commandLines(one, page.width, '     ')))
      page.raw(page.paint(line, 'green'));
}

/** Before the next round. */
export function againText(look: Look): string {
  const page = sectionOf(look);
  page.heading('Looking again');
  page.text('Now that it is at work again, it can be seen who holds the workers.', { first: ' ' });
  page.raw('');
  return `${page.done()}\n`;
}

export function calmText(calm: Calm, look: Look): string {
  const page = sectionOf(look);
  page.heading(calm.well ? 'The site is well again' : 'The site is not well yet');
  page.text(calmSentence(calm), { first: ' ' });
  for (const { well, text } of calm.signs)
    page.text(text, { first: well ? '   ✓ ' : '   ✗ ', paint: well ? [] : ['red'] });
  return page.done();
}

/** What was changed stands until it is undone: by which command. Empty when nothing was. */
export function undoText(reports: readonly StepReport[], look: Look): string {
  const acts = reports.flatMap(({ outcome, prepared }) =>
    (outcome.kind === 'done' || outcome.kind === 'unproved') && prepared?.changes.some(stands)
      ? [{ act: outcome.act, title: prepared.title }]
      : [],
  );
  if (acts.length === 0) return '';
  const page = sectionOf(look);
  page.heading('What stands now, and how it is taken back');
  for (const { act, title } of acts) {
    page.text(title, { first: ' - ' });
    page.raw(`     ${page.paint(`seawall undo ${act}`, 'green')}`);
  }
  return page.done();
}

/** A restart and a start are over; a file and a ban stay. */
function stands({ kind }: Change): boolean {
  return kind === 'file' || kind === 'ban';
}

// `seawall acts` and `seawall undo`: what was done on this host, and taking it back.
import { z } from 'zod';
import type { Act } from '../model/act.ts';
import { canTakeBack, takeBack } from '../remedies/acting/carry-out.ts';
import { describeChanges } from '../remedies/acting/describe.ts';
import { OptionError } from '../sources/given.ts';
import { lookIntoStore, stateFolder } from '../store/index.ts';
import { actData, moment } from './act-text.ts';
import { agreed, print, printJson, type Session, say, toldWhenItFails, withSession } from './acting.ts';
import { EXIT } from './exit.ts';

const ACTS = z.object({ json: z.boolean().optional() });
const UNDO = z.object({ last: z.boolean().optional(), yes: z.boolean().optional(), json: z.boolean().optional() });

type UndoOptions = z.infer<typeof UNDO>;

/** @throws OptionError for what a person gave wrongly. */
export async function actsCommand(text: string | undefined, given: unknown): Promise<number> {
  const { json } = ACTS.parse(given);
  const id = text === undefined ? undefined : idOption(text);
  return await toldWhenItFails(async () => {
    const store = await lookIntoStore(stateFolder(process.env));
    try {
      const acts = store?.journal.acts() ?? [];
      const chosen = id === undefined ? acts : acts.filter((act) => act.id === id);
      if (id !== undefined && chosen.length === 0) {
        say(`there is no act ${id}: "seawall acts" lists those that are kept.`);
        return EXIT.wrong;
      }
      if (json) printJson({ acts: chosen.map(actData) });
      else if (chosen.length === 0) print('Nothing was done yet.');
      else for (const act of chosen) for (const line of id === undefined ? [lineOf(act)] : detailsOf(act)) print(line);
      return EXIT.done;
    } finally {
      store?.close();
    }
  }, EXIT.unknown);
}

/** @throws OptionError for what a person gave wrongly. */
export async function undoCommand(text: string | undefined, given: unknown): Promise<number> {
  const options = UNDO.parse(given);
  if ((text === undefined) === (options.last !== true))
    throw new OptionError('undo: name the act, or give --last for the latest one. "seawall acts" lists them.');
  const id = text === undefined ? undefined : idOption(text);
  return await withSession('undo', (session) => undo(id, options, session));
}

async function undo(id: number | undefined, options: UndoOptions, session: Session): Promise<number> {
  const { store, acting } = session;
  const act = id === undefined ? store.journal.acts().find(canTakeBack) : store.journal.act(id);
  if (!act) {
    const text =
      id === undefined
        ? 'there is nothing that can be taken back.'
        : `there is no act ${id}: "seawall acts" lists them.`;
    if (options.json) printJson({ done: false, trouble: text });
    else say(text);
    return EXIT.wrong;
  }
  if (!canTakeBack(act)) {
    const text = `act ${act.id} is ${act.state}: there is nothing of it to take back.`;
    if (options.json) printJson({ done: act.state === 'undone', act: actData(act), trouble: text });
    else say(text);
    return act.state === 'undone' ? EXIT.done : EXIT.wrong;
  }
  if (!options.json && !options.yes) for (const line of detailsOf(act)) print(line);
  if (!(await agreed(`Take back act ${act.id} (${act.prepared.title})?`, options.yes))) return EXIT.usage;
  const now = await takeBack(act, acting);
  if (options.json) printJson({ done: now.state === 'undone', act: actData(now), putRight: session.putRight });
  else if (now.state === 'undone') print(`Taken back: act ${act.id} (${act.prepared.title}).`);
  else say(`act ${act.id} (${act.prepared.title}): ${now.trouble ?? now.state} To try again: seawall undo ${act.id}`);
  return now.state === 'undone' ? EXIT.done : EXIT.wrong;
}

function idOption(text: string): number {
  if (/^\d{1,15}$/.test(text) && Number(text) > 0) return Number(text);
  throw new OptionError(`${JSON.stringify(text.slice(0, 60))}: no number of an act. "seawall acts" lists them.`);
}

function lineOf(act: Act): string {
  const trouble = act.trouble === undefined ? '' : `\n      ${act.trouble}`;
  return `${String(act.id).padStart(4)}  ${moment(act.createdAt)}  ${act.state.padEnd(7)}  ${act.prepared.title}  (${act.by}: ${act.plan.reason})${trouble}`;
}

function detailsOf(act: Act): string[] {
  return [
    lineOf(act),
    ...act.prepared.notes.map((note) => `      ${note}`),
    ...describeChanges(act.prepared.changes, act.createdAt).map((line) => `      ${line}`),
  ];
}

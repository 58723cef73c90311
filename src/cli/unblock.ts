// `seawall unblock`: ends bans before their time.
import { z } from 'zod';
import type { Ban, Prepared, UnblockPlan } from '../model/act.ts';
import { carryOut } from '../remedies/acting/carry-out.ts';
import { contains, overlaps, rangeFrom } from '../remedies/firewall/ranges.ts';
import { parseTargets } from '../remedies/live/block.ts';
import { namely } from '../remedies/shell.ts';
import { OptionError } from '../sources/given.ts';
import { actData } from './act-text.ts';
import { agreed, print, printJson, type Session, say, withSession } from './acting.ts';
import { EXIT } from './exit.ts';

const OPTIONS = z.object({
  all: z.boolean().optional(),
  reason: z.string().optional(),
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
});

type Options = z.infer<typeof OPTIONS>;

/** @throws OptionError for what a person gave wrongly. */
export async function unblockCommand(texts: readonly string[], given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  const { targets, unreadable } = parseTargets(texts);
  if (unreadable[0] !== undefined)
    throw new OptionError(
      `unblock: no address or network: ${JSON.stringify(unreadable[0].slice(0, 60))}. Nothing was changed.`,
    );
  if (options.all === true ? targets.length > 0 : targets.length === 0)
    throw new OptionError('unblock: name addresses or networks, or give --all; not both. "seawall bans" lists them.');
  const wanted = options.all ? undefined : targets.map((target) => target.text);
  return await withSession('unblock', (session) => unblock(wanted, options, session));
}

async function unblock(wanted: readonly string[] | undefined, options: Options, session: Session): Promise<number> {
  const { store, host, acting } = session;
  const bans = store.bans.bans(host.now());
  const { lifted, trouble } = choose(wanted, bans);
  if (lifted.length === 0) {
    if (options.json) printJson({ done: false, lifted, trouble });
    else for (const line of trouble.length > 0 ? trouble : ['nothing is blocked.']) say(line);
    return trouble.length > 0 ? EXIT.wrong : EXIT.done;
  }
  const plan: UnblockPlan = { kind: 'unblock', targets: lifted, reason: options.reason ?? 'by hand' };
  const prepared: Prepared = {
    title: `Let ${namely(lifted)} in again`,
    changes: [{ kind: 'unban', targets: lifted }],
    notes: trouble,
  };
  if (!options.json && !options.yes)
    for (const line of [prepared.title, ...trouble.map((one) => `  ${one}`)]) print(line);
  if (!(await agreed(`${prepared.title}?`, options.yes))) return EXIT.usage;
  const act = await carryOut(store.journal.plan(plan, prepared, host.now()), acting);
  if (options.json)
    printJson({ done: act.state === 'done', act: actData(act), lifted, trouble, putRight: session.putRight });
  else if (act.state === 'done') {
    print(`Done (act ${act.id}): ${lifted.length} no longer blocked.`);
    for (const line of trouble) print(`  ${line}`);
  } else say(`${prepared.title}: it failed. ${act.trouble ?? ''}`);
  return act.state === 'done' && trouble.length === 0 ? EXIT.done : EXIT.wrong;
}

/** A network stands for all that is blocked in it; without any, all that is blocked. */
function choose(wanted: readonly string[] | undefined, bans: readonly Ban[]): { lifted: string[]; trouble: string[] } {
  const known = new Map(
    bans.flatMap(({ target }) => {
      const range = rangeFrom(target);
      return range ? [[target, range] as const] : [];
    }),
  );
  if (wanted === undefined) return { lifted: [...known.keys()], trouble: [] };
  const lifted = new Set<string>();
  const trouble: string[] = [];
  for (const text of wanted) {
    const range = rangeFrom(text);
    if (!range) continue;
    const inside = [...known].filter(([, other]) => contains(range, other)).map(([target]) => target);
    for (const target of inside) lifted.add(target);
    const around = [...known]
      .filter(([, other]) => overlaps(range, other) && !contains(range, other))
      .map(([target]) => target);
    if (around.length > 0)
      trouble.push(
        `${text} stays blocked by ${around.join(', ')}: unblock that, or block narrower networks in its place.`,
      );
    else if (inside.length === 0) trouble.push(`${text} is not blocked.`);
  }
  return { lifted: [...lifted], trouble };
}

// `seawall block`: drops what comes from addresses and networks, after looking at who must not be hit, and proves it.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import type { Act, Proof } from '../model/act.ts';
import type { PlanOf } from '../model/remedy.ts';
import { carryOut } from '../remedies/acting/carry-out.ts';
import { describeChanges } from '../remedies/acting/describe.ts';
import { type BlockPrepared, liveBlock, parseTargets, prepareBlock, refusalText } from '../remedies/live/block.ts';
import { OptionError } from '../sources/given.ts';
import { showProofs } from './act-on.ts';
import { actData } from './act-text.ts';
import { agreed, neverOptions, print, printJson, type Session, say, toldWhenItFails, withSession } from './acting.ts';
import { reasonOption } from './common-options.ts';
import { EXIT } from './exit.ts';

const OPTIONS = z.object({
  for: z.string().optional(),
  reason: z.string().optional(),
  watch: z.string().optional(),
  file: z.string().optional(),
  dryRun: z.boolean().optional(),
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
});

type Options = z.infer<typeof OPTIONS>;

const HOUR = 3600;
const MONTH = 30 * 86_400;
const LIST_MAX = 64 << 20;

/** @throws OptionError for what a person gave wrongly. */
export async function blockCommand(texts: readonly string[], given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  watchOption(options.watch);
  const plan: PlanOf<'block'> = {
    kind: 'block',
    targets: targetsOf(texts, options.file),
    forSeconds: secondsOption(options.for),
    reason: reasonOption(options.reason),
  };
  if (options.dryRun) return await toldWhenItFails(() => dryRun(plan, options));
  return await withSession('block', (session) => block(plan, options, session));
}

async function dryRun(plan: PlanOf<'block'>, options: Options): Promise<number> {
  const found = await prepareBlock(plan, liveHost, neverOptions());
  if (options.json) printJson({ dryRun: true, ...foundData(found) });
  else show(found);
  return found.prepared && found.refused.length === 0 ? EXIT.done : EXIT.wrong;
}

async function block(plan: PlanOf<'block'>, options: Options, session: Session): Promise<number> {
  const { acting, store, host } = session;
  const watch = watchOption(options.watch);
  const found = await prepareBlock(plan, host, { ...neverOptions(), known: (at) => store.bans.bans(at) });
  const { prepared, refused } = found;
  if (!prepared) {
    if (options.json) printJson({ done: false, ...foundData(found) });
    else show(found);
    return EXIT.wrong;
  }
  if (!options.json && !options.yes) show(found);
  if (!(await agreed(`${prepared.title}?`, options.yes))) return EXIT.usage;
  const act = await carryOut(store.journal.plan(plan, prepared, host.now()), acting);
  const proofs =
    act.state === 'done' ? await liveBlock({ ...neverOptions(), ...watch }).verify(plan, prepared, host) : [];
  if (options.json)
    printJson({
      done: act.state === 'done',
      act: actData(act),
      ...foundData(found),
      proofs,
      putRight: session.putRight,
    });
  else report(act, found, proofs);
  return act.state === 'done' && refused.length === 0 && proofs.every((proof) => proof.ok) ? EXIT.done : EXIT.wrong;
}

function foundData({ prepared, refused }: BlockPrepared) {
  return {
    ...(prepared && { title: prepared.title, notes: prepared.notes }),
    ...(prepared && { commands: describeChanges(prepared.changes, Date.now()) }),
    refused: refused.map(({ target, why, instead }) => ({ target: target.text, why, instead })),
  };
}

function show({ prepared, refused }: BlockPrepared): void {
  if (!prepared) {
    for (const one of refused.slice(0, 20)) say(refusalText(one));
    if (refused.length > 20) say(`and ${refused.length - 20} more.`);
    if (refused.length === 0) say('there is nothing to block.');
    return;
  }
  print(prepared.title);
  for (const note of prepared.notes) print(`  ${note}`);
  for (const line of describeChanges(prepared.changes, Date.now())) print(`    ${line}`);
}

function report(act: Act, { prepared, refused }: BlockPrepared, proofs: readonly Proof[]): void {
  if (act.state !== 'done') {
    say(`${act.prepared.title}: it failed. ${act.trouble ?? ''}`);
    return;
  }
  print(`Done (act ${act.id}): ${act.prepared.title}.`);
  for (const note of prepared?.notes ?? []) print(`  ${note}`);
  showProofs(proofs);
  if (refused.length > 0) say(`${refused.length} of those that were named are not blocked: see above.`);
  print(`  Taken back with: seawall undo ${act.id}`);
}

function targetsOf(texts: readonly string[], file: string | undefined): string[] {
  const listed = file === undefined ? [] : listIn(file);
  const { targets, unreadable } = parseTargets([...texts, ...listed]);
  if (unreadable.length > 0) {
    const some = unreadable.slice(0, 5).map((text) => JSON.stringify(text.slice(0, 60)));
    throw new OptionError(
      `block: no address or network: ${some.join(', ')}${unreadable.length > 5 ? ` and ${unreadable.length - 5} more` : ''}. Nothing was changed. Give 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48.`,
    );
  }
  if (targets.length === 0)
    throw new OptionError(
      'block: whom? Name addresses or networks, or a list of them with --file LIST (- is standard input).',
    );
  return targets.map((target) => target.text);
}

/** One a line; what follows a `#` is a comment. */
function listIn(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new OptionError(
      `--file ${file}: cannot be read (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
  if (text.length > LIST_MAX) throw new OptionError(`--file ${file}: larger than ${LIST_MAX} bytes.`);
  return text.split('\n').flatMap((line) => {
    const name = line.replace(/#.*$/, '').trim();
    return name === '' ? [] : [name];
  });
}

/** How long dropped packets are waited for, at most a minute. */
function watchOption(text: string | undefined): { watchMs?: number } {
  if (text === undefined) return {};
  const [, seconds] = /^(\d{1,2})s?$/.exec(text) ?? [];
  if (seconds !== undefined && Number(seconds) <= 60) return { watchMs: Number(seconds) * 1000 };
  throw new OptionError(`--watch ${text}: give seconds, 0s to 60s.`);
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** "90s", "2h", "1h30m", "7d": at most 30 days, because addresses change hands. */
export function secondsOption(text: string | undefined): number {
  if (text === undefined) return HOUR;
  const parts = /^(?:\d{1,7}[smhd]){1,4}$/.test(text) ? [...text.matchAll(/(\d+)([smhd])/g)] : [];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
  if (seconds >= 1 && seconds <= MONTH) return seconds;
  throw new OptionError(`--for ${text}: give a time such as 30m, 2h, 1h30m or 7d, at most 30d: every block expires.`);
}

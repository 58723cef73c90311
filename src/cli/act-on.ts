// One remedy on this host, step by step as every command does it: look, show, ask, carry out, prove.
import type { Act, Change, LiveRemedy, Prepared, Proof, Refusal } from '../model/act.ts';
import type { Host } from '../model/host.ts';
import type { PlanOf, RemedyKind } from '../model/remedy.ts';
import { carryOut } from '../remedies/acting/carry-out.ts';
import { describeChanges } from '../remedies/acting/describe.ts';
import { actData } from './act-text.ts';
import { agreed, print, printJson, type Session, say, toldWhenItFails, withSession } from './acting.ts';
import { EXIT } from './exit.ts';

export interface ActOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What came of one remedy. `act` is absent when nothing was begun. */
export interface Outcome {
  readonly state: 'done' | 'nothing-to-do' | 'refused' | 'declined' | 'failed' | 'only-shown';
  readonly title: string;
  readonly prepared?: Prepared;
  readonly act?: Act;
  readonly proofs: readonly Proof[];
}

export function isWell({ state, proofs }: Outcome): boolean {
  return (state === 'done' || state === 'nothing-to-do' || state === 'only-shown') && proofs.every(({ ok }) => ok);
}

/** Looks only, and says on standard output what would be done. */
export async function onlyShow<K extends RemedyKind>(
  remedy: LiveRemedy<K>,
  plan: PlanOf<K>,
  host: Host,
  options: ActOptions,
): Promise<Outcome> {
  const prepared = await remedy.prepare(plan, host);
  if ('refused' in prepared) return refused(prepared, options);
  if (!options.json) show(prepared, host.now());
  return {
    state: prepared.changes.length === 0 ? 'nothing-to-do' : 'only-shown',
    title: prepared.title,
    prepared,
    proofs: [],
  };
}

/** `progress` is called while it is carried out, every two seconds, and may print a line. */
export async function actOn<K extends RemedyKind>(
  remedy: LiveRemedy<K>,
  plan: PlanOf<K>,
  session: Session,
  options: ActOptions,
  progress?: () => Promise<void>,
): Promise<Outcome> {
  const { host, store, acting } = session;
  const prepared = await remedy.prepare(plan, host);
  if ('refused' in prepared) return refused(prepared, options);
  const { title } = prepared;
  if (prepared.changes.length === 0) {
    const proofs = await remedy.verify(plan, prepared, host);
    if (!options.json) {
      print(`${title}.`);
      for (const note of prepared.notes) print(`  ${note}`);
      showProofs(proofs);
    }
    return { state: 'nothing-to-do', title, prepared, proofs };
  }
  if (!options.json) show(prepared, host.now());
  if (!(await agreed(`${title}?`, options.yes))) return { state: 'declined', title, prepared, proofs: [] };
  const stop = every(progress);
  const act = await carryOut(store.journal.plan(plan, prepared, host.now()), acting).finally(stop);
  if (act.state !== 'done') {
    if (!options.json) say(`${title}: it failed. ${act.trouble ?? ''}`);
    return { state: 'failed', title, prepared, act, proofs: [] };
  }
  const watch = every(progress);
  const proofs = await remedy.verify(plan, prepared, host).finally(watch);
  if (!options.json) {
    print(`Done (act ${act.id}): ${title}.`);
    showProofs(proofs);
    if (prepared.changes.some(leavesSomething)) print(`  Taken back with: seawall undo ${act.id}`);
  }
  return { state: 'done', title, prepared, act, proofs };
}

/** Whether there is anything to take back: a restart, a repair and an ended process leave nothing behind that could be. */
function leavesSomething(change: Change): boolean {
  if (change.kind === 'service') return change.was === 'stopped';
  if (change.kind === 'run') return change.undo !== undefined;
  return change.kind === 'file' || change.kind === 'ban' || change.kind === 'unban';
}

const PROGRESS_MS = 2000;

/** Calls again and again, one call at a time, until the returned function is called. What a call throws is of no account. */
function every(call: (() => Promise<void>) | undefined): () => void {
  if (call === undefined) return () => {};
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void call()
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

function refused({ refused: why }: Refusal, options: ActOptions): Outcome {
  if (!options.json) say(why);
  return { state: 'refused', title: why, proofs: [] };
}

function show(prepared: Prepared, now: number): void {
  print(`${prepared.title}.`);
  for (const note of prepared.notes) print(`  ${note}`);
  for (const line of describeChanges(prepared.changes, now)) print(`    ${line}`);
}

export function showProofs(proofs: readonly Proof[]): void {
  for (const proof of proofs) print(`  ${proof.ok ? 'ok ' : 'NOT'} ${proof.text}`);
}

/** As JSON, without the bytes of files. */
export function outcomeData(
  { state, title, prepared, act, proofs }: Outcome,
  now: number,
): Readonly<Record<string, unknown>> {
  return {
    state,
    title,
    ...(prepared && {
      notes: prepared.notes,
      commands: describeChanges(prepared.changes, now),
    }),
    ...(act && { act: actData(act) }),
    proofs,
  };
}

/** A command that is one remedy. */
export async function remedyCommand<K extends RemedyKind>(
  name: string,
  remedy: LiveRemedy<K>,
  plan: PlanOf<K>,
  options: ActOptions,
  host: Host,
): Promise<number> {
  const finish = (outcome: Outcome, putRight: readonly string[]): number => {
    if (options.json)
      printJson({
        done: outcome.state === 'done' || outcome.state === 'nothing-to-do',
        ...outcomeData(outcome, host.now()),
        putRight,
      });
    if (outcome.state === 'declined') return EXIT.usage;
    return isWell(outcome) ? EXIT.done : EXIT.wrong;
  };
  if (options.dryRun) return await toldWhenItFails(async () => finish(await onlyShow(remedy, plan, host, options), []));
  return await withSession(name, async (session) =>
    finish(await actOn(remedy, plan, session, options), session.putRight),
  );
}

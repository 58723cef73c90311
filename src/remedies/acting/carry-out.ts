// Carries an act out so that it can be taken back from what was written down, whenever we are killed.
import type { Act, Change, Changer, Changers, Journal } from '../../model/act.ts';
import type { Host } from '../../model/host.ts';

export interface Acting {
  readonly host: Host;
  readonly journal: Journal;
  readonly changers: Changers;
  /** Why to stop before the next change: "Ctrl-C". */
  readonly interrupted?: () => string | undefined;
}

/**
 * Does the changes of a planned act in order, each written down as begun before it is done. When one fails, those begun are taken
 * back.
 * @returns the act, `done` or `failed` with what went wrong.
 * @throws StoreError when not even that can be written down; the next run then takes back what was begun.
 */
export async function carryOut(act: Act, acting: Acting): Promise<Act> {
  const { host, journal, changers } = acting;
  let begun = 0;
  try {
    journal.update(act.id, { state: 'doing' }, host.now());
    for (const change of act.prepared.changes) {
      const why = acting.interrupted?.();
      if (why !== undefined) throw new Error(`Stopped by ${why}.`);
      journal.update(act.id, { begun: begun + 1 }, host.now());
      begun++;
      await changerOf(changers, change).apply(change, host, act);
    }
    return journal.update(act.id, { state: 'done' }, host.now());
  } catch (error) {
    return settleFailed({ ...act, begun }, messageOf(error), acting);
  }
}

/**
 * Takes an act back that was done, or what is left of one that failed.
 * @returns the act, `undone`, or `failed` with what could not be taken back.
 */
export async function takeBack(act: Act, acting: Acting): Promise<Act> {
  const { host, journal } = acting;
  journal.update(act.id, { state: 'undoing' }, host.now());
  const left = await revertBegun(act, acting);
  if (left.length === 0) return journal.update(act.id, { state: 'undone', begun: 0, trouble: '' }, host.now());
  return journal.update(act.id, { state: 'failed', trouble: `Taken back but for this: ${left.join(' ')}` }, host.now());
}

/** Whether there is anything of it on the host that can be taken back. */
export function canTakeBack(act: Act): boolean {
  return act.state === 'done' || (act.state === 'failed' && act.begun > 0);
}

/**
 * What a Seawall that was killed left: acts that were only planned are dropped, those in between are taken back, those that were
 * being taken back are finished. Newest first, as a person would.
 * @returns what was done, as the acts stand now.
 */
export async function repair(acting: Acting): Promise<readonly Act[]> {
  const { host, journal } = acting;
  const repaired: Act[] = [];
  for (const act of journal.acts(['planned', 'doing', 'undoing'])) {
    if (act.state === 'planned') {
      const trouble = 'Seawall ended before it was begun.';
      repaired.push(journal.update(act.id, { state: 'undone', begun: 0, trouble }, host.now()));
    } else if (act.state === 'doing') {
      repaired.push(await settleFailed(act, 'Seawall ended in the middle of it.', acting));
    } else repaired.push(await takeBack(act, acting));
  }
  return repaired;
}

/**
 * Takes back what was meant for a time that is over. Not blocks: the kernel lets go of these by itself.
 * @returns the acts as they stand now.
 */
export async function takeBackExpired(acting: Acting): Promise<readonly Act[]> {
  const now = acting.host.now();
  const over = acting.journal
    .acts(['done'])
    .filter(({ prepared: { until, changes } }) => until !== undefined && until <= now && !changes.every(endsByItself));
  const taken: Act[] = [];
  for (const act of over) taken.push(await takeBack(act, acting));
  return taken;
}

function endsByItself({ kind }: Change): boolean {
  return kind === 'ban' || kind === 'unban' || kind === 'cut' || kind === 'end';
}

async function settleFailed(act: Act, why: string, acting: Acting): Promise<Act> {
  const { host, journal } = acting;
  const left = await revertBegun(act, acting);
  const rest = left.length === 0 ? 'Everything was taken back.' : `Taken back but for this: ${left.join(' ')}`;
  return journal.update(
    act.id,
    { state: 'failed', begun: left.length === 0 ? 0 : act.begun, trouble: `${why} ${rest}` },
    host.now(),
  );
}

/** @returns what could not be taken back, in words. The others are taken back all the same. */
async function revertBegun(act: Act, { host, changers }: Acting): Promise<string[]> {
  const left: string[] = [];
  for (const change of backwards(act.prepared.changes.slice(0, act.begun))) {
    try {
      await changerOf(changers, change).revert(change, host, act);
    } catch (error) {
      left.push(messageOf(error));
    }
  }
  return left;
}

/** The opposite order; but a service is told to read its files again only when these are back. */
function backwards(changes: readonly Change[]): Change[] {
  const rereads = (change: Change): boolean =>
    change.kind === 'service' && (change.verb === 'reload' || change.verb === 'restart');
  const reversed = [...changes].reverse();
  return [...reversed.filter((change) => !rereads(change)), ...reversed.filter(rereads)];
}

/** The changer of a kind takes changes of that kind, which is more than the types can tell. */
function changerOf(changers: Changers, { kind }: Change): Changer {
  return changers[kind] as Changer;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

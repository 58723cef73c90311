// Block addresses and networks on this host: who must not be blocked is left out, and the proof is packets that were dropped.
import type { Ban, LiveRemedy, Prepared, Proof, Refusal } from '../../model/act.ts';
import { many } from '../../model/figures.ts';
import type { HostReader } from '../../model/host.ts';
import type { PlanOf } from '../../model/remedy.ts';
import { blockSeconds } from '../block.ts';
import { openFrom } from '../firewall/connections.ts';
import { contains, outermost, overlapFinder, type Range, rangeFrom, rangeOf } from '../firewall/ranges.ts';
import type { HeldPiece } from '../firewall/state.ts';
import { readFirewall } from '../firewall/sync.ts';
import { type NeverOptions, type Sorted, sortTargets } from '../never/never.ts';
import { parseTarget, type Target } from '../safe.ts';
import { duration, namely } from '../shell.ts';

/** How long packets are waited for: an attack sends at least one a second. */
const WATCH_MS = 3000;
const LOOK_MS = 250;
/** Connections that were cut take a moment to go. */
const CUT_MS = 1000;
/** Of targets in words. */
const NAMED_MAX = 5;

export interface BlockOptions extends NeverOptions {
  /** What holds already, to tell what a new block adds. */
  readonly known?: (at: number) => readonly Ban[];
  readonly watchMs?: number;
}

export interface BlockPrepared {
  /** Absent when nobody of them may be blocked. */
  readonly prepared?: Prepared;
  readonly refused: Sorted['refused'];
}

export function liveBlock(options: BlockOptions): LiveRemedy<'block'> {
  return {
    kind: 'block',
    async prepare(plan, host): Promise<Prepared | Refusal> {
      const { prepared, refused } = await prepareBlock(plan, host, options);
      if (prepared) return prepared;
      if (refused.length === 0) return { refused: 'There is no address or network among them that could be blocked.' };
      return { refused: refused.slice(0, NAMED_MAX).map(refusalText).join('\n') };
    },
    verify: (_, done, host) => verifyBlock(done, host, options.watchMs ?? WATCH_MS),
  };
}

/**
 * Looks at who of the targets may be blocked; changes nothing.
 * @throws HostError when the host doesn't tell who must not be blocked, or there is no firewall.
 */
export async function prepareBlock(
  plan: PlanOf<'block'>,
  host: HostReader,
  options: BlockOptions,
): Promise<BlockPrepared> {
  // Sorted first: an address is blocked also when a network around it must not be.
  const asked = new Map(parseTargets(plan.targets).targets.map((target) => [target.text, target]));
  const sorted = await sortTargets([...asked.values()], host, options);
  const { refused, notes } = sorted;
  const fit = outermost(sorted.fit, rangeOf);
  if (fit.length === 0) return { refused };
  const { firewall } = await readFirewall(host);
  const seconds = blockSeconds(plan.forSeconds);
  const now = host.now();
  const until = now + seconds * 1000;
  const targets = fit.map((target) => target.text);
  return {
    refused,
    prepared: {
      title: `Drop what comes from ${namely(targets)} in the firewall (${firewall.name}) for ${duration(seconds)}`,
      changes: [
        { kind: 'ban', targets, until },
        { kind: 'cut', targets },
      ],
      notes: [
        ...refused.slice(0, 20).map((one) => `Left out: ${refusalText(one)}`),
        ...(refused.length > 20 ? [`Left out: ${refused.length - 20} more.`] : []),
        ...notes,
        ...privateNote(fit),
        ...longerNote(fit, until, options.known?.(now) ?? []),
      ],
      until,
      ...(refused.length > 0 && { partly: true }),
    },
  };
}

export function refusalText({ target, why, instead }: Sorted['refused'][number]): string {
  return `${target.text} is not blocked: ${why}. ${instead}`;
}

const PRIVATE = rangesOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

function privateNote(fit: readonly Target[]): string[] {
  const inside = fit.filter((target) => PRIVATE.some((range) => contains(range, rangeOf(target))));
  if (inside.length === 0) return [];
  const names = namely(inside.map((target) => target.text));
  return [
    `${names}: not an address of the Internet. If a proxy or a load balancer stands there, everybody behind it is blocked.`,
  ];
}

function longerNote(fit: readonly Target[], until: number, bans: readonly Ban[]): string[] {
  const longest = new Map<string, number>();
  for (const ban of bans) longest.set(ban.target, Math.max(ban.until, longest.get(ban.target) ?? 0));
  const longer = fit.filter((target) => (longest.get(target.text) ?? 0) > until).map((target) => target.text);
  return longer.length === 0 ? [] : [`${namely(longer)}: blocked for longer already, and that stays.`];
}

async function verifyBlock(done: Prepared, host: HostReader, watchMs: number): Promise<Proof[]> {
  const targets = done.changes.flatMap((change) => (change.kind === 'ban' ? change.targets : []));
  const { held } = await readFirewall(host);
  const standing = held.whole && covers(piecesOf(held.pieces, targets), rangesOf(targets));
  const proofs: Proof[] = [
    standing
      ? { ok: true, text: `${targets.length === 1 ? 'It stands' : `All ${targets.length} stand`} in the firewall.` }
      : { ok: false, text: 'Not all of them stand in the firewall: somebody else may have changed it since.' },
  ];
  if (standing) proofs.push(await watch(host, targets, watchMs));
  proofs.push(await lookAtConnections(host, targets));
  return proofs;
}

/** The pieces that hold a part of these. */
function piecesOf(pieces: readonly HeldPiece[], targets: readonly string[]): HeldPiece[] {
  const find = overlapFinder(rangesOf(targets), (range) => range);
  return pieces.filter((piece) => find(piece) !== undefined);
}

/** Whether every address of the ranges lies in a piece; neither overlap among themselves. */
function covers(pieces: readonly HeldPiece[], ranges: readonly Range[]): boolean {
  const inOrder = (a: Range, b: Range): number => a.family - b.family || (a.from < b.from ? -1 : 1);
  const sorted = [...pieces].sort(inOrder);
  let at = 0;
  return [...ranges].sort(inOrder).every((range) => {
    for (let next = range.from; next <= range.to; ) {
      for (; at < sorted.length; at++) {
        const piece = sorted[at];
        if (piece && (piece.family > range.family || (piece.family === range.family && piece.to >= next))) break;
      }
      const piece = sorted[at];
      if (!piece || piece.family !== range.family || piece.from > next) return false;
      next = piece.to + 1n;
    }
    return true;
  });
}

function rangesOf(targets: readonly string[]): Range[] {
  return targets.flatMap((target) => rangeFrom(target) ?? []);
}

async function watch(host: HostReader, targets: readonly string[], watchMs: number): Promise<Proof> {
  const begin = host.now();
  const before = await dropped(host, targets);
  let now = before;
  do {
    await host.sleep(LOOK_MS);
    now = await dropped(host, targets);
    // A second is enough once there are some.
  } while (host.now() - begin < watchMs && (now.packets === before.packets || host.now() - begin < 1000));
  const seconds = ((host.now() - begin) / 1000).toFixed(1);
  const count = now.packets - before.packets;
  const all = now.packets > count ? ` (${now.packets} since they are blocked)` : '';
  const whose = now.own ? `of ${namely(targets)}` : 'of all that are blocked';
  if (count === 0 && now.packets === 0)
    return { ok: true, text: `No packet came in ${seconds} s: there is nothing to drop.` };
  return {
    ok: true,
    text: `${many(count, 'packet')} ${whose} ${count === 1 ? 'was' : 'were'} dropped in ${seconds} s${all}. A capture (tcpdump) still shows them: it sees them before the firewall does.`,
  };
}

/** Packets dropped for these; of all that are blocked where the kernel doesn't count them one by one. */
async function dropped(host: HostReader, targets: readonly string[]): Promise<{ packets: number; own: boolean }> {
  const { held } = await readFirewall(host);
  const pieces = piecesOf(held.pieces, targets);
  if (pieces.some((piece) => piece.packets === undefined)) return { packets: held.dropped, own: false };
  return { packets: pieces.reduce((sum, piece) => sum + (piece.packets ?? 0), 0), own: true };
}

async function lookAtConnections(host: HostReader, targets: readonly string[]): Promise<Proof> {
  const until = host.now() + CUT_MS;
  let left = openFrom(host, targets).connections;
  while (left > 0 && host.now() < until) {
    await host.sleep(LOOK_MS);
    left = openFrom(host, targets).connections;
  }
  if (left === 0) return { ok: true, text: 'None of its connections is open any more.' };
  return {
    ok: false,
    text: `${left} of its connections are still open: this kernel can't end them at once (it lacks INET_DIAG_DESTROY, or ss is missing). Nothing more comes in by them, and each ends as soon as the host answers by it. To be rid of them now, restart the web server.`,
    mendedBy: 'restart-web',
  };
}

/** As a person gives them; those that can't be read are named apart. */
export function parseTargets(texts: readonly string[]): { targets: readonly Target[]; unreadable: readonly string[] } {
  const targets: Target[] = [];
  const unreadable: string[] = [];
  for (const text of texts) {
    const target = parseTarget(text);
    if (target) targets.push(target);
    else unreadable.push(text);
  }
  return { targets, unreadable };
}

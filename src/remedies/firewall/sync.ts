// Brings the firewall to the wish in the book of bans, by whichever program the host has.
import type { Ban } from '../../model/act.ts';
import { HostError, type HostReader } from '../../model/host.ts';
import { parseTarget } from '../safe.ts';
import { ipset, ipsetIsThere, networks } from './ipset.ts';
import { nftables, readNft } from './nft.ts';
import { disjoint, overlapFinder, type Piece, rangeOf, rangeText } from './ranges.ts';
import type { Firewall, Held } from './state.ts';

/** The kernel tells whole seconds, and time passes while we look. */
const SAME_MS = 3000;
/** The longest that any of the programs takes: a longer wish is looked at as this. */
const LONGEST_MS = 2_147_483_000;

export interface Reading {
  readonly firewall: Firewall;
  readonly held: Held;
}

/**
 * What the host's firewall holds of ours.
 * @throws HostError when there is none that we can use, or it may not be read.
 */
export async function readFirewall(host: HostReader): Promise<Reading> {
  const nft = await readNft(host);
  if (nft.kind === 'held') return { firewall: nftables, held: nft.held };
  if (await ipsetIsThere(host)) return { firewall: ipset, held: await ipset.read(host) };
  throw new HostError(
    `There is no firewall to block in: ${nft.why}, and no iptables with ipset either. Install nftables (apt-get install nftables, dnf install nftables), or block in front of this host.`,
  );
}

/** The pieces that should be in the firewall. An unreadable target can't be there: it was parsed before it was written down. */
export function wishOf(bans: readonly Pick<Ban, 'target' | 'until'>[], now: number): Piece[] {
  const pieces = bans.flatMap(({ target, until }): Piece[] => {
    const parsed = parseTarget(target);
    return parsed && until > now ? [{ ...rangeOf(parsed), until }] : [];
  });
  return disjoint(pieces);
}

function isAsWished(wish: readonly Piece[], held: Held, now: number): boolean {
  if (wish.length === 0) return held.empty;
  if (!held.whole || held.pieces.length !== wish.length) return false;
  const untils = new Map(held.pieces.map((piece) => [rangeText(piece), piece.until]));
  return wish.every((piece) => {
    const until = untils.get(rangeText(piece));
    const wanted = Math.min(piece.until, now + LONGEST_MS);
    return until !== undefined && Math.abs(Math.min(until, now + LONGEST_MS) - wanted) <= SAME_MS;
  });
}

/**
 * Changes nothing when the firewall is as wished already.
 * @returns whether something was changed.
 * @throws HostError
 */
export async function bringFirewallTo(
  bans: readonly Pick<Ban, 'target' | 'until'>[],
  host: HostReader,
): Promise<boolean> {
  if (bans.length === 0) {
    // Nothing to hold back, and nothing to hold it with: as it should be.
    const nft = await readNft(host);
    if (nft.kind === 'unfit' && !(await ipsetIsThere(host))) return false;
  }
  const { firewall, held } = await readFirewall(host);
  const wish = wishOf(bans, host.now());
  if (isAsWished(firewall.form(wish), held, host.now())) return false;
  await firewall.write(host, wish, held);
  return true;
}

/** What stands in the firewall and in no book: blocked by hand, or before the book was lost. A block without an end gets none of ours. */
export function strangers(
  held: Held,
  bans: readonly Pick<Ban, 'target' | 'until'>[],
  now: number,
): { target: string; until: number }[] {
  const known = overlapFinder(wishOf(bans, now), (piece) => piece);
  return held.pieces
    .filter((piece) => piece.until > now + SAME_MS && known(piece) === undefined)
    .flatMap((piece) =>
      // What lay around another block is a range, which may be no network.
      networks([piece]).map((part) => ({ target: rangeText(part), until: Math.min(piece.until, now + LONGEST_MS) })),
    );
}

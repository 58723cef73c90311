// Whose request it is: the peer, or behind a proved or configured proxy the address that it forwards.
import type { AccessEntry } from '../model/access-entry.ts';
import { canonicalAddress, inNetwork, isLocalAddress } from '../model/address.ts';
import { frontProxyOwner } from '../model/known-networks.ts';
import { quickCanonicalAddress } from './plain-address.ts';
import { recent } from './recent.ts';

/** Peers that are remembered: twice so many. */
const PEERS_KEPT = 2048;
/** Fewer requests than this prove nothing about who stands in front of the site. */
const PROOF_MIN = 50;

export interface ClientResolver {
  /** The client's canonical address, or its host name as logged when it is none. */
  clientOf(entry: AccessEntry): string;
  /** Proxies that were believed, with requests. */
  believed(): { address: string; requests: number; why: string }[];
  /** Peers that stand in front of others, while the log forwards no address. */
  hiding(): { address: string; requests: number; why: string }[];
}

/**
 * A forwarded address is believed only from a proxy that is configured (`trusted`, CIDR), that stands on this host's own
 * side (a private address), that belongs to a published proxy network, or that is proved by the log itself: nearly all
 * requests come through a few peers, all with forwarded addresses, far more of them than peers. Anyone can send the
 * header, so a peer that forwards while others come directly proves nothing.
 */
export function clientResolver(head: readonly AccessEntry[], trusted: readonly string[]): ClientResolver {
  const proved = provedProxies(head);
  const requests = new Map<string, { requests: number; why: string }>();
  const bare = new Map<string, { requests: number; why: string }>();

  const peers = recent(PEERS_KEPT, (text): Peer => {
    const address = quickCanonicalAddress(text) ?? text.toLowerCase();
    return { address, why: reasonToTrust(address, trusted, proved) };
  });

  const note = (into: typeof requests, address: string, why: string): void => {
    const entry = into.get(address);
    if (entry) entry.requests++;
    else if (into.size < 1000) into.set(address, { requests: 1, why });
  };

  return {
    clientOf(entry) {
      const { address, why } = peers.of(entry.client);
      if (why === undefined) return address;
      const forwarded =
        entry.forwarded === undefined ? undefined : lastStranger(entry.forwarded, (a) => peers.of(a).why !== undefined);
      if (forwarded === undefined) {
        note(bare, address, why);
        return address;
      }
      note(requests, address, why);
      return forwarded;
    },
    believed: () => listOf(requests),
    hiding: () => listOf(bare).filter(({ why }) => why !== LOCAL),
  };
}

interface Peer {
  /** Canonical, or a host name. */
  readonly address: string;
  /** Why what it forwards is believed; `undefined` when it is not. */
  readonly why: string | undefined;
}

const LOCAL = 'a private address';

function reasonToTrust(address: string, trusted: readonly string[], proved: ReadonlySet<string>): string | undefined {
  if (trusted.some((cidr) => inNetwork(address, cidr))) return 'configured with --trusted-proxy';
  if (isLocalAddress(address)) return LOCAL;
  const owner = frontProxyOwner(address);
  if (owner) return `in ${owner}'s published networks`;
  return proved.has(address) ? 'nearly all requests come through it, with many forwarded addresses' : undefined;
}

/** X-Forwarded-For grows to the right: the last address that is no proxy is the first that a trusted one saw. */
function lastStranger(forwarded: string, isProxy: (address: string) => boolean): string | undefined {
  const parts = forwarded.split(',', 32);
  let candidate: string | undefined;
  for (let i = parts.length - 1; i >= 0; i--) {
    const text = (parts[i] ?? '').trim();
    const address = quickCanonicalAddress(text) ?? canonicalAddress(text.replace(/:\d+$/, ''));
    if (!address) return candidate;
    candidate = address;
    if (!isProxy(address)) return address;
  }
  return candidate;
}

function provedProxies(head: readonly AccessEntry[]): ReadonlySet<string> {
  const peers = new Set<string>();
  const behind = new Set<string>();
  let forwarding = 0;
  for (const entry of head) {
    if (entry.forwarded === undefined) continue;
    forwarding++;
    peers.add(canonicalAddress(entry.client) ?? entry.client);
    behind.add(entry.forwarded);
  }
  const proves =
    head.length >= PROOF_MIN && forwarding >= head.length * 0.9 && behind.size >= 3 * peers.size && peers.size <= 32;
  return proves ? peers : new Set();
}

function listOf(
  map: ReadonlyMap<string, { requests: number; why: string }>,
): { address: string; requests: number; why: string }[] {
  return [...map]
    .map(([address, { requests, why }]) => ({ address, requests, why }))
    .sort((a, b) => b.requests - a.requests);
}

// Whose request it is: the peer, or behind a proved or configured proxy the address that it forwards.
import type { AccessEntry } from '../model/access-entry.ts';
import {
  type AddressPrefix,
  addressPrefixes,
  canonicalAddress,
  inNetwork,
  isLocalAddress,
  LOCAL_NETWORKS,
} from '../model/address.ts';
import { frontProxyNetworks, frontProxyOwner } from '../model/known-networks.ts';
import { quickCanonicalAddress, quickNetworks } from './plain-address.ts';
import { recent } from './recent.ts';

/** Peers that are remembered: twice so many. */
const PEERS_KEPT = 2048;
/** Fewer requests than this prove nothing about who stands in front of the site. */
const PROOF_MIN = 50;

export interface ClientResolver {
  /** The client's canonical address, or its host name as logged when it is none. Counts what proxies are seen. */
  clientOf(entry: AccessEntry): string;
  /** The peer's canonical address, or its host name, whosever the request is. */
  canonical(peer: string): string;
  isTrusted(address: string): boolean;
  /** The address that a trusted proxy forwards; `undefined` when there is none in it. */
  forwardedBy(list: string): string | undefined;
  /** The first 16 bits of all addresses that may be trusted: who has other ones need not be asked about. */
  prefixes(): readonly AddressPrefix[];
  /** Counts requests that a trusted proxy sent: with a forwarded address, and without. */
  note(address: string, believed: number, bare: number): void;
  /** Proxies that were believed, with requests. */
  believed(): { address: string; requests: number; why: string }[];
  /** Peers that stand in front of others, while the log forwards no address. */
  hiding(): { address: string; requests: number; why: string }[];
}

/**
 * A forwarded address is believed only from a proxy that is configured (`trusted`, CIDR), that stands on this host's own
 * side (a private address), that belongs to a published proxy network, or that is proved by the log itself (`provedProxies`).
 */
export function clientResolver(proved: Iterable<string>, trusted: readonly string[]): ClientResolver {
  const proxies = new Set(proved);
  const requests = new Map<string, { requests: number; why: string }>();
  const bare = new Map<string, { requests: number; why: string }>();

  const networks = [...trusted, ...proxies, ...LOCAL_NETWORKS, ...frontProxyNetworks()];
  const mayBeProxy = quickNetworks(networks);

  const peers = recent(PEERS_KEPT, (text): Peer => {
    const address = quickCanonicalAddress(text) ?? text.toLowerCase();
    return { address, why: mayBeProxy(address) ? reasonToTrust(address, trusted, proxies) : undefined };
  });
  const isTrusted = (text: string): boolean => peers.of(text).why !== undefined;

  const note = (into: typeof requests, address: string, why: string, times: number): void => {
    const entry = into.get(address);
    if (entry) entry.requests += times;
    else if (into.size < 1000) into.set(address, { requests: times, why });
  };

  return {
    clientOf(entry) {
      const { address, why } = peers.of(entry.client);
      if (why === undefined) return address;
      const forwarded = entry.forwarded === undefined ? undefined : lastStranger(entry.forwarded, isTrusted);
      note(forwarded === undefined ? bare : requests, address, why, 1);
      return forwarded ?? address;
    },
    canonical: (peer) => peers.of(peer).address,
    isTrusted,
    forwardedBy: (list) => lastStranger(list, isTrusted),
    prefixes: () => networks.flatMap((network) => addressPrefixes(network)),
    note(address, believed, without) {
      const { why = LOCAL } = peers.of(address);
      if (believed > 0) note(requests, address, why, believed);
      if (without > 0) note(bare, address, why, without);
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

/**
 * Peers that the begin of a log proves to be proxies: nearly all requests come through a few of them, all with forwarded addresses,
 * far more of them than peers. Anyone can send the header, so a peer that forwards while others come directly proves nothing.
 */
export function provedProxies(head: readonly AccessEntry[]): ReadonlySet<string> {
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

// Joins the summaries of several captures of one host.
import type { OutgoingCalls, PacketSummary, PeerPackets } from '../model/packets.ts';

export function shiftPackets(summary: PacketSummary, ms: number): PacketSummary {
  const move = <T extends { readonly first: number; readonly last: number }>(of: T): T => ({
    ...of,
    first: of.first + ms,
    last: of.last + ms,
  });
  return { ...move(summary), peers: summary.peers.map(move), outgoing: summary.outgoing.map(move) };
}

export function mergePackets(summaries: readonly PacketSummary[]): PacketSummary | undefined {
  const [first, ...rest] = summaries;
  if (!first) return undefined;
  return rest.reduce(join, first);
}

function join(a: PacketSummary, b: PacketSummary): PacketSummary {
  return {
    servers: [...new Set([...a.servers, ...b.servers])],
    packets: a.packets + b.packets,
    peers: gather([...a.peers, ...b.peers], (peer) => peer.address, joinPeers),
    outgoing: gather([...a.outgoing, ...b.outgoing], (call) => `${call.address} ${call.port}`, joinCalls),
    foldedPeers: a.foldedPeers + b.foldedPeers,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    evidence: [...a.evidence, ...b.evidence],
  };
}

function gather<T>(all: readonly T[], keyOf: (of: T) => string, add: (a: T, b: T) => T): T[] {
  const byKey = new Map<string, T>();
  for (const one of all) {
    const known = byKey.get(keyOf(one));
    byKey.set(keyOf(one), known ? add(known, one) : one);
  }
  return [...byKey.values()];
}

function joinPeers(a: PeerPackets, b: PeerPackets): PeerPackets {
  return {
    address: a.address,
    syns: a.syns + b.syns,
    established: a.established + b.established,
    packets: a.packets + b.packets,
    payloadBytes: a.payloadBytes + b.payloadBytes,
    requests: a.requests + b.requests,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}

function joinCalls(a: OutgoingCalls, b: OutgoingCalls): OutgoingCalls {
  return {
    address: a.address,
    port: a.port,
    syns: a.syns + b.syns,
    calls: a.calls + b.calls,
    established: a.established + b.established,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    evidence: a.evidence,
  };
}

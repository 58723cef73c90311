// Packets -> who talks to whom: which end is the server, who knocks at it, and whom the server itself calls.
import type { Evidence } from '../../model/evidence.ts';
import type { OutgoingCalls, Packet, PacketSummary, PeerPackets } from '../../model/packets.ts';
import type { EpochMs } from '../../model/time.ts';
import { ownAddresses } from './own-addresses.ts';
import { isWebPort, serviceSide } from './ports.ts';

const PEERS_MAX = 4096;
/** Relations are thinned out to PEERS_MAX whenever there are this many. */
const RELATIONS_MAX = 2 * PEERS_MAX;
const HANDSHAKES_MAX = 16_384;
const OUTGOING_MAX = 256;
const EVIDENCE_MAX = 5;

/** One client at one service of one host. */
interface Relation {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  syns: number;
  /** SYNs without those that repeat one. */
  calls: number;
  established: number;
  packets: number;
  payloadBytes: number;
  requests: number;
  first: EpochMs;
  last: EpochMs;
  evidence: Evidence;
}

interface PacketAccumulator {
  add(packet: Packet, at: EpochMs, evidence: Evidence): void;
  /** `undefined` when no packet was added. May be called again after more packets. */
  finish(): PacketSummary | undefined;
}

/**
 * Memory is bounded: of many clients those with the most packets are kept, about 4096 of them; how many were let go is
 * counted (one that comes back and is let go again counts twice).
 */
export function packetSummary(): PacketAccumulator {
  let relations = new Map<string, Relation>();
  /** Handshakes that began and are not finished, by both ends; the oldest is forgotten first. */
  const handshakes = new Set<string>();
  let packets = 0;
  let folded = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  function relationOf(packet: Packet, fromClient: boolean, at: EpochMs, evidence: Evidence): Relation {
    const client = fromClient ? packet.source : packet.target;
    const server = fromClient ? packet.target : packet.source;
    const port = fromClient ? packet.targetPort : packet.sourcePort;
    const key = `${client} ${server} ${port}`;
    const known = relations.get(key);
    if (known) return known;
    if (relations.size >= RELATIONS_MAX) {
      const kept = [...relations].sort((a, b) => b[1].packets - a[1].packets).slice(0, PEERS_MAX);
      folded += relations.size - kept.length;
      relations = new Map(kept);
    }
    const none = { syns: 0, calls: 0, established: 0, packets: 0, payloadBytes: 0, requests: 0 };
    const relation: Relation = { client, server, port, ...none, first: at, last: at, evidence };
    relations.set(key, relation);
    return relation;
  }

  /** Whether this packet of the client's is the one that finishes a handshake: an ACK or data after its SYN. */
  function finishes(packet: Packet): boolean {
    if (handshakes.size === 0 || packet.flags.includes('R')) return false;
    return packet.flags.includes('.') && handshakes.delete(handshakeKey(packet));
  }

  return {
    add(packet, at, evidence) {
      packets++;
      if (at < first) first = at;
      if (at > last) last = at;
      if (packet.protocol !== 'tcp' || packet.source === packet.target) return;
      const isSyn = packet.flags.includes('S') && !packet.flags.includes('.');
      const isSynAck = packet.flags.includes('S') && packet.flags.includes('.');
      const fromClient =
        isSyn || (!isSynAck && (directionOf(packet) ?? serviceSide(packet.sourcePort, packet.targetPort) === 'target'));
      const relation = relationOf(packet, fromClient, at, evidence);
      relation.packets++;
      if (at < relation.first) relation.first = at;
      if (at > relation.last) relation.last = at;
      if (!fromClient) return;
      relation.payloadBytes += packet.payloadBytes;
      if (packet.request !== undefined) {
        // A request line says more than the SYN that came first.
        if (relation.requests === 0) relation.evidence = evidence;
        relation.requests++;
      }
      if (isSyn) {
        relation.syns++;
        const key = handshakeKey(packet);
        if (!handshakes.delete(key)) relation.calls++;
        if (handshakes.size >= HANDSHAKES_MAX) {
          const oldest = handshakes.keys().next();
          if (!oldest.done) handshakes.delete(oldest.value);
        }
        handshakes.add(key);
      } else if (finishes(packet)) relation.established++;
    },
    finish() {
      if (packets === 0) return undefined;
      const all = [...relations.values()];
      const servers = ownAddresses(all);
      const own = new Set(servers);
      const incoming = all.filter((r) => own.has(r.server) && !own.has(r.client));
      // The administrator's SSH session is no visitor; only where no web port is seen does every port count.
      const web = incoming.filter((r) => isWebPort(r.port));
      const asked = web.length > 0 ? web : incoming;
      const called = all
        .filter((r) => own.has(r.client) && !own.has(r.server))
        .sort((a, b) => b.syns - a.syns || b.packets - a.packets);
      const peers = peersOf(asked);
      const busiest = [...asked].sort((a, b) => b.syns - a.syns || b.packets - a.packets).slice(0, EVIDENCE_MAX - 2);
      return {
        servers,
        packets,
        peers: peers.slice(0, PEERS_MAX),
        outgoing: outgoingOf(called).slice(0, OUTGOING_MAX),
        foldedPeers: folded + Math.max(0, peers.length - PEERS_MAX),
        first,
        last,
        evidence: [...busiest, ...called.slice(0, 2)].map((r) => r.evidence),
      };
    },
  };

  /** A handshake that is under way tells who the client is, whatever the ports. */
  function directionOf(packet: Packet): boolean | undefined {
    if (handshakes.has(handshakeKey(packet))) return true;
    const back = `${packet.target} ${packet.targetPort} ${packet.source} ${packet.sourcePort}`;
    if (handshakes.has(back)) return false;
    if (relations.has(`${packet.source} ${packet.target} ${packet.targetPort}`)) return true;
    return relations.has(`${packet.target} ${packet.source} ${packet.sourcePort}`) ? false : undefined;
  }
}

function handshakeKey(packet: Packet): string {
  return `${packet.source} ${packet.sourcePort} ${packet.target} ${packet.targetPort}`;
}

function peersOf(relations: readonly Relation[]): PeerPackets[] {
  const peers = new Map<string, PeerPackets>();
  for (const r of relations) {
    const so = peers.get(r.client);
    peers.set(r.client, {
      address: r.client,
      syns: r.syns + (so?.syns ?? 0),
      established: r.established + (so?.established ?? 0),
      packets: r.packets + (so?.packets ?? 0),
      payloadBytes: r.payloadBytes + (so?.payloadBytes ?? 0),
      requests: r.requests + (so?.requests ?? 0),
      first: Math.min(r.first, so?.first ?? r.first),
      last: Math.max(r.last, so?.last ?? r.last),
    });
  }
  return [...peers.values()].sort((a, b) => b.syns - a.syns || b.packets - a.packets);
}

function outgoingOf(relations: readonly Relation[]): OutgoingCalls[] {
  const calls = new Map<string, OutgoingCalls>();
  for (const r of relations) {
    const key = `${r.server} ${r.port}`;
    const so = calls.get(key);
    calls.set(key, {
      address: r.server,
      port: r.port,
      syns: r.syns + (so?.syns ?? 0),
      calls: r.calls + (so?.calls ?? 0),
      established: r.established + (so?.established ?? 0),
      first: Math.min(r.first, so?.first ?? r.first),
      last: Math.max(r.last, so?.last ?? r.last),
      evidence: so?.evidence ?? r.evidence,
    });
  }
  return [...calls.values()].sort((a, b) => b.syns - a.syns);
}

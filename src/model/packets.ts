// What a packet capture shows, by peer: who knocks, who is let in, whom the server calls.
import type { Evidence } from './evidence.ts';
import type { EpochMs } from './time.ts';

/** One packet, headers only. */
export interface Packet {
  /** Absent when the dump has no readable time. */
  readonly at: EpochMs | undefined;
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly targetPort: number;
  readonly protocol: 'tcp' | 'udp' | 'other';
  /** TCP flags as tcpdump letters: S, S., ., P., F., R. */
  readonly flags: string;
  readonly payloadBytes: number;
  /** The request line, where the capture has its bytes. */
  readonly request?: string;
}

export interface PeerPackets {
  readonly address: string;
  /** SYN without ACK towards the server's service ports, repeats counted. */
  readonly syns: number;
  /** Handshakes that the peer finished. */
  readonly established: number;
  readonly packets: number;
  readonly payloadBytes: number;
  /** HTTP request lines seen. */
  readonly requests: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
}

/** A peer that the server itself called. */
export interface OutgoingCalls {
  readonly address: string;
  readonly port: number;
  /** SYN without ACK, repeats counted. */
  readonly syns: number;
  /** The same without repeats: how often a connection was begun. */
  readonly calls: number;
  readonly established: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
  readonly evidence: Evidence;
}

export interface PacketSummary {
  /** The server's own address or addresses, as found in the capture. */
  readonly servers: readonly string[];
  readonly packets: number;
  readonly peers: readonly PeerPackets[];
  readonly outgoing: readonly OutgoingCalls[];
  /** Peers that were folded because there were too many. */
  readonly foldedPeers: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
  readonly evidence: readonly Evidence[];
}

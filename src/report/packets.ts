// Who sends, by a packet capture: as a table on a terminal, and as data.
import { count, duration, kilobytes, many } from '../model/figures.ts';
import type { PacketSummary, PeerPackets } from '../model/packets.ts';
import { pageOf } from './terminal/page.ts';
import { iso } from './text/clock.ts';

const PEERS_SHOWN = 20;
const CALLS_SHOWN = 10;
const PEERS_TOLD = 1000;

/** Most knocks first, then most packets. */
function ordered(peers: readonly PeerPackets[]): readonly PeerPackets[] {
  return peers.toSorted((a, b) => b.syns - a.syns || b.packets - a.packets);
}

function seconds({ first, last }: PacketSummary): number {
  return Math.max(1, (last - first) / 1000);
}

/** The report as text that ends in a newline, no line wider than `width` columns. */
export function packetsReport(packets: PacketSummary, options: { width: number; colour: boolean }): string {
  const page = pageOf(options.width, options.colour);
  const lasted = seconds(packets);
  page.text(
    `${many(packets.packets, 'packet')} in ${duration(lasted)}${packets.servers.length > 0 ? `, seen at ${packets.servers.slice(0, 3).join(', ')}` : ''}`,
    { first: ' ', paint: ['bold'] },
  );
  const peers = ordered(packets.peers);
  page.heading(`Who sends: ${Math.min(peers.length, PEERS_SHOWN)} of ${count(peers.length + packets.foldedPeers)}`);
  page.raw(
    `${'knocks'.padStart(8)}${'let in'.padStart(8)}${'a second'.padStart(10)}${'packets'.padStart(9)}${'bytes'.padStart(9)}  source`,
  );
  for (const { address, syns, established, packets: all, payloadBytes } of peers.slice(0, PEERS_SHOWN)) {
    const rate = (syns / lasted).toFixed(1);
    const cells = [count(syns).padStart(8), count(established).padStart(8), rate.padStart(10), count(all).padStart(9)];
    page.raw(`${cells.join('')}${kilobytes(payloadBytes / 1024).padStart(9)}  ${address}`);
  }
  const calls = packets.outgoing.toSorted((a, b) => b.syns - a.syns);
  if (calls.length > 0) {
    page.heading('Whom this host calls');
    page.raw(`${'knocks'.padStart(8)}${'let in'.padStart(8)}  target`);
    for (const { address, port, syns, established } of calls.slice(0, CALLS_SHOWN))
      page.raw(`${count(syns).padStart(8)}${count(established).padStart(8)}  ${address} port ${port}`);
  }
  page.blank();
  page.text(
    'A knock is a SYN. A capture sees packets before the firewall does: what is dropped still shows here, and is never let in.',
    { first: ' ', paint: ['dim'] },
  );
  return page.done();
}

/** The same for programs; at most 1,000 peers. */
export function packetsData(packets: PacketSummary): object {
  return {
    schema: 'seawall-packets/1',
    from: iso(packets.first),
    to: iso(packets.last),
    packets: packets.packets,
    servers: [...packets.servers],
    peers: ordered(packets.peers)
      .slice(0, PEERS_TOLD)
      .map(({ first, last, ...peer }) => ({ ...peer, first: iso(first), last: iso(last) })),
    morePeers: packets.foldedPeers + Math.max(0, packets.peers.length - PEERS_TOLD),
    outgoing: packets.outgoing.map(({ first, last, evidence: _, ...call }) => ({
      ...call,
      first: iso(first),
      last: iso(last),
    })),
  };
}

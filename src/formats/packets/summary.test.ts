import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidence } from '../../model/evidence.ts';
import type { Packet, PacketSummary } from '../../model/packets.ts';
import type { FactSink } from '../../model/reader.ts';
import { pcap } from './pcap.ts';
import { packetSummary } from './summary.ts';
import { tcpdumpText } from './tcpdump.ts';

const CASES = new URL('../../../cases/', import.meta.url);

function summarising(): { sink: FactSink; finish: () => PacketSummary | undefined } {
  const summary = packetSummary();
  const sink: FactSink = {
    event() {},
    access() {},
    sample() {},
    seen() {},
    unreadable() {},
    packet: (stamp, packet, line, text) => summary.add(packet, stamp?.ms ?? 0, evidence('packets', line, text)),
  };
  return { sink, finish: summary.finish };
}

function ofCapture(name: string): PacketSummary | undefined {
  const { sink, finish } = summarising();
  const reader = pcap.open(sink);
  const bytes = gunzipSync(readFileSync(new URL(name, CASES)));
  for (let at = 0; at < bytes.length; at += 65_536) reader.chunk(bytes.subarray(at, at + 65_536));
  expect(reader.end()).toBeUndefined();
  return finish();
}

function tcp(source: string, target: string, flags: string, more: Partial<Packet> = {}): Packet {
  const [from, fromPort] = source.split('/');
  const [to, toPort] = target.split('/');
  const ends = { source: from ?? '', sourcePort: Number(fromPort), target: to ?? '', targetPort: Number(toPort) };
  return { at: 1, ...ends, protocol: 'tcp', flags, payloadBytes: 0, ...more };
}

function summaryOf(packets: readonly Packet[]): PacketSummary | undefined {
  const summary = packetSummary();
  packets.forEach((packet, i) => {
    summary.add(packet, i, evidence('packets', i + 1, 'x'));
  });
  return summary.finish();
}

describe('the recorded attacks', () => {
  it('finds server, attacker and the third party of the pingback flood', () => {
    const summary = ofCapture('pingback-flood/packets.pcap.gz');
    expect(summary?.servers).toEqual(['192.0.2.2']);
    expect(summary?.packets).toBe(20_000);
    const attacker = summary?.peers.find((peer) => peer.address === '203.0.113.66');
    expect(summary?.peers[0]).toBe(attacker);
    expect(attacker?.syns).toBeGreaterThan(300);
    expect(attacker?.requests).toBeGreaterThan(100);
    expect(attacker?.established).toBeLessThanOrEqual(attacker?.syns ?? 0);
    expect(summary?.peers.some((peer) => peer.address === '192.0.2.200')).toBe(false);
    expect(summary?.outgoing.map((call) => [call.address, call.port])).toContainEqual(['192.0.2.200', 80]);
    expect(summary?.outgoing[0]?.address).toBe('192.0.2.200');
    expect(new Date(summary?.first ?? 0).toISOString()).toBe('2026-11-22T10:04:43.066Z');
  });
  it('sees many visitors in the flash crowd, and the one call that a genuine pingback causes', () => {
    const summary = ofCapture('flash-crowd/packets.pcap.gz');
    expect(summary?.servers).toEqual(['192.0.2.2']);
    expect(summary?.peers.length).toBeGreaterThan(20);
    expect(summary?.outgoing).toMatchObject([{ address: '198.51.100.52', port: 80, syns: 1 }]);
  });
  it('reads the five SYNs that the founding incident printed', () => {
    const { sink, finish } = summarising();
    const lines = readFileSync(new URL('wordpress-2017/tcpdump.txt', CASES), 'utf8').split('\n');
    const reader = tcpdumpText.open(sink, lines);
    lines.forEach((line, i) => {
      reader.line(line, i + 1);
    });
    reader.end();
    const summary = finish();
    expect(summary?.servers).toEqual(['192.0.2.2']);
    expect(summary?.peers).toMatchObject([{ address: '203.0.113.66', syns: 5, established: 0, packets: 5 }]);
  });
});

describe('who is who', () => {
  it('counts a handshake once, and only when the client finishes it', () => {
    const [a, b, s] = ['198.51.100.1/4000', '198.51.100.2/4000', '192.0.2.2/80'];
    const summary = summaryOf([
      tcp(a, s, 'S'),
      tcp(s, a, 'S.'),
      tcp(a, s, '.'),
      tcp(a, s, 'P.', { payloadBytes: 70, request: 'GET / HTTP/1.1' }),
      tcp(b, s, 'S'),
      tcp(s, b, 'S.'),
      tcp(b, s, 'R'),
      tcp(b, s, 'S'),
    ]);
    expect(summary?.peers).toMatchObject([
      { address: '198.51.100.2', syns: 2, established: 0 },
      { address: '198.51.100.1', syns: 1, established: 1, requests: 1, payloadBytes: 70 },
    ]);
  });
  it('counts a call that nobody answers once, however often it is repeated', () => {
    const [server, other] = ['192.0.2.2', '192.0.2.200/80'];
    const summary = summaryOf([
      tcp('198.51.100.1/4000', `${server}/80`, 'S'),
      ...[1, 2, 3].map(() => tcp(`${server}/40001`, other, 'S')),
      ...[1, 2].map(() => tcp(`${server}/40002`, other, 'S')),
    ]);
    expect(summary?.outgoing).toMatchObject([{ address: '192.0.2.200', syns: 5, calls: 2, established: 0 }]);
  });
  it('takes the asked host for the server, though one peer uses both of its addresses', () => {
    const summary = summaryOf([
      tcp('2001:db8::9/4000', '2001:db8::1/80', 'S'),
      tcp('2001:db8::9/4001', '2001:db8::2/80', 'S'),
    ]);
    expect(summary?.servers).toEqual(['2001:db8::1', '2001:db8::2']);
  });
  it('leaves the SSH session of the administrator out of the peers of a web server', () => {
    const summary = summaryOf([
      tcp('198.51.100.7/5000', '192.0.2.2/22', 'P.'),
      tcp('198.51.100.8/5000', '192.0.2.2/443', 'S'),
    ]);
    expect(summary?.peers.map((peer) => peer.address)).toEqual(['198.51.100.8']);
  });
  it('keeps its memory bounded under a flood of forged addresses, and the loudest peer', () => {
    const summary = packetSummary();
    for (let i = 0; i < 60_000; i++) {
      const forged = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/1024`;
      summary.add(tcp(forged, '192.0.2.2/80', 'S'), i, evidence('packets', i, ''));
      if (i % 10 === 0)
        summary.add(tcp(`203.0.113.66/${1024 + (i % 50_000)}`, '192.0.2.2/80', 'S'), i, evidence('p', i, ''));
    }
    const result = summary.finish();
    expect(result?.servers).toEqual(['192.0.2.2']);
    expect(result?.peers.length).toBeLessThanOrEqual(4096);
    expect(result?.peers[0]).toMatchObject({ address: '203.0.113.66', syns: 6000 });
    expect((result?.foldedPeers ?? 0) + (result?.peers.length ?? 0)).toBe(60_001);
  });
  it('says nothing about no packets', () => {
    expect(packetSummary().finish()).toBeUndefined();
  });
});

describe('whatever packets come', () => {
  it('no peer finishes more handshakes than it began, and no own address is a peer', () => {
    const end = fc.tuple(
      fc.constantFrom('192.0.2.2', '203.0.113.66', '198.51.100.1'),
      fc.constantFrom(80, 443, 5000, 5001),
    );
    const packet = fc.tuple(end, end, fc.constantFrom('S', 'S.', '.', 'P.', 'F.', 'R', 'SEW', ''));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
        const summary = summaryOf(packets.map(([from, to, flags]) => tcp(from.join('/'), to.join('/'), flags)));
        for (const peer of summary?.peers ?? []) {
          expect(peer.established).toBeLessThanOrEqual(peer.syns);
          expect(summary?.servers).not.toContain(peer.address);
        }
        expect(summary?.packets ?? 0).toBe(packets.length);
      }),
    );
  });
});

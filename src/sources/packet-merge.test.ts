import { describe, expect, it } from 'vitest';
import type { PacketSummary } from '../model/packets.ts';
import { mergePackets, shiftPackets } from './packet-merge.ts';

const capture = (address: string, first: number, last: number): PacketSummary => ({
  servers: ['192.0.2.2'],
  packets: 10,
  peers: [{ address, syns: 3, established: 2, packets: 10, payloadBytes: 100, requests: 2, first, last }],
  outgoing: [
    {
      address: '198.51.100.80',
      port: 80,
      syns: 2,
      calls: 1,
      established: 0,
      first,
      last,
      evidence: { file: 'f', line: 2, text: '198.51.100.80' },
    },
  ],
  foldedPeers: 1,
  first,
  last,
  evidence: [{ file: 'f', line: 1, text: address }],
});

describe('captures', () => {
  it('of one host add up, peer by peer', () => {
    const merged = mergePackets([
      capture('203.0.113.66', 100, 200),
      capture('203.0.113.66', 50, 150),
      capture('203.0.113.67', 300, 400),
    ]);
    expect(merged).toMatchObject({ servers: ['192.0.2.2'], packets: 30, foldedPeers: 3, first: 50, last: 400 });
    expect(merged?.peers).toEqual([
      {
        address: '203.0.113.66',
        syns: 6,
        established: 4,
        packets: 20,
        payloadBytes: 200,
        requests: 4,
        first: 50,
        last: 200,
      },
      {
        address: '203.0.113.67',
        syns: 3,
        established: 2,
        packets: 10,
        payloadBytes: 100,
        requests: 2,
        first: 300,
        last: 400,
      },
    ]);
    expect(merged?.outgoing).toMatchObject([
      { address: '198.51.100.80', port: 80, syns: 6, calls: 3, established: 0, first: 50, last: 400 },
    ]);
    expect(merged?.evidence).toHaveLength(3);
  });

  it('are none of none, and the same of one', () => {
    expect(mergePackets([])).toBeUndefined();
    const one = capture('203.0.113.66', 1, 2);
    expect(mergePackets([one])).toEqual(one);
  });

  it('move in time with all that is in them', () => {
    expect(shiftPackets(capture('203.0.113.66', 100, 200), 1000)).toEqual(capture('203.0.113.66', 1100, 1200));
  });
});

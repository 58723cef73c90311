import { describe, expect, it } from 'vitest';
import type { PacketSummary } from '../model/packets.ts';
import { packetsData, packetsReport } from './packets.ts';

const T = Date.UTC(2026, 10, 22, 9, 0, 0);
const PACKETS: PacketSummary = {
  servers: ['192.0.2.10'],
  packets: 420,
  peers: [
    {
      address: '198.51.100.7',
      syns: 3,
      established: 3,
      packets: 60,
      payloadBytes: 9000,
      requests: 3,
      first: T,
      last: T + 5000,
    },
    {
      address: '203.0.113.66',
      syns: 60,
      established: 0,
      packets: 60,
      payloadBytes: 0,
      requests: 0,
      first: T,
      last: T + 60_000,
    },
  ],
  outgoing: [
    {
      address: '192.0.2.200',
      port: 80,
      syns: 40,
      calls: 12,
      evidence: { file: 'x.pcap', line: 1, text: 'SYN' },
      established: 0,
      first: T,
      last: T + 60_000,
    },
  ],
  foldedPeers: 2,
  first: T,
  last: T + 60_000,
  evidence: [],
};

describe('who sends', () => {
  it('is a table, most knocks first, and says why what is dropped still shows', () => {
    const text = packetsReport(PACKETS, { width: 80, colour: false });
    expect(text).toContain('420 packets in 60 seconds, seen at 192.0.2.10');
    expect(text).toContain('Who sends: 2 of 4');
    expect(text).toMatch(/^ +60 +0 +1\.0 +60 +0 kB {2}203\.0\.113\.66$/m);
    expect(text.indexOf('203.0.113.66')).toBeLessThan(text.indexOf('198.51.100.7'));
    expect(text).toMatch(/^ +40 +0 {2}192\.0\.2\.200 port 80$/m);
    expect(text).toContain('before the firewall does');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is data with times in UTC', () => {
    expect(packetsData(PACKETS)).toMatchObject({
      schema: 'seawall-packets/1',
      from: '2026-11-22T09:00:00.000Z',
      peers: [{ address: '203.0.113.66', syns: 60, first: '2026-11-22T09:00:00.000Z' }, { address: '198.51.100.7' }],
      morePeers: 2,
    });
  });
});

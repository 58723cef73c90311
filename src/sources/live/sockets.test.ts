import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { sightOf } from './sight.ts';
import { parseSocketAges, parseTcpLine, readSockets } from './sockets.ts';

/** Linux 6.18. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 21341 1 0000000000000000 100 0 0 10 0
   1: 0A0A0A0A:0050 427100CB:A112 01 00000000:00000172 00:00000000 00000000    33        0 0 1 0000000000000000 20 4 30 10 -1
   2: 0A0A0A0A:0050 427100CB:A113 01 00000000:00000000 00:00000000 00000000    33        0 9 1 0000000000000000 20 4 30 10 -1
   3: 0A0A0A0A:C001 096433C6:0050 02 00000001:00000000 01:00000010 00000002    33        0 8 2 0000000000000000 200 0 0 1 7
   4: 0A0A0A0A:0050 010200C0:A114 06 00000000:00000000 03:00001000 00000000     0        0 0 3 0000000000000000
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000A0A0A0A:0050 0000000000000000FFFF0000427100CB:A115 01 00000000:00000000 00:00000000 00000000    33        0 7 1 0000000000000000 20 4 30 10 -1
   1: B80D0120000000000000000001000000:0050 B80D0120000000000000000002000000:A116 01 00000000:00000000 00:00000000 00000000    33        0 7 1 0000000000000000 20 4 30 10 -1
`;

describe('/proc/net/tcp', () => {
  it('tells peers by state, and of outgoing connections the port they go to', () => {
    const host = fakeHost({ files: { '/proc/net/tcp': TCP, '/proc/net/tcp6': TCP6 } });
    expect(readSockets(sightOf(host), new Map([[80, 511]]))).toEqual({
      connections: [
        { peer: '203.0.113.66', state: 'ESTAB', count: 3, localPort: 80 },
        { peer: '198.51.100.9', state: 'SYN-SENT', count: 1, peerPort: 80 },
        { peer: '192.0.2.1', state: 'TIME-WAIT', count: 1, localPort: 80 },
        { peer: '2001:db8::2', state: 'ESTAB', count: 1, localPort: 80 },
      ],
      listen: [{ port: 80, queued: 3, backlog: 511 }],
    });
  });

  it('that may not be read is said, with the command that would show it', () => {
    const sight = sightOf(fakeHost());
    expect(readSockets(sight, new Map())).toEqual({});
    expect(sight.unseen).toEqual([{ what: expect.stringContaining('/proc/net/tcp'), command: 'ss -tan' }]);
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.string(), (line) => void parseTcpLine(line)));
  });
});

describe('ss -Htani', () => {
  /** iproute2 6.1. */
  const SS = `LISTEN 0      511          0.0.0.0:80         0.0.0.0:*     cubic cwnd:10
ESTAB  0      0      10.10.10.10:80    203.0.113.66:41234
\t cubic wscale:7,7 rto:201 rtt:0.05/0.02 mss:1448 cwnd:10 bytes_received:370 segs_out:1 segs_in:3 lastsnd:11200 lastrcv:11190 lastack:11190 rcv_space:14600
ESTAB  0      0      10.10.10.10:80    198.51.100.12:5000
\t cubic bytes_sent:9000 bytes_received:300 lastsnd:200 lastrcv:900 lastack:180
ESTAB  0      0      10.10.10.10:80    198.51.100.13:5001
\t cubic segs_in:2 lastsnd:60000 lastrcv:60000 lastack:60000
ESTAB  0      0      10.10.10.10:40000 198.51.100.99:80
\t cubic bytes_received:300 lastsnd:900 lastrcv:200 lastack:180
`;

  it('tells who waits for an answer, and since when: who asked and got nothing since', () => {
    const { waiting, backlogs } = parseSocketAges(SS);
    expect(waiting).toEqual([{ seenBy: 'socket', client: '203.0.113.66', forS: 11.2 }]);
    expect(backlogs).toEqual(new Map([[80, 511]]));
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSocketAges(`LISTEN 0 5 *:80 *:*\n${text}`)));
  });
});

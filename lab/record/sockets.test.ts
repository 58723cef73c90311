import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionsIn } from './sockets.ts';

/** Laid out as by Linux 6.18, the end of each line cut. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   102        0 1
   1: 0A0200C0:9C40 C80200C0:0050 02 00000001:00000000 01:00000064 00000001    33        0 2
   2: 0A0200C0:9C42 C80200C0:0050 02 00000001:00000000 01:00000064 00000001    33        0 3`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 0000000000000000FFFF00000A0200C0:0050 0000000000000000FFFF0000427100CB:C001 01 00000000:00000000
   2: B80D0120000001000000000010000000:0050 B80D01200000FECA0000000007000000:C002 01 00000000:00000000`;

describe('the sockets of a server', () => {
  it('are counted by peer and state, by our port when we serve there', () => {
    expect(connectionsIn([TCP, TCP6])).toEqual([
      { peer: '192.0.2.200', state: 'SYN-SENT', peerPort: 80, count: 2 },
      { peer: '203.0.113.66', state: 'ESTAB', localPort: 80, count: 1 },
      { peer: '2001:db8:cafe:0:0:0:0:7', state: 'ESTAB', localPort: 80, count: 1 },
    ]);
  });

  it('are none in any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => connectionsIn([text]).length === 0));
  });
});

// SYNs that become no connection: by sockets, by a capture, by the kernel's warning.
import { describe, expect, it } from 'vitest';
import { at, capture, event, found, peer, sample, samples } from './dossier.fixture.ts';
import { halfOpenConnections } from './half-open-connections.ts';

const half = (count: number, address = '203.0.113.9', state = 'SYN-RECV') => ({
  connections: [{ peer: address, state, count }],
});
const WARNING = { kind: 'kernel', what: 'syn-flood', port: 443 } as const;

describe('half-open-connections', () => {
  it('is fifty at once', () => {
    expect(found(halfOpenConnections, { samples: [sample(0, half(50))] })).toMatchObject([
      { measure: { peak: 50, sources: 1, topSource: '203.0.113.9' } },
    ]);
    expect(found(halfOpenConnections, { samples: [sample(0, half(49))] })).toEqual([]);
  });

  it('names no address where they come from everywhere', () => {
    const connections = Array.from({ length: 200 }, (_, n) => ({ peer: `198.18.${n}.1`, state: 'SYN-RECV', count: 2 }));
    const [one] = found(halfOpenConnections, { samples: [sample(0, { connections })] });
    expect(one?.measure).toEqual({ peak: 400, sources: 200 });
  });

  it('is beyond what is usual on a busy host', () => {
    const usual = samples([60, 70, 60, 65, 90, 100], (count) => half(count));
    expect(found(halfOpenConnections, { samples: usual })).toEqual([]);
    const flood = samples([10, 12, 11, 10, 80, 90], (count) => half(count));
    expect(found(halfOpenConnections, { samples: flood })).toMatchObject([{ span: { from: at(40), to: at(50) } }]);
  });

  it('is not connections that are finished, however many', () => {
    expect(found(halfOpenConnections, { samples: [sample(0, half(900, '203.0.113.9', 'ESTAB'))] })).toEqual([]);
  });

  it('shows in a capture as handshakes that nobody finishes', () => {
    const peers = (established: number) => Array.from({ length: 100 }, (_, n) => peer(`198.18.${n}.1`, 4, established));
    expect(found(halfOpenConnections, { packets: capture({ peers: peers(0) }) })).toMatchObject([
      { measure: { peak: 400, sources: 100 } },
    ]);
    expect(found(halfOpenConnections, { packets: capture({ peers: peers(4) }) })).toEqual([]);
  });

  it('is not one address that the firewall drops: a capture sees it all the same', () => {
    expect(found(halfOpenConnections, { packets: capture({ peers: [peer('203.0.113.66', 900, 0)] }) })).toEqual([]);
  });

  it("takes the kernel's word", () => {
    expect(found(halfOpenConnections, { events: [event(5, WARNING)] })).toMatchObject([{ span: { from: at(5) } }]);
  });
});

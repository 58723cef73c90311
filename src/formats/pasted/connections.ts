// Gathers sockets by peer, state and service port, as ss and netstat list them one by one.
import { canonicalAddress } from '../../model/address.ts';
import type { ConnectionState, SampleData } from '../../model/sample.ts';
import { portOf, serviceSide } from '../packets/ports.ts';

const KEYS_MAX = 50_000;
const LISTEN_MAX = 1000;

interface SocketEnd {
  readonly address: string;
  /** Absent for `*` and for a service name that is not known here. */
  readonly port?: number;
}

interface ConnectionTally {
  add(state: string, local: SocketEnd, peer: SocketEnd): void;
  listen(port: number, queued: number, backlog: number): void;
  /** A count without peers. */
  counted(state: string, count: number): void;
  data(): SampleData | undefined;
}

/** `address:port` as ss and netstat print it: `[::ffff:192.0.2.2]:80`, `0.0.0.0%eth0:80`, `*:http`, `:::80`. */
export function socketEnd(text: string): SocketEnd | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.length > 300) return undefined;
  const port = portOf(text.slice(colon + 1));
  if (port === undefined && !/^(?:\*|[a-z0-9-]{1,40})$/i.test(text.slice(colon + 1))) return undefined;
  const bare = text.slice(0, colon).replace(/%[^\]]{0,20}/, '');
  const address = canonicalAddress(bare) ?? (bare === '*' || bare === '::' || bare === '' ? '*' : bare);
  return { address, ...(port === undefined ? {} : { port }) };
}

/** Sockets of a peer are counted by our own port where the peer came to us, by its port where we went to it. */
export function connectionTally(): ConnectionTally {
  const found = new Map<string, { state: string; local: SocketEnd; peer: SocketEnd; count: number }>();
  const listen: { port: number; queued: number; backlog: number }[] = [];
  const counts = new Map<string, number>();
  const listening = new Set<number>();
  return {
    add(state, local, peer) {
      if (state === 'LISTEN') {
        if (local.port !== undefined && listening.size < LISTEN_MAX) listening.add(local.port);
        return;
      }
      // A host name (no -n) may be cut by netstat, and is no address to act on.
      const address = canonicalAddress(peer.address);
      if (address === undefined) {
        counts.set(state, (counts.get(state) ?? 0) + 1);
        return;
      }
      // Before all listening ports are known, only the ephemeral port of the other side can be left out.
      const side = serviceSide(local.port ?? 0, peer.port ?? 0);
      const incoming = local.port !== undefined && (listening.has(local.port) || side === 'source');
      const key = `${address} ${state} ${incoming ? `l${local.port}` : `p${peer.port}`}`;
      const known = found.get(key);
      if (known) known.count++;
      else if (found.size < KEYS_MAX) {
        const ends = incoming ? { local, peer: { address } } : { local: { address: '' }, peer: { ...peer, address } };
        found.set(key, { state, ...ends, count: 1 });
      } else counts.set(state, (counts.get(state) ?? 0) + 1);
    },
    listen(port, queued, backlog) {
      if (listen.length < LISTEN_MAX) listen.push({ port, queued, backlog });
    },
    counted(state, count) {
      if (counts.size < 32 || counts.has(state)) counts.set(state, (counts.get(state) ?? 0) + count);
    },
    data() {
      if (found.size === 0 && listen.length === 0 && counts.size === 0) return undefined;
      const connections: ConnectionState[] = [...found.values()].map(({ state, local, peer, count }) => ({
        peer: peer.address,
        state,
        count,
        ...(local.port === undefined ? {} : { localPort: local.port }),
        ...(peer.port === undefined ? {} : { peerPort: peer.port }),
      }));
      return {
        ...(connections.length > 0 ? { connections } : {}),
        ...(listen.length > 0 ? { listen } : {}),
        ...(counts.size > 0 ? { connectionCounts: [...counts].map(([state, count]) => ({ state, count })) } : {}),
      };
    },
  };
}

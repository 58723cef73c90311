// Connections that a blocked source has open already: found in /proc, ended by ss(8) where the kernel can.
import type { Argv, HostReader } from '../../model/host.ts';
import { overlapFinder, type Range, rangeFrom, rangeText } from './ranges.ts';

/** Of tcp_states.h: all that hold something on this host, so neither TIME_WAIT, CLOSE nor LISTEN. */
const OPEN_STATES: ReadonlySet<string> = new Set(['01', '02', '03', '04', '05', '08', '09', '0B', '0C']);
const TABLE_MAX = 64 << 20;
/** An argument list has its bounds, and so has what the kernel takes as a filter. */
const PER_CALL = 50;

export interface OpenConnections {
  /** Each peer once. */
  readonly peers: readonly string[];
  readonly connections: number;
}

/** The open TCP connections whose peers lie in these addresses and networks. From /proc/net/tcp and tcp6 (proc_pid_net(5)). */
export function openFrom(host: HostReader, targets: readonly string[]): OpenConnections {
  const find = overlapFinder(
    targets.flatMap((target) => rangeFrom(target) ?? []),
    (range) => range,
  );
  const peers = new Set<string>();
  let connections = 0;
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (host.readText(path, TABLE_MAX) ?? '').split('\n').slice(1)) {
      const peer = peerIn(line);
      if (!peer || find(peer) === undefined) continue;
      peers.add(rangeText(peer));
      connections++;
    }
  }
  return { peers: [...peers], connections };
}

function peerIn(line: string): Range | undefined {
  const [, , peer = '', state = ''] = line.trim().split(/\s+/, 4);
  const address = OPEN_STATES.has(state) ? addressFromHex(peer.slice(0, Math.max(0, peer.indexOf(':')))) : undefined;
  return address === undefined ? undefined : rangeFrom(address);
}

/** As /proc/net prints an address: words of 32 bits in the byte order of the host, little-endian on all that we run on. */
export function addressFromHex(hex: string): string | undefined {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return undefined;
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  return bytes.map((byte, i) => (i % 2 === 0 && i > 0 ? `:${byte}` : byte)).join('');
}

/** `-K` closes what matches (ss(8)); an IPv6 address stands in brackets. */
export function cutCommands(peers: readonly string[]): Argv[] {
  const commands: Argv[] = [];
  for (let i = 0; i < peers.length; i += PER_CALL) {
    const filter = peers
      .slice(i, i + PER_CALL)
      .flatMap((peer, at) => [...(at > 0 ? ['or'] : []), 'dst', peer.includes(':') ? `[${peer}]` : peer]);
    commands.push(['ss', '-K', '-H', '-t', '-n', ...filter]);
  }
  return commands;
}

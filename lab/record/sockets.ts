// The server's TCP connections, counted for a sample: /proc/net/tcp and tcp6 of its network namespace (proc_net(5)).
export interface ConnectionSample {
  readonly peer: string;
  readonly state: string;
  readonly count: number;
  readonly localPort?: number;
  readonly peerPort?: number;
}

/** As `ss` names them; include/net/tcp_states.h. */
const STATES: Readonly<Record<string, string>> = {
  '01': 'ESTAB',
  '02': 'SYN-SENT',
  '03': 'SYN-RECV',
  '04': 'FIN-WAIT-1',
  '05': 'FIN-WAIT-2',
  '06': 'TIME-WAIT',
  '07': 'UNCONN',
  '08': 'CLOSE-WAIT',
  '09': 'LAST-ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
  '0C': 'SYN-RECV',
};

interface Socket {
  readonly localPort: number;
  readonly peer: string;
  readonly peerPort: number;
  readonly state: string;
}

/** @param tables the text of both files. Our own port stands there when we listen on it, else that of the other side. */
export function connectionsIn(tables: readonly string[]): ConnectionSample[] {
  const sockets = tables.flatMap((table) => table.split('\n').slice(1).flatMap(socketOf));
  const served = new Set(sockets.filter(({ state }) => state === 'LISTEN').map(({ localPort }) => localPort));
  const counted = new Map<string, ConnectionSample>();
  for (const { localPort, peer, peerPort, state } of sockets) {
    if (state === 'LISTEN') continue;
    const port = served.has(localPort) ? { localPort } : { peerPort };
    const key = JSON.stringify([peer, state, port]);
    counted.set(key, { peer, state, ...port, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted.values()];
}

function socketOf(line: string): Socket[] {
  const [, local, remote, state] = line.trim().split(/\s+/);
  const name = STATES[state ?? ''];
  if (local === undefined || remote === undefined || name === undefined) return [];
  const [peer = '', peerPort = ''] = remote.split(':');
  const localPort = Number.parseInt(local.split(':')[1] ?? '', 16);
  return [{ localPort, peer: addressOf(peer), peerPort: Number.parseInt(peerPort, 16), state: name }];
}

/** Hexadecimal words of 32 bits in the machine's byte order, little-endian on all that Debian's lab packages run on. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.subarray(0, 12).toString('hex') === '00000000000000000000ffff';
  if (mapped) return bytes.subarray(12).join('.');
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':');
}

// TCP sockets of a live host: from /proc/net/tcp without starting a program, and once from ss, which knows their ages.
import { canonicalAddress, inNetwork } from '../../model/address.ts';
import type { ConnectionState, InFlightRequest, SampleData } from '../../model/sample.ts';
import { known } from './memory.ts';
import type { Sight } from './sight.ts';

/** include/net/tcp_states.h, as ss(8) names them. */
const STATES: readonly (string | undefined)[] = [
  undefined,
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'SYN-RECV',
];
const TEXT_MAX = 16 << 20;
const PEERS_MAX = 20_000;
/** Ports that are asked by browsers. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

interface SocketLine {
  readonly state: string;
  readonly localPort: number;
  readonly peer: string;
  readonly peerPort: number;
  /** Of a listening socket: connections that wait to be accepted. */
  readonly queued: number;
}

/** One line of /proc/net/tcp or tcp6 (Documentation/networking/proc_net_tcp.rst); `undefined` for the heading. */
export function parseTcpLine(line: string): SocketLine | undefined {
  const [, local, remote, state, queues] = line.trim().split(/\s+/, 5);
  const name = STATES[Number.parseInt(state ?? '', 16)];
  const [, localPort] = /^[0-9A-F]+:([0-9A-F]{4})$/i.exec(local ?? '') ?? [];
  const [, address, peerPort] = /^([0-9A-F]+):([0-9A-F]{4})$/i.exec(remote ?? '') ?? [];
  const queued = Number.parseInt(queues?.split(':')[1] ?? '', 16);
  if (name === undefined || localPort === undefined || address === undefined || peerPort === undefined)
    return undefined;
  const peer = addressOf(address);
  if (peer === undefined) return undefined;
  return {
    state: name,
    localPort: Number.parseInt(localPort, 16),
    peer,
    peerPort: Number.parseInt(peerPort, 16),
    queued: Number.isNaN(queued) ? 0 : queued,
  };
}

/** Words of 32 bits in the byte order of the host, which is little-endian wherever this runs. */
function addressOf(hex: string): string | undefined {
  if (hex.length !== 8 && hex.length !== 32) return undefined;
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8)
    for (let byte = 6; byte >= 0; byte -= 2) bytes.push(Number.parseInt(hex.slice(word + byte, word + byte + 2), 16));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0)).toString(16),
  );
  return canonicalAddress(groups.join(':'));
}

type Sockets = Pick<SampleData, 'connections' | 'connectionCounts' | 'listen'>;

/** Counted by peer, state and the port of whoever serves. `backlogs` by port, where ss told them. */
export function readSockets(sight: Sight, backlogs: ReadonlyMap<number, number>): Sockets {
  const texts = ['/proc/net/tcp', '/proc/net/tcp6']
    .map((path) => sight.text(path, TEXT_MAX))
    .filter((text) => text !== undefined);
  if (texts.length === 0) {
    sight.hidden('Who is connected: /proc/net/tcp may not be read.', 'ss -tan');
    return {};
  }
  const lines = texts.flatMap((text) => text.split('\n').flatMap((line) => parseTcpLine(line) ?? []));
  const listening = new Map<number, number>();
  for (const line of lines)
    if (line.state === 'LISTEN') listening.set(line.localPort, (listening.get(line.localPort) ?? 0) + line.queued);
  const found = new Map<string, { -readonly [K in keyof ConnectionState]: ConnectionState[K] }>();
  const more = new Map<string, number>();
  for (const { state, peer, localPort, peerPort } of lines) {
    if (state === 'LISTEN' || state === 'UNCONN') continue;
    const incoming = listening.has(localPort);
    const key = `${peer} ${state} ${incoming ? `l${localPort}` : `p${peerPort}`}`;
    const before = found.get(key);
    if (before) before.count++;
    else if (found.size < PEERS_MAX)
      found.set(key, { peer, state, count: 1, ...(incoming ? { localPort } : { peerPort }) });
    else more.set(state, (more.get(state) ?? 0) + 1);
  }
  const listen = [...listening].flatMap(([port, queued]) => {
    const backlog = backlogs.get(port);
    return backlog === undefined ? [] : [{ port, queued, backlog }];
  });
  return {
    connections: [...found.values()],
    ...(listen.length > 0 && { listen }),
    ...(more.size > 0 && { connectionCounts: [...more].map(([state, count]) => ({ state, count })) }),
  };
}

export interface SocketAges {
  /** Clients that have asked and were not answered yet. */
  readonly waiting: readonly InFlightRequest[];
  /** Limits of the listen queues by port. */
  readonly backlogs: ReadonlyMap<number, number>;
}

/** One call of ss(8): it alone knows when a socket last sent and received. Empty where it is missing. */
export async function readSocketAges(sight: Sight): Promise<SocketAges> {
  const result = await sight.run(['ss', '-Htani'], { timeoutMs: 2500, outputMax: TEXT_MAX });
  if (result?.code !== 0) {
    sight.hidden(
      result
        ? 'How long connections have waited: ss failed.'
        : 'How long connections have waited: there is no ss here.',
      result ? 'ss -tni' : 'apt-get install iproute2',
    );
    return { waiting: [], backlogs: new Map() };
  }
  return parseSocketAges(result.stdout);
}

/**
 * `ss -Htani`: a line a socket, and a line of details that begins with a blank. A client waits for its answer when the last
 * thing on the connection is what it sent (`lastrcv` not above `lastsnd`, both ms ago), and it did send something.
 */
export function parseSocketAges(text: string): SocketAges {
  const waiting: InFlightRequest[] = [];
  const backlogs = new Map<number, number>();
  const established: { localPort: number; peer: string; details: string }[] = [];
  let current: { localPort: number; peer: string; details: string } | undefined;
  for (const line of text.split('\n')) {
    if (/^\s/.test(line)) {
      if (current) current.details += line;
      continue;
    }
    current = undefined;
    const [state, , sendQueue, local, peer, ...rest] = line.trim().split(/\s+/);
    const localPort = portOf(local);
    if (state === undefined || local === undefined || localPort === undefined) continue;
    if (state === 'LISTEN') backlogs.set(localPort, Math.max(backlogs.get(localPort) ?? 0, Number(sendQueue)));
    if (state !== 'ESTAB' || peer === undefined) continue;
    const address = canonicalAddress(peer.slice(0, peer.lastIndexOf(':')).replace(/%[^\]]*/, ''));
    if (address === undefined) continue;
    current = { localPort, peer: address, details: rest.join(' ') };
    established.push(current);
  }
  for (const { localPort, peer, details } of established) {
    // Who asks through this host itself is a proxy of it, or our own probe.
    if (!backlogs.has(localPort) || !WEB_PORTS.has(localPort) || inNetwork(peer, '127.0.0.0/8') || peer === '::1')
      continue;
    const sent = figureIn(details, 'lastsnd');
    const received = figureIn(details, 'lastrcv');
    const bytes = figureIn(details, 'bytes_received');
    if (received === undefined || sent === undefined || bytes === undefined || bytes === 0 || received > sent) continue;
    waiting.push({ seenBy: 'socket', client: peer, ...known({ forS: Math.round(received / 100) / 10 }) });
  }
  return { waiting, backlogs };
}

function figureIn(details: string, name: string): number | undefined {
  const match = new RegExp(`\\b${name}:(\\d{1,15})\\b`).exec(details);
  return match ? Number(match[1]) : undefined;
}

function portOf(end: string | undefined): number | undefined {
  const port = /:(\d{1,5})$/.exec(end ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

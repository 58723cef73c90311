// One line of tcpdump's text -> time, ends, flags and length (tcpdump(8), "OUTPUT FORMAT", releases 3.9 to 4.99).
import { canonicalAddress } from '../../model/address.ts';
import type { Packet } from '../../model/packets.ts';
import type { Stamp } from '../../model/time.ts';
import { requestLine } from './http-line.ts';
import { portOf } from './ports.ts';

const DAY_MS = 86_400_000;
const LINE_MAX = 4096;

const TIME = /^(?:(\d{4})-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)\.(\d{3,9}) /;
const EPOCH = /^(\d{9,10})\.(\d{3,9}) /;
/** -ttt and -ttttt print the time since another packet, behind a space. */
const SINCE = /^ (?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3,9} /;
const OLD_FLAGS = /^([SFRPWEU]+|\.)(?: |$)(?:(\d+):(\d+)\((\d+)\))?/;

interface DumpHead {
  readonly stamp: Stamp | undefined;
  /** What stands behind the time. */
  readonly rest: string;
}

/** The begin of a packet's line; `undefined` when no packet begins here. */
export function dumpHead(line: string): DumpHead | undefined {
  const text = line.slice(0, LINE_MAX);
  const time = TIME.exec(text);
  if (time) {
    const rest = text.slice(time[0].length);
    return looksLikePacket(rest) ? { stamp: { ms: clockMs(time), clock: 'local' }, rest } : undefined;
  }
  const epoch = EPOCH.exec(text);
  if (epoch) {
    const rest = text.slice(epoch[0].length);
    const ms = Number(epoch[1]) * 1000 + Number(`0.${epoch[2]}`) * 1000;
    return looksLikePacket(rest) ? { stamp: { ms, clock: 'absolute' }, rest } : undefined;
  }
  const since = SINCE.exec(text);
  const rest = since ? text.slice(since[0].length) : text;
  return /^(?:IP6? |ARP, )/.test(rest) && looksLikePacket(rest) ? { stamp: undefined, rest } : undefined;
}

/** Wall clock; a time of day alone is one on 1970-01-01. */
function clockMs(time: RegExpExecArray): number {
  const day = time[1] === undefined ? 0 : Date.UTC(Number(time[1]), Number(time[2]) - 1, Number(time[3]));
  const seconds = Number(time[4]) * 3600 + Number(time[5]) * 60 + Number(time[6]);
  const ms = (seconds + Number(`0.${time[7]}`)) * 1000;
  return day + (time[1] === undefined ? Math.min(ms, DAY_MS - 1) : ms);
}

function looksLikePacket(rest: string): boolean {
  return (
    /^(?:IP6? |ARP|[0-9a-f:]{17} |\S{1,16} +(?:In|Out|B|M|P) |(?:In|Out) | (?:In|Out) |STP |LLDP|IP6?,)/.test(rest) ||
    / > /.test(rest)
  );
}

/** Two ends, and what is said about the packet; also from the second line of `tcpdump -v`. */
export function dumpPacket(rest: string): Omit<Packet, 'at'> | undefined {
  const text = rest.slice(0, LINE_MAX);
  for (let arrow = text.indexOf(' > '); arrow >= 0; arrow = text.indexOf(' > ', arrow + 3)) {
    const colon = text.indexOf(': ', arrow + 3);
    if (colon < 0) return undefined;
    const target = text.slice(arrow + 3, colon);
    // Link-level addresses come first with -e, and are followed by a comma instead.
    if (target.includes(' ') || target.includes(',')) continue;
    const source = text.slice(text.lastIndexOf(' ', arrow - 1) + 1, arrow);
    return packetOf(source, target, text.slice(colon + 2));
  }
  return undefined;
}

function packetOf(source: string, target: string, what: string): Omit<Packet, 'at'> | undefined {
  const tcp = tcpOf(what);
  const protocol = tcp
    ? 'tcp'
    : /^(?:UDP|udp|NTP|BOOTP|\d+[*+|$%-]|\[)/.test(what) || isDns(source, target)
      ? 'udp'
      : 'other';
  const from = endOf(source, protocol !== 'other');
  const to = endOf(target, protocol !== 'other');
  if (!from || !to) return undefined;
  const said = tcp?.payloadBytes ?? lengthOf(what);
  const http = what.indexOf(': HTTP: ');
  const request = tcp && http >= 0 ? requestLine(what.slice(http + 8)) : undefined;
  return {
    source: from.address,
    sourcePort: from.port,
    target: to.address,
    targetPort: to.port,
    protocol,
    flags: tcp?.flags ?? '',
    payloadBytes: said,
    ...(request === undefined ? {} : { request }),
  };
}

function isDns(source: string, target: string): boolean {
  return /\.(?:53|domain|5353|mdns)$/.test(source) || /\.(?:53|domain|5353|mdns)$/.test(target);
}

function tcpOf(what: string): { flags: string; payloadBytes: number } | undefined {
  const flags = /^(?:tcp \d+ )?Flags \[([A-Z.]{1,9}|none)\]/.exec(what)?.[1];
  if (flags !== undefined) return { flags: flags === 'none' ? '' : flags, payloadBytes: lengthOf(what) };
  const quiet = /^tcp (\d{1,7})/.exec(what)?.[1];
  if (quiet !== undefined) return { flags: '', payloadBytes: Number(quiet) };
  const old = OLD_FLAGS.exec(what);
  if (!old) return undefined;
  const letters = old[1] === '.' ? '' : (old[1] ?? '');
  const acknowledges = old[1] === '.' || / ack \d/.test(what.slice(0, 80));
  return { flags: letters + (acknowledges ? '.' : ''), payloadBytes: Number(old[4] ?? 0) };
}

function lengthOf(what: string): number {
  return Number(/length:? (\d{1,7})/.exec(what)?.[1] ?? 0);
}

/** `address.port`, with names for either: the port stands behind the last dot. */
function endOf(text: string, withPort: boolean): { address: string; port: number } | undefined {
  if (text === '' || text.length > 300) return undefined;
  if (!withPort) return { address: spelled(text), port: 0 };
  const dot = text.lastIndexOf('.');
  return dot <= 0 ? undefined : { address: spelled(text.slice(0, dot)), port: portOf(text.slice(dot + 1)) ?? 0 };
}

/** The same few addresses stand on every line; looking one up is faster than reading it again. */
const SPELLED_MAX = 4096;
const spellings = new Map<string, string>();

function spelled(text: string): string {
  const known = spellings.get(text);
  if (known !== undefined) return known;
  const address = canonicalAddress(text) ?? text;
  if (spellings.size >= SPELLED_MAX) spellings.clear();
  spellings.set(text, address);
  return address;
}

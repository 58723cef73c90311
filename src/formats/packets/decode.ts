// One captured frame -> addresses, ports, flags and lengths: Ethernet, Linux cooked, raw IP and loopback, IPv4 and IPv6.
// Link types: the LINKTYPE registry of the tcpdump group; IPv4: RFC 791; IPv6: RFC 8200; TCP: RFC 9293.
import { canonicalAddress } from '../../model/address.ts';
import type { Packet } from '../../model/packets.ts';
import { requestLine } from './http-line.ts';

/** How many bytes of a frame are needed at most: link, IP and TCP headers with options, and a request line. */
export const FRAME_BYTES = 1600;

const IPV6_HEADERS_MAX = 8;
const TCP = 6;
const UDP = 17;

type Decoded = Omit<Packet, 'at'>;

/** A TCP segment with what it carries, as far as it was captured. */
export interface TcpSegment {
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly targetPort: number;
  /** As tcpdump letters. */
  readonly flags: string;
  /** Of the first byte of the payload, or of SYN. */
  readonly sequence: number;
  /** A view into the frame; shorter than `payloadBytes` when the frame was cut. */
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
}

/**
 * @param frame the captured bytes, possibly fewer than were sent
 * @param linkType LINKTYPE_ value of the file or interface
 * @param wireLength bytes that were sent; used where IP doesn't say its length (segmentation offload writes 0)
 * @returns `undefined` for a frame that is not IP, or is cut within the IP header
 */
export function decodeFrame(frame: Uint8Array, linkType: number, wireLength: number): Decoded | undefined {
  return decodeNetwork(frame, linkType, wireLength, (segment) => transport(frame, segment));
}

function decodeNetwork<T>(
  frame: Uint8Array,
  linkType: number,
  wireLength: number,
  carry: (segment: Segment) => T,
): T | undefined {
  const at = networkOffset(frame, linkType);
  if (at === undefined) return undefined;
  const version = (frame[at] ?? 0) >> 4;
  const segment =
    version === 4 ? decodeIpv4(frame, at, wireLength) : version === 6 ? decodeIpv6(frame, at, wireLength) : undefined;
  return segment && carry(segment);
}

/**
 * The TCP segment in a frame; arguments as of `decodeFrame`.
 * @returns `undefined` for all else, and for fragments
 */
export function decodeSegment(frame: Uint8Array, linkType: number, wireLength: number): TcpSegment | undefined {
  return decodeNetwork(frame, linkType, wireLength, ({ source, target, protocol, at, bytes, later }) => {
    if (protocol !== TCP || later || frame.length < at + 14) return undefined;
    const begin = at + Math.max(20, ((frame[at + 12] ?? 0) >> 4) * 4);
    const payloadBytes = Math.max(0, at + bytes - begin);
    return {
      source,
      sourcePort: u16(frame, at),
      target,
      targetPort: u16(frame, at + 2),
      flags: flagLetters(frame[at + 13] ?? 0),
      sequence: ((u16(frame, at + 4) << 16) | u16(frame, at + 6)) >>> 0,
      // Behind the packet the frame can be padded.
      payload: frame.subarray(Math.min(begin, frame.length), Math.min(frame.length, begin + payloadBytes)),
      payloadBytes,
    };
  });
}

/** Where the IP header begins; `undefined` when the frame carries something else. */
function networkOffset(frame: Uint8Array, linkType: number): number | undefined {
  switch (linkType) {
    case 0: // BSD loopback: the protocol family in the writer's byte order
    case 108:
      return 4;
    case 1:
      return etherOffset(frame, 12);
    case 12: // raw IP, as some systems number it
    case 14:
    case 101:
    case 228:
    case 229:
      return 0;
    case 113:
      return etherOffset(frame, 14);
    case 276: // SLL2: the protocol comes first
      return isIp(u16(frame, 0)) ? 20 : undefined;
    default:
      return undefined;
  }
}

/** Skips VLAN tags (802.1Q, 802.1ad). */
function etherOffset(frame: Uint8Array, typeAt: number): number | undefined {
  let at = typeAt;
  for (let tags = 0; tags < 4; tags++) {
    const type = u16(frame, at);
    if (isIp(type)) return at + 2;
    if (type !== 0x8100 && type !== 0x88a8 && type !== 0x9100) return undefined;
    at += 4;
  }
  return undefined;
}

function isIp(etherType: number): boolean {
  return etherType === 0x0800 || etherType === 0x86dd;
}

function decodeIpv4(frame: Uint8Array, at: number, wireLength: number): Segment | undefined {
  if (frame.length < at + 20) return undefined;
  const headerBytes = ((frame[at] ?? 0) & 15) * 4;
  if (headerBytes < 20) return undefined;
  const said = u16(frame, at + 2);
  const total = said === 0 ? Math.max(0, wireLength - at) : said;
  const later = (u16(frame, at + 6) & 0x1fff) !== 0;
  return {
    source: ipv4Text(frame, at + 12),
    target: ipv4Text(frame, at + 16),
    protocol: frame[at + 9] ?? 0,
    at: at + headerBytes,
    bytes: Math.max(0, total - headerBytes),
    later,
  };
}

function decodeIpv6(frame: Uint8Array, at: number, wireLength: number): Segment | undefined {
  if (frame.length < at + 40) return undefined;
  const said = u16(frame, at + 4);
  const end = at + 40 + (said === 0 ? Math.max(0, wireLength - at - 40) : said);
  let next = frame[at + 6] ?? 0;
  let offset = at + 40;
  let later = false;
  for (let i = 0; i < IPV6_HEADERS_MAX && offset + 2 <= frame.length; i++) {
    if (next === 44) {
      later = later || (u16(frame, offset + 2) & 0xfff8) !== 0;
      next = frame[offset] ?? 0;
      offset += 8;
    } else if (next === 0 || next === 43 || next === 60 || next === 135) {
      const units = frame[offset + 1] ?? 0;
      next = frame[offset] ?? 0;
      offset += (units + 1) * 8;
    } else if (next === 51) {
      const units = frame[offset + 1] ?? 0;
      next = frame[offset] ?? 0;
      offset += (units + 2) * 4;
    } else break;
  }
  return {
    source: ipv6Text(frame, at + 8),
    target: ipv6Text(frame, at + 24),
    protocol: next,
    at: offset,
    bytes: Math.max(0, end - offset),
    later,
  };
}

interface Segment {
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  /** Where the transport header begins, and how many bytes IP says that follow. */
  readonly at: number;
  readonly bytes: number;
  /** A fragment without the transport header. */
  readonly later: boolean;
}

function transport(frame: Uint8Array, segment: Segment): Decoded {
  const { source, target, at, bytes } = segment;
  const ends = { source, target, sourcePort: 0, targetPort: 0, flags: '' };
  const protocol = segment.protocol === TCP ? 'tcp' : segment.protocol === UDP ? 'udp' : 'other';
  if (protocol === 'other' || segment.later || frame.length < at + 4) return { ...ends, protocol, payloadBytes: bytes };
  const ports = { sourcePort: u16(frame, at), targetPort: u16(frame, at + 2) };
  if (protocol === 'udp') return { ...ends, ...ports, protocol, payloadBytes: Math.max(0, bytes - 8) };
  if (frame.length < at + 14) return { ...ends, ...ports, protocol, payloadBytes: Math.max(0, bytes - 20) };
  const headerBytes = Math.max(20, ((frame[at + 12] ?? 0) >> 4) * 4);
  const payloadBytes = Math.max(0, bytes - headerBytes);
  const begin = at + headerBytes;
  const request =
    payloadBytes > 0 && frame.length > begin
      ? requestLine(latin1(frame, begin, Math.min(frame.length, begin + payloadBytes)))
      : undefined;
  return {
    ...ends,
    ...ports,
    protocol,
    flags: flagLetters(frame[at + 13] ?? 0),
    payloadBytes,
    ...(request === undefined ? {} : { request }),
  };
}

const FLAG_LETTERS = ['F', 'S', 'R', 'P', '.', 'U', 'E', 'W'];

/** In the order of tcpdump: FSRP.UEW. */
function flagLetters(bits: number): string {
  let letters = '';
  for (let i = 0; i < 8; i++) if (bits & (1 << i)) letters += FLAG_LETTERS[i] ?? '';
  return letters;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;
}

function ipv6Text(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < 16; i += 2) text += (i ? ':' : '') + u16(bytes, at + i).toString(16);
  return canonicalAddress(text) ?? text;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

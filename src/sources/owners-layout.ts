// The layout of owners.bin, which says who owns a network: written once by the build, looked up on disk ever after.
//
//     head     32 bytes: magic, version, check sum (FNV-1a) of all up to the ranges, and the sizes of what follows
//     text     JSON {date, attribution}
//     index    first address of each block of ranges: IPv4, then IPv6
//     ranges   IPv4, then IPv6: first address, and where its owner stands among the owners; sorted, and each range ends
//              where the next begins. 0 says that nobody owns it
//     owners   one unused byte, then: number of the system, country (two letters or zeros), length of the name, name
//
// All numbers are big-endian, so that the order of bytes is the order of addresses. An IPv6 address counts with its
// upper 64 bits: no network on the Internet is smaller.
import type { OwnersFrom } from '../model/owner.ts';
import type { Key } from './owners-key.ts';

const MAGIC = 'SWOWNERS';
const VERSION = 1;
export const HEAD_BYTES = 32;
/** Ranges that one read takes in: about 8 kB. */
export const BLOCK_RANGES = 1024;
export const OWNER_REF_BYTES = 3;
/** Number, country, and length of the name. */
export const OWNER_HEAD_BYTES = 7;
export const NAME_BYTES_MAX = 255;
/** Bytes of an address. */
export const KEY_BYTES = { ipv4: 4, ipv6: 8 } as const;
/** Far more than the Internet has; a larger number is a damaged file. */
const RANGES_MAX = 8_000_000;
const TEXT_BYTES_MAX = 8192;

/** Where the parts of the file are, in bytes. */
export interface Layout {
  readonly textBytes: number;
  readonly ranges: Readonly<Record<Family, RangesLayout>>;
  readonly ownersAt: number;
  readonly ownersBytes: number;
  readonly fileBytes: number;
}

export type Family = keyof typeof KEY_BYTES;

export interface RangesLayout {
  readonly count: number;
  readonly keyBytes: number;
  /** Of one range. */
  readonly rangeBytes: number;
  readonly blocks: number;
  readonly indexAt: number;
  readonly rangesAt: number;
}

export interface Sizes {
  readonly textBytes: number;
  readonly ipv4: number;
  readonly ipv6: number;
  readonly ownersBytes: number;
}

export function layoutOf(sizes: Sizes): Layout {
  const blocks4 = Math.ceil(sizes.ipv4 / BLOCK_RANGES);
  const blocks6 = Math.ceil(sizes.ipv6 / BLOCK_RANGES);
  const index4 = HEAD_BYTES + sizes.textBytes;
  const index6 = index4 + blocks4 * KEY_BYTES.ipv4;
  const ranges4 = index6 + blocks6 * KEY_BYTES.ipv6;
  const bytes4 = KEY_BYTES.ipv4 + OWNER_REF_BYTES;
  const bytes6 = KEY_BYTES.ipv6 + OWNER_REF_BYTES;
  const ranges6 = ranges4 + sizes.ipv4 * bytes4;
  const ownersAt = ranges6 + sizes.ipv6 * bytes6;
  const { ipv4, ipv6 } = KEY_BYTES;
  return {
    textBytes: sizes.textBytes,
    ranges: {
      ipv4: {
        count: sizes.ipv4,
        keyBytes: ipv4,
        rangeBytes: bytes4,
        blocks: blocks4,
        indexAt: index4,
        rangesAt: ranges4,
      },
      ipv6: {
        count: sizes.ipv6,
        keyBytes: ipv6,
        rangeBytes: bytes6,
        blocks: blocks6,
        indexAt: index6,
        rangesAt: ranges6,
      },
    },
    ownersAt,
    ownersBytes: sizes.ownersBytes,
    fileBytes: ownersAt + sizes.ownersBytes,
  };
}

/** Writes the head over the first bytes of a file whose text and index are in place. */
export function writeHead(file: Buffer, sizes: Sizes): void {
  file.write(MAGIC, 0, 'latin1');
  file.writeUInt32BE(VERSION, 8);
  file.writeUInt32BE(sizes.textBytes, 16);
  file.writeUInt32BE(sizes.ipv4, 20);
  file.writeUInt32BE(sizes.ipv6, 24);
  file.writeUInt32BE(sizes.ownersBytes, 28);
  file.writeUInt32BE(checksum(file.subarray(0, layoutOf(sizes).ranges.ipv4.rangesAt)), 12);
}

/** The layout that the first `HEAD_BYTES` bytes tell, or what is wrong with them. */
export function readHead(head: Buffer): Layout | { readonly error: string } {
  if (head.length < HEAD_BYTES || head.toString('latin1', 0, 8) !== MAGIC) return { error: 'it is no file of owners' };
  const version = head.readUInt32BE(8);
  if (version !== VERSION) return { error: `it has version ${version}, this program reads version ${VERSION}` };
  const sizes = {
    textBytes: head.readUInt32BE(16),
    ipv4: head.readUInt32BE(20),
    ipv6: head.readUInt32BE(24),
    ownersBytes: head.readUInt32BE(28),
  };
  if (sizes.ipv4 > RANGES_MAX || sizes.ipv6 > RANGES_MAX || sizes.textBytes > TEXT_BYTES_MAX)
    return { error: 'its head is damaged' };
  return layoutOf(sizes);
}

/** What the text says; `start` is the file up to its ranges. */
export function readText(start: Buffer, layout: Layout): OwnersFrom | { readonly error: string } {
  if (checksum(start) !== start.readUInt32BE(12)) return { error: 'its head or index is damaged' };
  const text: unknown = JSON.parse(start.toString('utf8', HEAD_BYTES, HEAD_BYTES + layout.textBytes));
  if (typeof text === 'object' && text !== null && 'date' in text && 'attribution' in text) {
    const { date, attribution } = text;
    if (typeof date === 'string' && typeof attribution === 'string') return { date, attribution };
  }
  return { error: 'it does not say where its data is from' };
}

/** FNV-1a, 32 bits, over everything but the check sum itself (bytes 12 to 15). */
function checksum(bytes: Buffer): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    if (i === 12) i = 16;
    hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** Which of `count` sorted entries is the last that begins at or before the key; -1 when all begin after it. */
export function lastNotAfter(key: Key, entries: Buffer, count: number, entryBytes: number): number {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = middle * entryBytes;
    const high = entries.readUInt32BE(at);
    const notAfter =
      high < key.high || (high === key.high && (key.family === 'ipv4' || entries.readUInt32BE(at + 4) <= key.low));
    if (notAfter) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

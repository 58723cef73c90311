// Looks up who owns the network of an address, without a network: in a file that the build made (see owners-layout.ts).
// The file is not loaded: a look-up reads one block of ranges and one owner, so a host short of memory pays a few kB.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NetworkOwner, OwnersFrom } from '../model/owner.ts';
import { compareKeys, type Key, keyOf } from './owners-key.ts';
import {
  BLOCK_RANGES,
  HEAD_BYTES,
  KEY_BYTES,
  type Layout,
  lastNotAfter,
  NAME_BYTES_MAX,
  OWNER_HEAD_BYTES,
  OWNER_REF_BYTES,
  type RangesLayout,
  readHead,
  readText,
} from './owners-layout.ts';

/** Owners that are kept at hand, so that a flood from one network reads its owner once. */
const OWNERS_KEPT = 4096;
/** Owners that one read takes in, in bytes. */
const OWNERS_READ = 8192;

export interface OwnerDatabase {
  readonly from: OwnersFrom;
  /** Never throws. `undefined` when nobody is known to own it: private and reserved ranges, text that is no address. */
  lookup(address: string): NetworkOwner | undefined;
  /** Ends all look-ups: from then on nobody owns anything. */
  close(): void;
}

/** Looks up addresses that were read already, too. */
interface OpenFile extends OwnerDatabase {
  ownerAt(key: Key): NetworkOwner | undefined;
}

export interface OwnersError {
  /** In words, for the report. */
  readonly error: string;
  /** There is no such file: it was not built. */
  readonly missing: boolean;
}

/** Opens the file of owners; close it after use. Never throws: a file that is missing or damaged is an answer. */
export function openOwners(path?: string): OwnerDatabase | OwnersError {
  return openFile(path);
}

function openFile(given?: string): OpenFile | OwnersError {
  let path = given ?? 'owners.bin';
  let file: number | undefined;
  try {
    path = given ?? builtOwners();
    file = openSync(path, 'r');
    const opened = open(file);
    if (!('error' in opened)) return opened;
    closeSync(file);
    return { error: `The owners of networks are not known: ${path} can't be used: ${opened.error}.`, missing: false };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : error instanceof Error ? error.message : String(error);
    return { error: `The owners of networks are not known: ${path}: ${why}.`, missing: code === 'ENOENT' };
  }
}

export interface OwnersFound {
  /** Absent when there was nothing to look up, or nothing to look it up in. */
  readonly found?: { readonly owners: ReadonlyMap<string, NetworkOwner>; readonly ownersFrom: OwnersFrom };
  /** A file that is there and can't be used, in words. One that was never built is no news. */
  readonly note?: string;
}

/** The owners of those addresses that have one. Opens the file only when an address can have an owner. */
export function findOwners(addresses: Iterable<string>, path?: string): OwnersFound {
  const keys: { readonly address: string; readonly key: Key }[] = [];
  for (const address of addresses) {
    const key = keyOf(address);
    if (key) keys.push({ address, key });
  }
  if (keys.length === 0) return {};
  // Neighbours on the Internet are neighbours in the file: in this order, what one look-up read serves the next.
  keys.sort((a, b) => compareKeys(a.key, b.key));
  const database = openFile(path);
  if ('error' in database) return database.missing ? {} : { note: database.error };
  const owners = new Map<string, NetworkOwner>();
  for (const { address, key } of keys) {
    const owner = database.ownerAt(key);
    if (owner) owners.set(address, owner);
  }
  database.close();
  return { found: { owners, ownersFrom: database.from } };
}

/** dist/data/owners.bin, seen from the built program or from its sources. */
function builtOwners(): string {
  const own = import.meta.url;
  return fileURLToPath(new URL(own.endsWith('.ts') ? '../../dist/data/owners.bin' : '../data/owners.bin', own));
}

function open(file: number): OpenFile | { readonly error: string } {
  const head = Buffer.alloc(HEAD_BYTES);
  readAt(file, 0, head);
  const layout = readHead(head);
  if ('error' in layout) return layout;
  const { size } = fstatSync(file);
  if (size !== layout.fileBytes) return { error: `it has ${size} bytes, and should have ${layout.fileBytes}` };
  const start = Buffer.alloc(layout.ranges.ipv4.rangesAt);
  readAt(file, 0, start);
  const from = readText(start, layout);
  if ('error' in from) return from;
  const ranges = view(file, BLOCK_RANGES * (KEY_BYTES.ipv6 + OWNER_REF_BYTES));
  const owners = view(file, OWNERS_READ);
  const kept = new Map<number, NetworkOwner | undefined>();
  let closed = false;
  const ownerAt = (key: Key): NetworkOwner | undefined => {
    if (closed) return undefined;
    try {
      const ref = ownerRef(start, ranges, layout.ranges[key.family], key);
      if (ref === 0 || kept.has(ref)) return kept.get(ref);
      const owner = readOwner(owners, layout, ref);
      if (kept.size < OWNERS_KEPT) kept.set(ref, owner);
      return owner;
    } catch {
      // The disk no longer answers: who owns the network is the least of this host's troubles.
      return undefined;
    }
  };
  return {
    from,
    ownerAt,
    lookup(address) {
      const key = keyOf(address);
      return key && ownerAt(key);
    },
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

/** Where the owner of the range that the key lies in stands among the owners; 0 when nobody owns it. */
function ownerRef(start: Buffer, read: View, ranges: RangesLayout, key: Key): number {
  const index = start.subarray(ranges.indexAt, ranges.indexAt + ranges.blocks * ranges.keyBytes);
  const block = lastNotAfter(key, index, ranges.blocks, ranges.keyBytes);
  if (block < 0) return 0;
  const first = block * BLOCK_RANGES;
  const count = Math.min(BLOCK_RANGES, ranges.count - first);
  const at = ranges.rangesAt + first * ranges.rangeBytes;
  const entries = read(at, count * ranges.rangeBytes, at + count * ranges.rangeBytes);
  const range = lastNotAfter(key, entries, count, ranges.rangeBytes);
  return range < 0 ? 0 : entries.readUIntBE(range * ranges.rangeBytes + ranges.keyBytes, OWNER_REF_BYTES);
}

function readOwner(read: View, layout: Layout, ref: number): NetworkOwner | undefined {
  const bytes = Math.min(OWNER_HEAD_BYTES + NAME_BYTES_MAX, layout.ownersBytes - ref);
  if (bytes <= OWNER_HEAD_BYTES) return undefined;
  const record = read(layout.ownersAt + ref, bytes, layout.fileBytes);
  const nameEnd = OWNER_HEAD_BYTES + record.readUInt8(6);
  if (nameEnd > bytes) return undefined;
  const asn = record.readUInt32BE(0);
  const name = record.toString('utf8', OWNER_HEAD_BYTES, nameEnd);
  const country = record.toString('latin1', 4, 6);
  // The build lets no such name in: the file was damaged, or is not ours.
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name)) return undefined;
  return /^[A-Z]{2}$/.test(country) ? { asn, name, country } : { asn, name };
}

/** The `length` bytes from `at` on, and maybe more, but not past `end`; valid until the next call. */
type View = (at: number, length: number, end: number) => Buffer;

/** Reads as many bytes at once as the view has, and not again while what is asked for is there. */
function view(file: number, size: number): View {
  const bytes = Buffer.alloc(size);
  let from = 0;
  let until = 0;
  return (at, length, end) => {
    if (at < from || at + length > until) {
      until = 0;
      const most = Math.min(size, end - at);
      readAt(file, at, bytes.subarray(0, most));
      from = at;
      until = at + most;
    }
    return bytes.subarray(at - from, until - from);
  };
}

/** @throws when the file ends before all is filled. */
function readAt(file: number, position: number, into: Buffer): void {
  const got = readSync(file, into, 0, into.length, position);
  if (got < into.length) throw new Error(`it ends at byte ${position + got}`);
}

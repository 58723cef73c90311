// Makes owners.bin (see owners-layout.ts) from tables of address ranges: who announces a range, where it is registered.
import type { OwnersFrom } from '../model/owner.ts';
import {
  BLOCK_RANGES,
  type Family,
  HEAD_BYTES,
  KEY_BYTES,
  layoutOf,
  NAME_BYTES_MAX,
  OWNER_HEAD_BYTES,
  OWNER_REF_BYTES,
  type RangesLayout,
  writeHead,
} from './owners-layout.ts';

/** Text of the tables, CSV without a head line, addresses as decimal numbers, first and last address of a range included. */
export interface OwnerTables {
  /** first, last, number of the autonomous system, its name */
  readonly owners: Readonly<Record<Family, string>>;
  /** first, last, two letters */
  readonly countries: Readonly<Record<Family, string>>;
  readonly from: OwnersFrom;
}

interface Range<T> {
  readonly first: bigint;
  readonly last: bigint;
  readonly value: T;
}

/** From this address on, until the next step, the value holds. */
interface Step<T> {
  readonly at: bigint;
  readonly value: T | undefined;
}

interface System {
  readonly asn: number;
  readonly name: string;
}

/** @throws Error that names the table and the line when a table can't be read. */
export function encodeOwners(tables: OwnerTables): Buffer {
  const records = ownerRecords();
  const stepsOf = (family: Family): Step<number>[] => {
    const { owners, countries } = tables;
    const end = 1n << bitsOf(family);
    const systems = flatten(readTable(owners[family], `owners, ${family}`, family, systemOf), end);
    const places = flatten(readTable(countries[family], `countries, ${family}`, family, countryOf), end);
    return combine(systems, places, records.refOf);
  };
  const steps = { ipv4: stepsOf('ipv4'), ipv6: stepsOf('ipv6') };
  const text = Buffer.from(JSON.stringify({ date: tables.from.date, attribution: tables.from.attribution }));
  const owners = records.bytes();
  const sizes = {
    textBytes: text.length,
    ipv4: steps.ipv4.length,
    ipv6: steps.ipv6.length,
    ownersBytes: owners.length,
  };
  const layout = layoutOf(sizes);
  const file = Buffer.alloc(layout.fileBytes);
  text.copy(file, HEAD_BYTES);
  writeSteps(file, steps.ipv4, layout.ranges.ipv4);
  writeSteps(file, steps.ipv6, layout.ranges.ipv6);
  owners.copy(file, layout.ownersAt);
  writeHead(file, sizes);
  return file;
}

/**
 * Text that is safe to print, on one line, of at most 255 bytes. Names of networks are chosen by their owners, so
 * control characters go, and those that change the direction of text or can't be seen.
 */
export function plainName(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Zs}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
  if (Buffer.byteLength(plain) <= NAME_BYTES_MAX) return plain;
  let cut = '';
  let bytes = 0;
  for (const character of plain) {
    bytes += Buffer.byteLength(character);
    if (bytes > NAME_BYTES_MAX - 3) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

function readTable<T>(
  text: string,
  title: string,
  family: Family,
  read: (rest: string) => T | undefined | 'wrong',
): Range<T>[] {
  const ranges: Range<T>[] = [];
  const bits = family === 'ipv4' ? 32n : 128n;
  const ignored = bits - bitsOf(family);
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const [, from = '0', to = '0', rest = ''] = /^(\d{1,39}),(\d{1,39}),(.*)$/.exec(line) ?? [];
    const first = BigInt(from);
    const last = BigInt(to);
    const value = read(rest);
    if (first > last || last >= 1n << bits || value === 'wrong')
      throw new Error(`Table of ${title}, line ${number + 1}: this is no range of addresses: ${line.slice(0, 200)}`);
    if (value !== undefined) ranges.push({ first: first >> ignored, last: last >> ignored, value });
  }
  return ranges;
}

/** Bits of an address that count: all of IPv4, the upper half of IPv6. */
function bitsOf(family: Family): bigint {
  return BigInt(KEY_BYTES[family] * 8);
}

/** A number and a name, which may be quoted (RFC 4180). */
function systemOf(text: string): System | undefined | 'wrong' {
  const [, digits, quoted, bare] = /^(\d{1,10}),(?:"((?:[^"]|"")*)"|([^",]*))$/.exec(text) ?? [];
  const asn = Number(digits);
  if (digits === undefined || asn > 0xffffffff) return 'wrong';
  // Number 0 is reserved for "not routed" (RFC 7607).
  if (asn === 0) return undefined;
  return { asn, name: plainName(quoted?.replaceAll('""', '"') ?? bare ?? '') || `AS${asn}` };
}

/** ZZ says that the registry doesn't know. */
function countryOf(text: string): string | undefined | 'wrong' {
  if (text === '' || text === 'ZZ') return undefined;
  return /^[A-Z]{2}$/.test(text) ? text : 'wrong';
}

/**
 * Ranges as steps. Where they overlap, the one that begins later holds, and of two that begin together the shorter.
 * `end`: the address after the last one.
 */
function flatten<T>(ranges: readonly Range<T>[], end: bigint): Step<T>[] {
  const sorted = [...ranges].sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
  const steps: Step<T>[] = [];
  /** Ranges that have begun, the one that holds on top. */
  const begun: Range<T>[] = [];
  const goOnTo = (next: bigint): void => {
    for (let top = begun.at(-1); top && top.last < next; top = begun.at(-1)) {
      const at = top.last + 1n;
      while (top && top.last < at) {
        begun.pop();
        top = begun.at(-1);
      }
      if (at < next) steps.push({ at, value: top?.value });
    }
  };
  for (const range of sorted) {
    goOnTo(range.first);
    if (steps.at(-1)?.at === range.first) steps.pop();
    steps.push({ at: range.first, value: range.value });
    begun.push(range);
  }
  goOnTo(end);
  return steps;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Both tables as one: steps of references to owners; where nobody announces a range, its country doesn't matter. */
function combine(
  systems: readonly Step<System>[],
  places: readonly Step<string>[],
  refOf: (system: System, country: string | undefined) => number,
): Step<number>[] {
  const steps: Step<number>[] = [];
  let system = 0;
  let place = 0;
  let held = 0;
  while (system < systems.length || place < places.length) {
    const nextSystem = systems[system]?.at;
    const nextPlace = places[place]?.at;
    const at = nextPlace === undefined || (nextSystem !== undefined && nextSystem < nextPlace) ? nextSystem : nextPlace;
    if (at === undefined) break;
    if (at === nextSystem) system++;
    if (at === nextPlace) place++;
    const announcer = systems[system - 1]?.value;
    const ref = announcer ? refOf(announcer, places[place - 1]?.value) : 0;
    if (ref !== held) steps.push({ at, value: ref });
    held = ref;
  }
  return steps;
}

function ownerRecords(): { refOf(system: System, country: string | undefined): number; bytes(): Buffer } {
  const refs = new Map<string, number>();
  const parts = [Buffer.alloc(1)];
  let length = 1;
  return {
    refOf(system, country) {
      const key = `${system.asn} ${country ?? ''} ${system.name}`;
      const known = refs.get(key);
      if (known !== undefined) return known;
      const name = Buffer.from(system.name);
      const record = Buffer.alloc(OWNER_HEAD_BYTES + name.length);
      record.writeUInt32BE(system.asn, 0);
      record.write(country ?? '', 4, 'latin1');
      record.writeUInt8(name.length, 6);
      name.copy(record, OWNER_HEAD_BYTES);
      const ref = length;
      if (ref >= 2 ** (8 * OWNER_REF_BYTES)) throw new Error('There are too many owners for this layout: widen it.');
      refs.set(key, ref);
      parts.push(record);
      length += record.length;
      return ref;
    },
    bytes: () => Buffer.concat(parts),
  };
}

function writeSteps(file: Buffer, steps: readonly Step<number>[], ranges: RangesLayout): void {
  for (const [number, step] of steps.entries()) {
    const at = ranges.rangesAt + number * ranges.rangeBytes;
    if (ranges.keyBytes === KEY_BYTES.ipv4) file.writeUInt32BE(Number(step.at), at);
    else file.writeBigUInt64BE(step.at, at);
    file.writeUIntBE(step.value ?? 0, at + ranges.keyBytes, OWNER_REF_BYTES);
    if (number % BLOCK_RANGES === 0)
      file.copy(file, ranges.indexAt + (number / BLOCK_RANGES) * ranges.keyBytes, at, at + ranges.keyBytes);
  }
}

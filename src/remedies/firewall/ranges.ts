// Addresses and networks as ranges of numbers, so that overlapping blocks become pieces that don't overlap.
import ipaddr from 'ipaddr.js';
import { canonicalAddress } from '../../model/address.ts';
import type { EpochMs } from '../../model/time.ts';
import { parseTarget, type Target } from '../safe.ts';

/** Both ends are a part of it. */
export interface Range {
  readonly family: 4 | 6;
  readonly from: bigint;
  readonly to: bigint;
}

/** A range that is blocked until a time. */
export interface Piece extends Range {
  readonly until: EpochMs;
}

const BITS = { 4: 32, 6: 128 } as const;

function numberOf(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function addressOf(number: bigint, family: 4 | 6): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, i) =>
    Number((number >> BigInt(BITS[family] - 8 * (i + 1))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

export function rangeOf(target: Target): Range {
  const slash = target.text.indexOf('/');
  const from = numberOf(slash < 0 ? target.text : target.text.slice(0, slash));
  return { family: target.family, from, to: from + (1n << BigInt(BITS[target.family] - target.prefix)) - 1n };
}

/** Of a range's two ends as a program printed them; `undefined` when they are none. */
export function rangeBetween(first: string, last: string): Range | undefined {
  const [from, to] = [canonicalAddress(first), canonicalAddress(last)];
  if (from === undefined || to === undefined || from.includes(':') !== to.includes(':')) return undefined;
  return { family: from.includes(':') ? 6 : 4, from: numberOf(from), to: numberOf(to) };
}

/** Of "a", "a/n" or "a-b"; `undefined` when it is none of them. */
export function rangeFrom(text: string): Range | undefined {
  const dash = text.indexOf('-');
  if (dash > 0) return rangeBetween(text.slice(0, dash), text.slice(dash + 1));
  const target = parseTarget(text);
  return target && rangeOf(target);
}

/** As nft(8) reads it: an address, a network where the range is one, else both ends. */
export function rangeText({ family, from, to }: Range): string {
  if (from === to) return addressOf(from, family);
  const size = to - from + 1n;
  const isNetwork = (size & (size - 1n)) === 0n && from % size === 0n;
  if (isNetwork) return `${addressOf(from, family)}/${BITS[family] - (size.toString(2).length - 1)}`;
  return `${addressOf(from, family)}-${addressOf(to, family)}`;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.from <= b.to && b.from <= a.to;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.from <= inner.from && inner.to <= outer.to;
}

/** The widest first of those that begin at the same address. */
function inOrder(a: Range, b: Range): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  return a.to === b.to ? 0 : a.to > b.to ? -1 : 1;
}

/**
 * The same blocks as pieces that don't overlap, each until the latest time of those that cover it. Networks either lie within each
 * other or apart, so one walk in order with the open ones on a stack is enough.
 */
export function disjoint(blocks: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  const open: Piece[] = [];
  let next = 0n;
  const closeUpTo = (one: Piece | undefined): void => {
    for (let top = open.at(-1); top && (!one || top.family !== one.family || top.to < one.from); top = open.at(-1)) {
      if (next <= top.to) pieces.push({ ...top, from: next });
      next = top.to + 1n;
      open.pop();
    }
  };
  const ordered = [...blocks].sort((a, b) => inOrder(a, b) || b.until - a.until);
  for (const one of ordered) {
    closeUpTo(one);
    const around = open.at(-1);
    if (around && one.until <= around.until) continue;
    if (around && next < one.from) pieces.push({ ...around, from: next, to: one.from - 1n });
    open.push(one);
    next = one.from;
  }
  closeUpTo(undefined);
  return pieces;
}

/** Those that don't lie within another of them, in the order given; of equal ones the first. */
export function outermost<T>(items: readonly T[], range: (item: T) => Range): T[] {
  const sorted = items.map((item, index) => ({ item, index, range: range(item) }));
  sorted.sort((a, b) => inOrder(a.range, b.range) || a.index - b.index);
  const kept: typeof sorted = [];
  for (const one of sorted) {
    const last = kept.at(-1);
    if (!last || !contains(last.range, one.range)) kept.push(one);
  }
  return kept.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

/** Finds among many ranges one that overlaps: the ranges may overlap each other. */
export function overlapFinder<T>(items: readonly T[], range: (item: T) => Range): (wanted: Range) => T | undefined {
  const sorted = items.map((item) => ({ item, range: range(item) })).sort((a, b) => inOrder(a.range, b.range));
  // The one among those before it that reaches furthest: a wide one may begin long before.
  const furthest = sorted.slice();
  for (let i = 1; i < furthest.length; i++) {
    const [before, here] = [furthest[i - 1], furthest[i]];
    if (before && here && before.range.family === here.range.family && before.range.to > here.range.to)
      furthest[i] = before;
  }
  return (wanted) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = sorted[middle]?.range;
      const before = one && (one.family < wanted.family || (one.family === wanted.family && one.from <= wanted.to));
      if (before) low = middle + 1;
      else high = middle;
    }
    const best = furthest[low - 1];
    return best && overlaps(best.range, wanted) ? best.item : undefined;
  };
}

/** Finds all pieces that overlap a range; the pieces must not overlap each other. */
export function piecesFinder<T extends Range>(pieces: readonly T[]): (wanted: Range) => T[] {
  const sorted = [...pieces].sort(inOrder);
  return (wanted) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = sorted[middle];
      const before = one && (one.family < wanted.family || (one.family === wanted.family && one.to < wanted.from));
      if (before) low = middle + 1;
      else high = middle;
    }
    const found: T[] = [];
    for (let one = sorted[low]; one && overlaps(one, wanted); one = sorted[++low]) found.push(one);
    return found;
  };
}

// For tests: in what two counts of the same log differ, in words. Where a bounded table folded, they need only agree within its bounds.
import { isDeepStrictEqual } from 'node:util';
import type { Distinct } from '../model/distinct.ts';
import type { Table } from '../model/table.ts';
import type { Counter, Traffic } from '../model/traffic.ts';
import type { Reading } from './kernel.fixture.ts';

const SHOWN = 12;
/** Sums of doubles depend on their order in the last digits. */
const TOLERANCE = 1e-9;

/**
 * None when both agree. `inParts`: one of them was counted in parts, so that a key which is not among the first of the whole log can
 * have been among the first of a part.
 */
export function differences(expected: Reading, got: Reading, inParts = false): string[] {
  const found: Found = { all: [], inParts };
  compare('', { ...expected, traffic: ordered(expected.traffic) }, { ...got, traffic: ordered(got.traffic) }, found);
  return shortened(found);
}

/** In what two `Traffic` differ. */
export function trafficDifferences(expected: Traffic | undefined, got: Traffic | undefined): string[] {
  const found: Found = { all: [], inParts: false };
  compare('traffic', ordered(expected), ordered(got), found);
  return shortened(found);
}

interface Found {
  readonly all: string[];
  readonly inParts: boolean;
}

function shortened({ all }: Found): string[] {
  return all.length > SHOWN ? [...all.slice(0, SHOWN), `and ${all.length - SHOWN} more`] : all;
}

function ordered(traffic: Traffic | undefined): Traffic | undefined {
  if (!traffic) return undefined;
  const byAddress = (list: Traffic['proxies']): Traffic['proxies'] =>
    list.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return { ...traffic, proxies: byAddress(traffic.proxies), hiddenBehind: byAddress(traffic.hiddenBehind) };
}

function compare(at: string, a: unknown, b: unknown, found: Found): void {
  if (typeof a === 'number' && typeof b === 'number') {
    if (!isClose(a, b)) tell(at, a, b, found);
  } else if (isTable(a) && isTable(b)) compareTables(at, a, b, found);
  else if (found.inParts && isCounter(a) && isCounter(b)) compareCounters(at, a, b, found);
  else if (isDistinct(a) && isDistinct(b)) {
    if (!isDeepStrictEqual(membersOf(a), membersOf(b))) tell(at, membersOf(a), membersOf(b), found);
  } else if (a instanceof Map && b instanceof Map) {
    for (const key of new Set<unknown>([...a.keys(), ...b.keys()]))
      compare(`${at}[${String(key)}]`, a.get(key), b.get(key), found);
  } else if (isRecord(a) && isRecord(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(`${at}.${key}`, a[key], b[key], found);
    }
  } else if (!isDeepStrictEqual(a, b)) tell(at, a, b, found);
}

function compareTables(at: string, a: Table<unknown>, b: Table<unknown>, found: Found): void {
  if (a.folded === 0 && b.folded === 0) {
    compare(`${at}.capacity`, a.capacity, b.capacity, found);
    compare(at, a.entries, b.entries, found);
    return;
  }
  const bound = Math.max(a.errorBound, b.errorBound) * (1 + TOLERANCE);
  if (!isClose(sum(a), sum(b))) tell(`${at} in all`, sum(a), sum(b), found);
  for (const key of new Set([...a.entries.keys(), ...b.entries.keys()])) {
    const [one, other] = [weight(a.entries.get(key)), weight(b.entries.get(key))];
    if (Math.abs(one - other) > bound) tell(`${at}[${key}] within ${bound}`, one, other, found);
  }
}

/** The keys that came first are kept; of the others only the number. */
function compareCounters(at: string, a: Counter, b: Counter, found: Found): void {
  compare(`${at} keys`, [...a.counts.keys()], [...b.counts.keys()], found);
  const total = ({ counts, others }: Counter): number =>
    [...counts.values()].reduce((all, count) => all + count, others);
  compare(`${at} in all`, total(a), total(b), found);
  for (const [key, count] of b.counts)
    if (count > (a.counts.get(key) ?? 0)) tell(`${at}[${key}]`, a.counts.get(key), count, found);
}

function sum(of: Table<unknown>): number {
  let all = of.folded;
  for (const entry of of.entries.values()) all += weight(entry);
  return all;
}

/** As the tables weigh their entries. */
function weight(entry: unknown): number {
  if (!isRecord(entry)) return 0;
  const { requests, workerMs, count } = entry;
  return typeof count === 'number' ? count : Number(requests) + Number(workerMs) / 1000;
}

function membersOf(distinct: Distinct): unknown {
  return distinct.exact ? distinct.exact.toSorted((a, b) => a - b) : [...(distinct.registers ?? [])];
}

function isClose(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

function isTable(value: unknown): value is Table<unknown> {
  return isRecord(value) && 'entries' in value && 'errorBound' in value;
}

function isCounter(value: unknown): value is Counter {
  return isRecord(value) && value.counts instanceof Map && 'others' in value;
}

function isDistinct(value: unknown): value is Distinct {
  return isRecord(value) && 'precision' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Map);
}

function tell(at: string, a: unknown, b: unknown, found: Found): void {
  found.all.push(`${at}: expected ${shown(a)}, got ${shown(b)}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (part instanceof Map ? [...part] : part)) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

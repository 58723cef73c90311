// Reads single things out of the memory of the log kernel: names, tallies, distinct counts, tables, quotes.
import { type Distinct, distinct } from '../model/distinct.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import { type Table, table } from '../model/table.ts';
import { type Counter, type GroupTally, groupTally, type Tally } from '../model/traffic.ts';
import {
  DISTINCT,
  DISTINCT_INLINE,
  DISTINCT_REGISTERS,
  GROUP,
  NAME,
  PAIR_BYTES,
  QUOTE,
  TABLE,
  TALLY,
} from './kernel-layout.ts';

/** Where quotes are from: the lines of a part of a log are counted from its begin. */
export interface QuotedFrom {
  readonly file: string;
  readonly linesBefore: number;
}

export interface Memory {
  u32(at: number): number;
  f64(at: number): number;
  bytes(at: number, length: number): Uint8Array;
  /** The text of the name that stands at this place; empty when there is none. */
  nameAt(at: number): string;
  /** The quote and its line that stand at this place. */
  quoteAt(at: number): Evidence;
}

export function memoryOf(buffer: ArrayBufferLike, from: QuotedFrom): Memory {
  const words = new Uint32Array(buffer);
  const doubles = new Float64Array(buffer);
  const bytes = Buffer.from(buffer);
  const known = new Map<number, string>();
  const u32 = (at: number): number => words[at >>> 2] ?? 0;
  const nameAt = (at: number): string => {
    const name = u32(at);
    if (name === 0) return '';
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const text = name + NAME.text;
    const made = bytes.toString('utf8', text, text + u32(name + NAME.length));
    known.set(name, made);
    return made;
  };
  return {
    u32,
    f64: (at) => doubles[at >>> 3] ?? 0,
    bytes: (at, length) => bytes.subarray(at, at + length),
    nameAt,
    quoteAt(at) {
      const quote = u32(at);
      const text = bytes.toString('utf8', quote + QUOTE.text, quote + QUOTE.text + u32(quote));
      return evidence(from.file, from.linesBefore + u32(at + 4), text);
    },
  };
}

export function fillTally(into: Tally, memory: Memory, at: number): void {
  into.requests = memory.u32(at + TALLY.requests);
  into.dynamic = memory.u32(at + TALLY.dynamic);
  into.workerMs = memory.f64(at + TALLY.workerMs);
  into.bytes = memory.f64(at + TALLY.bytes);
  into.ok = memory.u32(at + TALLY.ok);
  into.redirected = memory.u32(at + TALLY.redirected);
  into.refused = memory.u32(at + TALLY.refused);
  into.failed = memory.u32(at + TALLY.failed);
  into.clientTimeouts = memory.u32(at + TALLY.clientTimeouts);
  into.gaveUp = memory.u32(at + TALLY.gaveUp);
  into.notFound = memory.u32(at + TALLY.notFound);
  into.first = memory.f64(at + TALLY.first);
  into.last = -memory.f64(at + TALLY.minusLast);
}

/** Written out, as `tally` is: filling one afterwards takes twice as long. */
export function tallyOf(memory: Memory, at: number): Tally {
  return {
    requests: memory.u32(at + TALLY.requests),
    dynamic: memory.u32(at + TALLY.dynamic),
    workerMs: memory.f64(at + TALLY.workerMs),
    bytes: memory.f64(at + TALLY.bytes),
    ok: memory.u32(at + TALLY.ok),
    redirected: memory.u32(at + TALLY.redirected),
    refused: memory.u32(at + TALLY.refused),
    failed: memory.u32(at + TALLY.failed),
    clientTimeouts: memory.u32(at + TALLY.clientTimeouts),
    gaveUp: memory.u32(at + TALLY.gaveUp),
    notFound: memory.u32(at + TALLY.notFound),
    first: memory.f64(at + TALLY.first),
    last: -memory.f64(at + TALLY.minusLast),
  };
}

export function groupOf(memory: Memory, at: number, precision?: number): GroupTally {
  const made = groupTally(precision);
  fillTally(made, memory, at);
  fillDistinct(made.members, memory, at + GROUP.members);
  return made;
}

export function fillDistinct(into: Distinct, memory: Memory, at: number): void {
  const count = memory.u32(at + DISTINCT.count);
  const block = memory.u32(at + DISTINCT.block);
  if (count === DISTINCT_REGISTERS) {
    into.exact = undefined;
    into.registers = Uint8Array.from(memory.bytes(block, 1 << into.precision));
    return;
  }
  const list = count <= DISTINCT_INLINE ? at + DISTINCT.first : block;
  const exact: number[] = [];
  for (let i = 0; i < count; i++) exact.push(memory.u32(list + i * 4) | 0);
  if (count > 0) into.exact = exact;
}

export function distinctOf(memory: Memory, at: number): Distinct {
  const made = distinct();
  fillDistinct(made, memory, at);
  return made;
}

export function tableOf<T>(memory: Memory, at: number, entryOf: (at: number) => readonly [string, T]): Table<T> {
  const made = table<T>(memory.u32(at + TABLE.told));
  made.folded = memory.f64(at + TABLE.folded);
  made.errorBound = memory.f64(at + TABLE.errorBound);
  const entries = memory.u32(at + TABLE.entries);
  const count = memory.u32(at + TABLE.count);
  for (let i = 0; i < count; i++) {
    const [key, entry] = entryOf(memory.u32(entries + i * 4));
    made.entries.set(key, entry);
  }
  return made;
}

export function countsAt(memory: Memory, at: number, length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => memory.u32(at + i * 4));
}

export function fillCounter(into: Counter, memory: Memory, at: number, length: number): void {
  for (let i = 0; i < length; i++)
    into.counts.set(memory.nameAt(at + i * PAIR_BYTES), memory.u32(at + i * PAIR_BYTES + 4));
}

export function quotesAt(memory: Memory, at: number, length: number): Evidence[] {
  return Array.from({ length }, (_, i) => memory.quoteAt(at + i * PAIR_BYTES));
}

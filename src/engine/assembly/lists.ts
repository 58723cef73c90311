// Lists of what is counted in a slice of time, and how two of them become one.
import { alloc, copy, free, reserve } from './memory.ts';
import { Name } from './names.ts';
import { Cost, Entry, TALLY_AT } from './open.ts';
import { findLimit, goes, limit, weights } from './select.ts';
import { addTally, TALLY_SIZE, weightOf } from './tally.ts';

/** What is counted in a slice. Networks are put together of their addresses when it is closed. */
export enum Of {
  Addresses,
  Networks,
  Endpoints,
  Referers,
}

/** Entries of an open slice. */
export const OPEN_MAX: u32 = 2048;

// biome-ignore format: one field a line tells the layout
@unmanaged
export class List {
  count: u32;
  entries: u32;
  folded: f64;
  errorBound: f64;
}

export const LIST_SIZE: u32 = offsetof<List>();

/** Room to put lists together. */
const joined: usize = reserve((OPEN_MAX + 512) * (TALLY_AT + TALLY_SIZE));

/** Whether its entries are tallies; else they tell the cost alone. */
function isTallied(kind: u32): bool {
  return kind < 2;
}

export function sizeOf(kind: u32): u32 {
  return isTallied(kind) ? TALLY_AT + TALLY_SIZE : offsetof<Cost>();
}
/** Entries that a closed slice keeps. */
function capacityOf(kind: u32): u32 {
  return kind < 2 ? 96 : 48;
}

/** Adds the entries of the other list, and folds the lightest when there are more than may stay. */
export function joinLists(into: List, other: List, kind: u32): void {
  const size = sizeOf(kind);
  let entries = <usize>other.entries;
  let count = other.count;
  if (into.count) {
    count = into.count;
    entries = joined;
    copy(joined, into.entries, count * size);
    for (let i: u32 = 0; i < count; i++)
      changetype<Name>(changetype<Entry>(joined + i * size).name).scratch = <u32>(joined + i * size);
    for (let i: u32 = 0; i < other.count; i++) {
      const entry = other.entries + i * size;
      const known = changetype<Name>(changetype<Entry>(entry).name).scratch;
      if (known) addEntry(known, entry, kind);
      else copy(joined + count++ * size, entry, size);
    }
    for (let i: u32 = 0; i < into.count; i++) changetype<Name>(changetype<Entry>(joined + i * size).name).scratch = 0;
    free(into.entries, into.count * size);
  }
  into.folded += other.folded;
  into.errorBound += other.errorBound;
  const capacity = capacityOf(kind);
  const kept = min(count, capacity);
  const made = kept ? alloc(kept * size) : 0;
  if (count > capacity) keepHeaviest(into, made, entries, count, kind);
  else if (kept) copy(made, entries, kept * size);
  into.entries = <u32>made;
  into.count = kept;
}

function addEntry(into: usize, other: usize, kind: u32): void {
  if (isTallied(kind)) {
    addTally(into + TALLY_AT, other + TALLY_AT);
    return;
  }
  changetype<Cost>(into).requests += changetype<Cost>(other).requests;
  changetype<Cost>(into).workerMs += changetype<Cost>(other).workerMs;
}

/** Copies the heaviest of the entries, and folds the others into what the list lost. */
function keepHeaviest(list: List, into: usize, entries: usize, count: u32, kind: u32): void {
  const size = sizeOf(kind);
  for (let i: u32 = 0; i < count; i++) {
    const entry = entries + i * size;
    store<f64>(weights + (i << 3), isTallied(kind) ? weightOf(entry + TALLY_AT) : costWeight(entry));
  }
  findLimit(count, count - capacityOf(kind));
  list.errorBound += limit;
  let at = into;
  for (let i: u32 = 0; i < count; i++) {
    const weight = load<f64>(weights + (i << 3));
    if (goes(weight)) list.folded += weight;
    else {
      copy(at, entries + i * size, size);
      at += size;
    }
  }
}

function costWeight(entry: usize): f64 {
  return <f64>changetype<Cost>(entry).requests + changetype<Cost>(entry).workerMs / 1000;
}

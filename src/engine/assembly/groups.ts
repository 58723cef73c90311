// The tables of the whole record: groups of requests by a name, bounded as src/model/table.ts is (batched Misra-Gries).
import { addHash, release } from './distinct.ts';
import { alloc, free, reserve, zero } from './memory.ts';
import { mark, Name } from './names.ts';
import { findLimit, goes, limit, weights } from './select.ts';
import { addTally, addTo, clear, GROUP_PRECISION, GROUP_SIZE, Group, MEMBERS, visitorHash, weightOf } from './tally.ts';

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Table {
  capacity: u32;
  count: u32;
  /** Where the addresses of the entries stand, in the order in which they came: room for twice the capacity. */
  entries: u32;
  /** Where pairs are looked up; 0 in a table of single names. */
  index: u32;
  folded: f64;
  errorBound: f64;
  /** So many are told in the end, or twice as many; while counting, a larger table folds less. */
  told: u32;
  spare: u32;
}

const PAIR_SLOTS_PER_ENTRY: u32 = 4;

export function newTable(capacity: u32, told: u32): usize {
  const made = reserve(offsetof<Table>());
  const table = changetype<Table>(made);
  table.capacity = capacity;
  table.told = told;
  table.entries = <u32>reserve(capacity * 8);
  return made;
}

/** A table of pairs of names. */
export function newPairTable(capacity: u32): usize {
  const made = newTable(capacity, capacity);
  changetype<Table>(made).index = <u32>reserve(capacity * 2 * PAIR_SLOTS_PER_ENTRY * 4);
  return made;
}

/** How often entries were folded, in all tables: whoever remembers what it counted must then look again. */
export let trims: u32 = 0;

/** Counts the request under the name; its visitor too, when that may be the first time. */
export function count(into: usize, name: u32, isNew: bool): void {
  const entry = entryOf(into, name);
  addTo(entry);
  if (isNew) addMember(entry);
}

/** Counts the visitor of the request under a name whose requests are counted by slices. */
export function countMember(into: usize, name: u32): void {
  addMember(entryOf(into, name));
}

/** Counts all that was counted of the name in a slice. */
export function countAll(into: usize, name: u32, tally: usize): void {
  addTally(entryOf(into, name), tally);
}

/** Whoever remembers where visitors were counted must look again. */
export function forgetCounted(): void {
  trims++;
}

export function addMember(entry: usize): void {
  addHash(entry + MEMBERS, visitorHash, GROUP_PRECISION);
}

/** Where requests of the name are counted; made when there is no such place. */
export function entryOf(into: usize, name: u32): usize {
  const known = changetype<Name>(name).entry;
  if (known) return known;
  const made = add(into, name, 0);
  changetype<Name>(name).entry = <u32>made;
  return made;
}

/** Counts the request under the pair; `second` is 0 for a single name in a table of pairs. */
export function countPair(into: usize, name: u32, second: u32): void {
  const table = changetype<Table>(into);
  const mask = table.capacity * 2 * PAIR_SLOTS_PER_ENTRY - 1;
  let slot = pairHash(name, second) & mask;
  for (;;) {
    const entry = load<u32>(table.index + (slot << 2));
    if (entry == 0) break;
    const group = changetype<Group>(entry);
    if (group.name == name && group.second == second) {
      addTo(entry);
      addMember(entry);
      return;
    }
    slot = (slot + 1) & mask;
  }
  const entry = add(into, name, second);
  put(table, <u32>entry);
  addTo(entry);
  addMember(entry);
}

function put(table: Table, entry: u32): void {
  const mask = table.capacity * 2 * PAIR_SLOTS_PER_ENTRY - 1;
  let slot = pairHash(changetype<Group>(entry).name, changetype<Group>(entry).second) & mask;
  while (load<u32>(table.index + (slot << 2))) slot = (slot + 1) & mask;
  store<u32>(table.index + (slot << 2), entry);
}

function pairHash(name: u32, second: u32): u32 {
  const mixed = (name ^ rotl<u32>(second, 15)) * 0x9e3779b1;
  return mixed ^ (mixed >>> 15);
}

function add(into: usize, name: u32, second: u32): usize {
  const table = changetype<Table>(into);
  if (table.count == table.capacity * 2) trim(table, table.capacity);
  const entry = alloc(GROUP_SIZE);
  clear(entry);
  const group = changetype<Group>(entry);
  group.name = name;
  group.second = second;
  group.born = trims;
  zero(entry + MEMBERS, GROUP_SIZE - MEMBERS);
  store<u32>(table.entries + (table.count << 2), <u32>entry);
  table.count++;
  return entry;
}

/** Leaves what is told: when everything is counted. */
export function settle(at: usize): void {
  const table = changetype<Table>(at);
  if (table.count > table.told * 2) trim(table, table.told);
}

/** Folds the lightest entries, of equal ones the oldest, until so many are left. */
function trim(table: Table, most: u32): void {
  trims++;
  for (let i: u32 = 0; i < table.count; i++) {
    const entry = load<u32>(table.entries + (i << 2));
    store<f64>(weights + (i << 3), weightOf(entry));
  }
  findLimit(table.count, table.count - most);
  table.errorBound += limit;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < table.count; i++) {
    const entry = load<u32>(table.entries + (i << 2));
    const weight = load<f64>(weights + (i << 3));
    if (goes(weight)) {
      table.folded += weight;
      if (table.index == 0) changetype<Name>(changetype<Group>(entry).name).entry = 0;
      release(entry + MEMBERS, GROUP_PRECISION);
      free(entry, GROUP_SIZE);
    } else store<u32>(table.entries + (kept++ << 2), entry);
  }
  table.count = kept;
  if (table.index == 0) return;
  zero(table.index, table.capacity * 2 * PAIR_SLOTS_PER_ENTRY * 4);
  for (let i: u32 = 0; i < kept; i++) put(table, load<u32>(table.entries + (i << 2)));
}

export function markTable(at: usize): void {
  const table = changetype<Table>(at);
  for (let i: u32 = 0; i < table.count; i++) {
    const group = changetype<Group>(load<u32>(table.entries + (i << 2)));
    mark(group.name);
    mark(group.second);
  }
}

// Traffic by slices of time, all of one width, which doubles when they become too many: as src/engine/slices.ts. Requests go into the
// two slices that were asked for last; a slice that is closed keeps its heaviest entries.
import { addHash, join, release } from './distinct.ts';
import { countAll } from './groups.ts';
import { joinLists, LIST_SIZE, List, Of, OPEN_MAX, sizeOf } from './lists.ts';
import { allocZero, ask, copy, free, reserve, zero } from './memory.ts';
import { mark, Name } from './names.ts';
import { Cost, Entry, likelyPlace, placeIn, setStamp, TALLY_AT } from './open.ts';
import { addTally, addTo, clear, GROUP_SIZE, MEMBERS, TOTAL_PRECISION, visitorHash, workerMs } from './tally.ts';
import { networks } from './whole.ts';

const KINDS: u32 = 4;

const SLICES_MAX: u32 = 256;
const DURATIONS: u32 = 24;

/** Open or closed; its total, lists and durations stand behind it. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Slice {
  index: f64;
  completed: f64;
  stamp: u32;
  isOpen: u32;
}

const TOTAL_AT: u32 = offsetof<Slice>();
const LISTS_AT: u32 = TOTAL_AT + GROUP_SIZE;
const DURATIONS_AT: u32 = LISTS_AT + KINDS * LIST_SIZE;
const SLICE_SIZE: u32 = DURATIONS_AT + DURATIONS * 4;

export let widthMs: f64 = 1000;
/** Those that are closed. */
export const closed: usize = reserve(SLICES_MAX * 4);
export let closedCount: u32 = 0;
let stamps: u32 = 0;

const open0: usize = newOpen();
const open1: usize = newOpen();
/** The one that was asked for last, and what moments it holds. */
let current: usize = 0;
let currentFrom: f64 = 0;
let currentTo: f64 = 0;

function newOpen(): usize {
  const slice = reserve(SLICE_SIZE);
  for (let kind: u32 = 0; kind < KINDS; kind++) listOf(slice, kind).entries = <u32>reserve(OPEN_MAX * sizeOf(kind));
  return slice;
}

function listOf(slice: usize, kind: u32): List {
  return changetype<List>(slice + LISTS_AT + kind * LIST_SIZE);
}

/** Makes the slice of the moment the current one. */
export function select(moment: f64): void {
  if (moment >= currentFrom && moment < currentTo && current) return;
  turnTo(moment);
}

function turnTo(moment: f64): void {
  let index = Math.floor(moment / widthMs);
  if (isOpenAt(open0, index)) current = open0;
  else if (isOpenAt(open1, index)) current = open1;
  else {
    if (!closedAt(index)) {
      while (sliceCount() >= SLICES_MAX) {
        double();
        index = Math.floor(moment / widthMs);
        if (closedAt(index)) break;
      }
    }
    current = openFree();
    const slice = changetype<Slice>(current);
    slice.isOpen = 1;
    slice.index = index;
    slice.completed = 0;
    slice.stamp = ++stamps;
    setStamp(current == open0, stamps);
    clear(current + TOTAL_AT);
    zero(current + TOTAL_AT + MEMBERS, GROUP_SIZE - MEMBERS);
    zero(current + DURATIONS_AT, DURATIONS * 4);
    for (let kind: u32 = 0; kind < KINDS; kind++) listOf(current, kind).count = 0;
  }
  currentFrom = index * widthMs;
  currentTo = currentFrom + widthMs;
}

function isOpenAt(slice: usize, index: f64): bool {
  return changetype<Slice>(slice).isOpen != 0 && changetype<Slice>(slice).index == index;
}

/** 0 when there is none. */
function closedAt(index: f64): usize {
  for (let i: u32 = 0; i < closedCount; i++) {
    const slice = load<u32>(closed + (i << 2));
    if (changetype<Slice>(slice).index == index) return slice;
  }
  return 0;
}

function sliceCount(): u32 {
  let count = closedCount;
  if (isNew(open0)) count++;
  if (isNew(open1)) count++;
  return count;
}

/** Open, and not the second time. */
function isNew(slice: usize): bool {
  return changetype<Slice>(slice).isOpen != 0 && closedAt(changetype<Slice>(slice).index) == 0;
}

/** The one that is not current makes room. */
function openFree(): usize {
  if (!changetype<Slice>(open0).isOpen) return open0;
  if (!changetype<Slice>(open1).isOpen) return open1;
  const other = current == open0 ? open1 : open0;
  close(other);
  return other;
}

/** Counts the request under its address in the current slice, and the visitor when he is new there. All together are counted in the end. */
export function addVisit(address: u32): void {
  let place = placeIn(current == open0, address);
  if (place == 0) {
    place = newEntry(Of.Addresses, address);
    clear(place + TALLY_AT);
    addHash(current + TOTAL_AT + MEMBERS, visitorHash, TOTAL_PRECISION);
  }
  addTo(place + TALLY_AT);
}

/** Counts what the request cost under the name in the current slice. */
export function addCost(kind: Of, name: u32): void {
  let place = placeIn(current == open0, name);
  if (place == 0) {
    place = newEntry(kind, name);
    changetype<Cost>(place).requests = 0;
    changetype<Cost>(place).workerMs = 0;
  }
  const cost = changetype<Cost>(place);
  cost.requests++;
  cost.workerMs += workerMs;
}

/** Where the entry of the name in the current slice may stand. */
export function currentPlace(name: u32): usize {
  return likelyPlace(current == open0, name);
}

function newEntry(kind: Of, name: u32): usize {
  if (listOf(current, kind).count == OPEN_MAX) {
    // Full: what it has is put away, and it goes on as a new one of the same time.
    const index = changetype<Slice>(current).index;
    close(current);
    turnTo(index * widthMs);
  }
  const list = listOf(current, kind);
  const entry = list.entries + list.count++ * sizeOf(kind);
  changetype<Entry>(entry).name = name;
  changetype<Entry>(entry).stamp = changetype<Slice>(current).stamp;
  if (current == open0) changetype<Name>(name).place0 = entry;
  else changetype<Name>(name).place1 = entry;
  return entry;
}

export function addDuration(bucket: u32): void {
  const at = current + DURATIONS_AT + (min<u32>(bucket, DURATIONS - 1) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Counts a line that was written at this moment. */
export function complete(moment: f64): void {
  if (moment >= currentFrom && moment < currentTo && current) {
    changetype<Slice>(current).completed += 1;
    return;
  }
  const index = Math.floor(moment / widthMs);
  let slice = isOpenAt(open0, index) ? open0 : isOpenAt(open1, index) ? open1 : closedAt(index);
  if (slice == 0) {
    turnTo(moment);
    slice = current;
  }
  changetype<Slice>(slice).completed += 1;
}

export function closeAll(): void {
  if (changetype<Slice>(open0).isOpen) close(open0);
  if (changetype<Slice>(open1).isOpen) close(open1);
  current = 0;
}

function close(slice: usize): void {
  const index = changetype<Slice>(slice).index;
  let into = closedAt(index);
  if (into == 0) {
    into = allocZero(SLICE_SIZE);
    changetype<Slice>(into).index = index;
    clear(into + TOTAL_AT);
    store<u32>(closed + (closedCount++ << 2), <u32>into);
  }
  addUp(slice);
  askForNetworks(listOf(slice, Of.Addresses));
  findNetworks(listOf(slice, Of.Addresses), listOf(slice, Of.Networks));
  countNetworks(listOf(slice, Of.Networks));
  absorb(into, slice);
  changetype<Slice>(slice).isOpen = 0;
  setStamp(slice == open0, 0);
  if (current == slice) current = 0;
}

/** The total of the slice: every request has an address. */
function addUp(slice: usize): void {
  const addresses = listOf(slice, Of.Addresses);
  const size = sizeOf(Of.Addresses);
  for (let i: u32 = 0; i < addresses.count; i++) addTally(slice + TOTAL_AT, addresses.entries + i * size + TALLY_AT);
}

/** Asks early for the names of all addresses, for those of their networks, and for where these are counted. */
function askForNetworks(addresses: List): void {
  const size = sizeOf(Of.Addresses);
  const end = addresses.entries + addresses.count * size;
  for (let at: usize = addresses.entries; at < end; at += size) ask(changetype<Name>(changetype<Entry>(at).name).link);
  for (let at: usize = addresses.entries; at < end; at += size) ask(networkOf(at).entry);
  for (let at: usize = addresses.entries; at < end; at += size) {
    const group = networkOf(at).entry;
    ask(load<u32>(group) ^ load<u32>(group + 64));
  }
}

function networkOf(entry: usize): Name {
  return changetype<Name>(changetype<Name>(changetype<Entry>(entry).name).link);
}

function findNetworks(addresses: List, found: List): void {
  const size = sizeOf(Of.Addresses);
  for (let i: u32 = 0; i < addresses.count; i++) {
    const entry = addresses.entries + i * size;
    const network = changetype<Name>(changetype<Entry>(entry).name).link;
    if (network == 0) continue;
    const known = changetype<Name>(network).scratch;
    if (known) {
      addTally(known + TALLY_AT, entry + TALLY_AT);
      continue;
    }
    const made = found.entries + found.count++ * size;
    copy(made, entry, size);
    changetype<Entry>(made).name = network;
    changetype<Name>(network).scratch = made;
  }
  for (let i: u32 = 0; i < found.count; i++)
    changetype<Name>(changetype<Entry>(found.entries + i * size).name).scratch = 0;
}

function countNetworks(list: List): void {
  const size = sizeOf(Of.Networks);
  for (let i: u32 = 0; i < list.count; i++) {
    const entry = list.entries + i * size;
    countAll(networks, changetype<Entry>(entry).name, entry + TALLY_AT);
  }
}

/** Adds all of the other slice to a closed one, and gives back what the other holds. */
function absorb(into: usize, other: usize): void {
  changetype<Slice>(into).completed += changetype<Slice>(other).completed;
  addTally(into + TOTAL_AT, other + TOTAL_AT);
  join(into + TOTAL_AT + MEMBERS, other + TOTAL_AT + MEMBERS, TOTAL_PRECISION);
  release(other + TOTAL_AT + MEMBERS, TOTAL_PRECISION);
  for (let i: u32 = 0; i < DURATIONS * 4; i += 4)
    store<u32>(into + DURATIONS_AT + i, load<u32>(into + DURATIONS_AT + i) + load<u32>(other + DURATIONS_AT + i));
  for (let kind: u32 = 0; kind < KINDS; kind++) joinLists(listOf(into, kind), listOf(other, kind), kind);
}

/** Two slices become one, twice as wide. */
function double(): void {
  closeAll();
  widthMs *= 2;
  let kept: u32 = 0;
  const all = closedCount;
  for (let i: u32 = 0; i < all; i++) {
    const slice = load<u32>(closed + (i << 2));
    const half = Math.floor(changetype<Slice>(slice).index / 2);
    closedCount = kept;
    const known = closedAt(half);
    if (known) {
      absorb(known, slice);
      for (let kind: u32 = 0; kind < KINDS; kind++) {
        const list = listOf(slice, kind);
        if (list.entries) free(list.entries, list.count * sizeOf(kind));
      }
      free(slice, SLICE_SIZE);
    } else {
      changetype<Slice>(slice).index = half;
      store<u32>(closed + (kept++ << 2), slice);
    }
  }
  closedCount = kept;
}

export function markSlices(): void {
  for (let i: u32 = 0; i < closedCount; i++) markSlice(load<u32>(closed + (i << 2)));
}

function markSlice(slice: usize): void {
  for (let kind: u32 = 0; kind < KINDS; kind++) {
    const list = listOf(slice, kind);
    for (let i: u32 = 0; i < list.count; i++) mark(changetype<Entry>(list.entries + i * sizeOf(kind)).name);
  }
}

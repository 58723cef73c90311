// Requests by method and status together: one counter where there would be two. Both tables are filled from them in the end.
import { countAll, countMember, forgetCounted } from './groups.ts';
import { alloc, reserve } from './memory.ts';
import { Name } from './names.ts';
import { Source } from './sources.ts';
import { addTo, clear, TALLY_SIZE, Tally } from './tally.ts';
import { methods, statuses } from './whole.ts';

const METHODS_MAX: u32 = 16;
const STATUSES: u32 = 1000;

/** Where the tallies stand, by method and status; 0 for none. */
const cells: usize = reserve(METHODS_MAX * STATUSES * 4);
const methodNames: usize = memory.data(METHODS_MAX * 4, 4);
let methodCount: u32 = 0;

/** The bit of each status, for sources that remember under which they were counted; the first 31 have one. */
const statusBits: usize = memory.data(STATUSES * 4, 4);
let bitsTaken: u32 = 0;

/** Counts the request; its visitor too, under what is new for him. */
export function countReply(method: u32, status: u32, statusName: u32, visitor: Source): void {
  if (changetype<Name>(method).place0 == 0) number(method, visitor);
  addTo(cellOf(method, status));
  const methodBit: u32 = 1 << changetype<Name>(method).place0;
  if ((visitor.methods & methodBit) == 0) {
    visitor.methods |= methodBit;
    countMember(methods, method);
  }
  const statusBit = load<u32>(statusBits + (status << 2));
  if ((visitor.statuses & statusBit) == 0) {
    visitor.statuses |= statusBit ? statusBit : bitOf(status);
    countMember(statuses, statusName);
  }
}

function bitOf(status: u32): u32 {
  if (bitsTaken == 31) return 0;
  const bit: u32 = 1 << bitsTaken++;
  store<u32>(statusBits + (status << 2), bit);
  return bit;
}

/** A method is in no slice: its place tells its number here, from 1. */
function number(method: u32, visitor: Source): void {
  if (methodCount == METHODS_MAX) {
    flush();
    visitor.methods = 0;
  }
  store<u32>(methodNames + (methodCount << 2), method);
  changetype<Name>(method).place0 = ++methodCount;
}

function cellOf(method: u32, status: u32): usize {
  const cell = cells + (((changetype<Name>(method).place0 - 1) * STATUSES + status) << 2);
  const known = load<u32>(cell);
  if (known) return known;
  const made = alloc(TALLY_SIZE);
  clear(made);
  store<u32>(cell, <u32>made);
  return made;
}

/** Names of statuses, as the tables have them. */
let nameOfStatus: (status: u32) => u32 = (_status: u32): u32 => 0;

export function nameStatusesBy(name: (status: u32) => u32): void {
  nameOfStatus = name;
}

/** Adds all cells to the tables, and empties them. */
export function flush(): void {
  for (let i: u32 = 0; i < methodCount; i++) {
    const method = load<u32>(methodNames + (i << 2));
    for (let status: u32 = 0; status < STATUSES; status++) {
      const cell = <usize>load<u32>(cells + ((i * STATUSES + status) << 2));
      if (cell == 0 || changetype<Tally>(cell).requests == 0) continue;
      countAll(methods, method, cell);
      countAll(statuses, nameOfStatus(status), cell);
      clear(cell);
    }
    changetype<Name>(method).place0 = 0;
  }
  methodCount = 0;
  // Numbers of methods are given anew.
  forgetCounted();
}

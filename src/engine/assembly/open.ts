// Entries of slices of time, and the two slices that are open as far as names know of them: each name remembers its entries there.
import { Name } from './names.ts';

/** What all entries begin with; an address and a network have a tally behind it, an endpoint and a referer what they cost. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Entry {
  name: u32;
  /** Of the slice that was open; an entry of another one is no longer valid. */
  stamp: u32;
}

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Cost extends Entry {
  workerMs: f64;
  requests: u32;
  spare: u32;
}

export const TALLY_AT: u32 = offsetof<Entry>();

/** Of the slices that are open, each another one; 0 for one that is not. */
let stamp0: u32 = 0;
let stamp1: u32 = 0;

export function setStamp(isFirst: bool, stamp: u32): void {
  if (isFirst) stamp0 = stamp;
  else stamp1 = stamp;
}

/** Where the entry of the name in one of the two may stand. */
export function likelyPlace(isFirst: bool, name: u32): usize {
  const known = changetype<Name>(name);
  return isFirst ? known.place0 : known.place1;
}

/** The entry of the name in one of the two; 0 when it has none. */
export function placeIn(isFirst: bool, name: u32): usize {
  const known = changetype<Name>(name);
  const place = isFirst ? known.place0 : known.place1;
  const stamp = isFirst ? stamp0 : stamp1;
  const entry = changetype<Entry>(place);
  return place != 0 && stamp != 0 && entry.stamp == stamp && entry.name == name ? <usize>place : 0;
}

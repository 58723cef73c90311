// The two slices that are open, as far as names know of them: each name remembers its entries there.
import { Name } from './names.ts';
import { Tally, weightOf } from './tally.ts';

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Entry extends Tally {
  name: u32;
  /** Of the slice that was open; an entry of another one is no longer valid. */
  stamp: u32;
}

export const ENTRY_SIZE: u32 = offsetof<Entry>();

/** Of the slices that are open, each another one; 0 for one that is not. */
let stamp0: u32 = 0;
let stamp1: u32 = 0;

export function setStamp(isFirst: bool, stamp: u32): void {
  if (isFirst) stamp0 = stamp;
  else stamp1 = stamp;
}

/** The entry of the name in one of the two; 0 when it has none. */
export function placeIn(isFirst: bool, name: u32): usize {
  const known = changetype<Name>(name);
  const place = isFirst ? known.place0 : known.place1;
  const stamp = isFirst ? stamp0 : stamp1;
  const entry = changetype<Entry>(place);
  return place != 0 && stamp != 0 && entry.stamp == stamp && entry.name == name ? <usize>place : 0;
}

/** What the name weighs in slices that are open. */
export function openWeight(name: u32): f64 {
  const first = placeIn(true, name);
  const second = placeIn(false, name);
  return (first ? weightOf(first) : 0) + (second ? weightOf(second) : 0);
}

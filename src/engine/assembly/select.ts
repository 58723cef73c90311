// Which entries of a table are the lightest: what has to go when it is full.
import { copy, reserve } from './memory.ts';

export const SELECT_MAX: u32 = 40_000;

/** Put the weights here before asking. */
export const weights: usize = reserve(SELECT_MAX * 8);
const sorted: usize = reserve(SELECT_MAX * 8);

/** The heaviest of the weights that goes, and how many of those that weigh just as much go. */
export let limit: f64 = 0;
export let equals: u32 = 0;

/** Finds what goes when `excess` of `count` have to. */
export function findLimit(count: u32, excess: u32): void {
  copy(sorted, weights, count << 3);
  limit = nth(count, excess - 1);
  let lighter: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (load<f64>(weights + (i << 3)) < limit) lighter++;
  equals = excess - lighter;
}

/** Whether the entry of this weight goes; to be asked of each once, the oldest first. */
export function goes(weight: f64): bool {
  if (weight > limit) return false;
  if (weight < limit) return true;
  if (equals == 0) return false;
  equals--;
  return true;
}

/** Hoare's quickselect: the `wanted`th smallest, counted from 0. */
function nth(count: u32, wanted: u32): f64 {
  let low: i32 = 0;
  let high: i32 = count - 1;
  const place = <i32>wanted;
  while (low < high) {
    const pivot = at((low + high) >>> 1);
    let i = low;
    let j = high;
    while (i <= j) {
      while (at(i) < pivot) i++;
      while (at(j) > pivot) j--;
      if (i <= j) {
        const swapped = at(i);
        store<f64>(sorted + (i << 3), at(j));
        store<f64>(sorted + (j << 3), swapped);
        i++;
        j--;
      }
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return at(place);
}

function at(index: i32): f64 {
  return load<f64>(sorted + (index << 3));
}

// Finds all bytes that decide where things are in a log: sixteen at a step, and without a question that a processor could guess wrong.
import { INPUT_SIZE, reserve } from './memory.ts';

/** Places of quotes, line feeds, backslashes and bytes beyond ASCII, four bytes each: room for nothing else in the input. */
export const marks: usize = reserve((INPUT_SIZE + 64) * 4);

export function findMarks(from: usize, to: usize): void {
  let out = marks;
  for (let at = from; at < to; at += 64) {
    let mask = marksIn(at) | (marksIn(at + 16) << 16) | (marksIn(at + 32) << 32) | (marksIn(at + 48) << 48);
    if (to - at < 64) mask &= ((<u64>1) << (to - at)) - 1;
    const count = popcnt<u64>(mask);
    // Most often there are no more than four: those are written in any case, and what is not one is written over.
    store<u32>(out, <u32>(at + <usize>ctz<u64>(mask)));
    mask &= mask - 1;
    store<u32>(out + 4, <u32>(at + <usize>ctz<u64>(mask)));
    mask &= mask - 1;
    store<u32>(out + 8, <u32>(at + <usize>ctz<u64>(mask)));
    mask &= mask - 1;
    store<u32>(out + 12, <u32>(at + <usize>ctz<u64>(mask)));
    mask &= mask - 1;
    for (let i: usize = 16; mask != 0; i += 4) {
      store<u32>(out + i, <u32>(at + <usize>ctz<u64>(mask)));
      mask &= mask - 1;
    }
    out += <usize>(count << 2);
  }
}

function marksIn(at: usize): u64 {
  const bytes = v128.load(at);
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
  const newlines = i8x16.eq(bytes, i8x16.splat(0x0a));
  const backslashes = i8x16.eq(bytes, i8x16.splat(0x5c));
  // The highest bit of a byte beyond ASCII is set by itself.
  return <u64>(<u32>i8x16.bitmask(v128.or(v128.or(quotes, newlines), v128.or(backslashes, bytes))));
}

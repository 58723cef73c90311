// Lines that are quoted in a report: kept as they are, each by itself.
import { alloc, copy, free } from './memory.ts';

/** Characters that are enough: one more than a report shows, so that it can tell that the line was longer. */
export const QUOTE_ENOUGH: u32 = 401;

/** A copy of what is quoted, behind its length. */
export function quote(text: usize, length: u32): u32 {
  const made = alloc(4 + length);
  store<u32>(made, length);
  copy(made + 4, text, length);
  return <u32>made;
}

export function dropQuote(quoted: u32): void {
  free(quoted, 4 + load<u32>(quoted));
}

// Lines that are quoted in a report: kept as they are, each by itself.
import { alloc, copy, free } from './memory.ts';

/** One more than a report shows, so that it can tell that the line was longer. */
const QUOTE_ENOUGH: u32 = 401;

/** A copy of the begin of the line, behind its length. */
export function quote(line: usize, length: u32): u32 {
  const kept = min(length, QUOTE_ENOUGH);
  const made = alloc(4 + kept);
  store<u32>(made, kept);
  copy(made + 4, line, kept);
  return <u32>made;
}

export function dropQuote(quoted: u32): void {
  free(quoted, 4 + load<u32>(quoted));
}

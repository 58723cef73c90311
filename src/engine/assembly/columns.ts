// The columns after the well-known ones: see src/formats/access/tail.ts and fields.ts.

import { decimal, thousandths } from './numbers.ts';
import { Line } from './record.ts';
import { find2 } from './text.ts';

const SPACE: u8 = 0x20;
const NEWLINE: u8 = 0x0a;
const QUOTE: u8 = 0x22;

/** What a column at the end of the line is. */
enum Column {
  Skip,
  DurationUs,
  DurationMs,
  DurationS,
  /** `%T/%D`. */
  DurationSUs,
  Upstream,
  RequestBytes,
  Forwarded,
  Host,
}

/** What each column is. */
export const columns: usize = memory.data(64);
let columnCount: u32 = 0;

export function expectColumns(count: u32): void {
  columnCount = count;
}

/** Where the line ends; 0 when the columns are not those of the layout, or hold what is not read here. */
export function readColumns(from: usize, into: Line): usize {
  if (columnCount == 0 || isEnd(from)) return from;
  let at = from;
  let column: u32 = 0;
  for (;;) {
    while (load<u8>(at) == 0x20) at++;
    if (isEnd(at)) break;
    if (column == columnCount) return 0;
    at = afterKey(at);
    let text = at;
    let end: usize;
    if (load<u8>(at) == 0x22) {
      text++;
      end = find2(text, QUOTE, NEWLINE);
      if (load<u8>(end) != 0x22) return 0;
      at = end + 1;
    } else {
      end = find2(at, SPACE, NEWLINE);
      if (load<u8>(end) == 0x0a && end > at && load<u8>(end - 1) == 0x0d) end--;
      // A list goes on after its separators.
      if (end > at && load<u8>(end - 1) == 0x2c) return 0;
      if (load<u8>(end) == 0x20 && load<u16>(end + 1) == 0x203a) return 0;
      at = end;
    }
    if (!putColumn(into, <Column>load<u8>(columns + column), text, <u32>(end - text))) return 0;
    column++;
  }
  return column == columnCount ? at : 0;
}

/** After `rt=`, when there is such a key. */
function afterKey(at: usize): usize {
  const first = load<u8>(at);
  if (!(<u32>(first | 0x20) - 0x61 < 26 || first == 0x5f)) return at;
  for (let i = at + 1; i < at + 42; i++) {
    const byte = load<u8>(i);
    if (byte == 0x3d) return i + 1;
    const isWord =
      <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f || byte == 0x2e || byte == 0x2d;
    if (!isWord) return at;
  }
  return at;
}

/** False when the reference parser has to look at it. */
function putColumn(into: Line, column: Column, text: usize, length: u32): bool {
  if (column == Column.Skip) return true;
  if (length == 0 || (length == 1 && load<u8>(text) == 0x2d)) return true;
  switch (column) {
    case Column.Forwarded:
      into.forwarded = text;
      into.forwardedLength = length;
      return true;
    case Column.Host:
      into.host = text;
      into.hostLength = length;
      return true;
    case Column.DurationSUs: {
      let at = text;
      while (at < text + length && load<u8>(at) != 0x2f) at++;
      if (at == text + length) return false;
      length -= <u32>(at + 1 - text);
      text = at + 1;
      break;
    }
    default:
      break;
  }
  const value = decimal(text, length, column != Column.RequestBytes);
  if (value < 0) return false;
  switch (column) {
    case Column.DurationUs:
    case Column.DurationSUs:
      into.durationMs = thousandths((value * 1e-3) / 1000);
      break;
    case Column.DurationMs:
      into.durationMs = thousandths(value / 1000);
      break;
    case Column.DurationS:
      into.durationMs = thousandths((value * 1000) / 1000);
      break;
    case Column.Upstream:
      into.upstreamMs = thousandths(value);
      break;
    default:
      into.requestBytes = value;
      break;
  }
  return true;
}

export function isEnd(at: usize): bool {
  const byte = load<u8>(at);
  return byte == 0x0a || (byte == 0x0d && load<u8>(at + 1) == 0x0a);
}

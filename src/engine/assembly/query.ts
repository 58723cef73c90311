// What the query of a request tells: see src/engine/query.ts and src/engine/probe-request.ts.
import { describeShape } from './host.ts';
import { create, find, Kind, Name } from './names.ts';
import { hash32 } from './text.ts';

const QUERY_MAX: u32 = 400;
const QUERY_LOOKED_AT: u32 = 500;
const PARAMETERS_MAX: u32 = 12;

const shapeText: usize = memory.data(512);
/** Of the query whose shape was asked for last: it names an action that is not `login`. */
export let hasOtherAction: bool = false;

/** Of the same query: it may hold what attackers use. A quick look, so that hardly any query is read twice. */
export let looksOdd: bool = false;

/** Bits of a query's bytes: where its equals signs, ampersands and telling bytes are. */
let equals: u64 = 0;
let ampersands: u64 = 0;
let telling: u64 = 0;

/** The names of the parameters as they come, with their equals signs. */
export function shapeName(query: usize, queryEnd: usize): u32 {
  const length = <u32>(queryEnd - query);
  hasOtherAction = false;
  if (length > 64) {
    looksOdd = looksOddSlowly(query, queryEnd);
    return longShape(query, queryEnd);
  }
  equals = 0;
  ampersands = 0;
  telling = 0;
  for (let i: u32 = 0; i < length; i += 16) findMarks(query + i, i);
  const inside = length == 64 ? <u64>-1 : ((<u64>1) << length) - 1;
  looksOdd = isAuthor(query, queryEnd);
  for (let mask = telling & inside; mask != 0; mask &= mask - 1) if (isOddAt(query + <usize>ctz(mask))) looksOdd = true;
  return shortShape(query, length, equals & inside, ampersands & inside);
}

function findMarks(at: usize, bit: u32): void {
  const bytes = v128.load(at);
  equals |= (<u64>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x3d)))) << bit;
  ampersands |= (<u64>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x26)))) << bit;
  const low = i8x16.swizzle(v128.load(TELLING_LOW), v128.and(bytes, i8x16.splat(0x0f)));
  const high = i8x16.swizzle(v128.load(TELLING_HIGH), i8x16.shr_u(bytes, 4));
  telling |= (<u64>i8x16.bitmask(i8x16.ne(v128.and(low, high), i8x16.splat(0)))) << bit;
}

function shortShape(query: usize, length: u32, signs: u64, ends: u64): u32 {
  let parts: u32 = 0;
  let written: u32 = 0;
  let at: u32 = 0;
  for (;;) {
    const end = ends ? <u32>ctz(ends) : length;
    const sign = signs ? <u32>ctz(signs) : length;
    const nameEnd = min(sign, end);
    for (let i = at; i < nameEnd; i += 16) v128.store(shapeText + written + (i - at), v128.load(query + i));
    written += nameEnd - at;
    if (sign < end) {
      store<u8>(shapeText + written++, 0x3d);
      if (nameEnd - at == 6 && isAction(query + at) && !isLogin(query + sign + 1, query + end)) hasOtherAction = true;
      // What follows in the value is no sign of a name.
      signs &= ends ? ~(((<u64>1) << end) - 1) : 0;
    }
    if (end == length || ++parts == PARAMETERS_MAX) break;
    store<u8>(shapeText + written++, 0x26);
    at = end + 1;
    ends &= ends - 1;
  }
  return shapeOf(shapeText, written);
}

/** The same for longer ones, byte by byte. */
function longShape(query: usize, queryEnd: usize): u32 {
  const end = min(queryEnd, query + QUERY_MAX);
  let parts: u32 = 0;
  let length: u32 = 0;
  let at = query;
  for (;;) {
    const begin = length;
    let byte: u8 = 0;
    while (at < end) {
      byte = load<u8>(at);
      if (byte == 0x3d || byte == 0x26) break;
      store<u8>(shapeText + length++, byte);
      at++;
    }
    if (at < end && byte == 0x3d) {
      store<u8>(shapeText + length++, 0x3d);
      at++;
      let partEnd = at;
      while (partEnd < end && load<u8>(partEnd) != 0x26) partEnd++;
      if (length - begin == 7 && isAction(shapeText + begin) && !isLogin(at, partEnd)) hasOtherAction = true;
      at = partEnd;
    }
    if (at >= end || ++parts == PARAMETERS_MAX) break;
    store<u8>(shapeText + length++, 0x26);
    at++;
  }
  return shapeOf(shapeText, length);
}

export function shapeOf(text: usize, length: u32): u32 {
  const hash = hash32(text, length);
  const known = find(Kind.Shape, text, length, hash);
  if (known) return known;
  const made = create(Kind.Shape, text, length, hash);
  changetype<Name>(made).facts = <u8>describeShape(made);
  return made;
}

/** `action` */
function isAction(at: usize): bool {
  return load<u32>(at) == 0x69746361 && load<u16>(at + 4) == 0x6e6f;
}

/** `au`, for `author=` */
function isAuthor(query: usize, end: usize): bool {
  return (load<u16>(query) | 0x2020) == 0x7561 && end - query > 7 && load<u8>(query + 6) == 0x3d;
}

/** `login`, and no word that only begins so. */
function isLogin(at: usize, end: usize): bool {
  if (end - at < 5 || load<u32>(at) != 0x69676f6c || load<u8>(at + 4) != 0x6e) return false;
  if (end - at == 5) return true;
  const byte = load<u8>(at + 5);
  return !(<u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f);
}

/** Bytes that begin or end what attackers use, each by itself harmless: those of TELLING_TEXT, and what is no more than a space. */
const TELLING: usize = memory.data(256);
const TELLING_TEXT = '.%<$:/_+';
/** The same by halves of the byte: it is one of them when a bit stands in both. */
const TELLING_LOW: usize = memory.data(16, 16);
const TELLING_HIGH: usize = memory.data(16, 16);

function tell(byte: u32): void {
  store<u8>(TELLING + byte, 1);
  const low = TELLING_LOW + (byte & 15);
  const high = TELLING_HIGH + (byte >>> 4);
  // Each high half has a bit of its own; there are but five of them.
  const half = byte >>> 4;
  const bit: u8 = half == 5 ? 16 : half == 3 ? 8 : half == 2 ? 4 : half == 1 ? 2 : 1;
  store<u8>(low, load<u8>(low) | bit);
  store<u8>(high, load<u8>(high) | bit);
}

function prepareTelling(): void {
  for (let i = 0; i < TELLING_TEXT.length; i++) tell(TELLING_TEXT.charCodeAt(i));
  for (let byte: u32 = 0; byte <= 0x20; byte++) tell(byte);
}

prepareTelling();

function looksOddSlowly(query: usize, queryEnd: usize): bool {
  const end = min(queryEnd, query + QUERY_LOOKED_AT);
  if (isAuthor(query, queryEnd)) return true;
  for (let at = query; at < end; at++) if (load<u8>(TELLING + load<u8>(at)) != 0 && isOddAt(at)) return true;
  return false;
}

function isOddAt(at: usize): bool {
  const byte = load<u8>(at);
  const before = load<u8>(at - 1) | 0x20;
  const after = load<u8>(at + 1) | 0x20;
  const second = load<u8>(at + 2) | 0x20;
  if (byte == 0x5f) return before == 0x34; // `64_`
  if (byte == 0x2b || byte <= 0x20) return isUnion(at);
  if (byte == 0x2e) return after == 0x2e; // `..`
  // `%2e`, `%3c`, and `%20` after `union`
  if (byte == 0x25) return second == 0x65 || second == 0x63 || isUnion(at);
  if (byte == 0x3a) return after == 0x2f && (before == 0x70 || before == 0x61); // `php:/`, `data:/`
  if (byte == 0x2f) return (after == 0x65 && second == 0x74) || (after == 0x70 && second == 0x72); // `/et`, `/pr`
  if (byte == 0x24) return after == 0x7b; // `${`
  return true;
}

/** Whether `union` stands right before. */
function isUnion(at: usize): bool {
  return (load<u32>(at - 5) | 0x20202020) == 0x6f696e75 && (load<u8>(at - 1) | 0x20) == 0x6e;
}

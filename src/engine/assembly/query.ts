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

/** The names of the parameters as they come, with their equals signs. */
export function shapeName(query: usize, queryEnd: usize): u32 {
  hasOtherAction = false;
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
      if (length - begin == 7 && isAction(shapeText + begin) && !isLogin(at, end)) hasOtherAction = true;
      while (at < end && load<u8>(at) != 0x26) at++;
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
  changetype<Name>(made).facts = describeShape(made);
  return made;
}

/** `action=` */
function isAction(at: usize): bool {
  return load<u32>(at) == 0x69746361 && load<u16>(at + 4) == 0x6e6f;
}

/** `login`, and no word that only begins so. */
function isLogin(at: usize, end: usize): bool {
  if (end - at < 5 || load<u32>(at) != 0x69676f6c || load<u8>(at + 4) != 0x6e) return false;
  if (end - at == 5) return true;
  const byte = load<u8>(at + 5);
  return !(<u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f);
}

/** Bytes that begin or end what attackers use, each by itself harmless. */
const TELLING: usize = memory.data(256);
const TELLING_TEXT = '.%<$:/_+';

function prepareTelling(): void {
  for (let i = 0; i < TELLING_TEXT.length; i++) store<u8>(TELLING + TELLING_TEXT.charCodeAt(i), 1);
  for (let i = 0; i <= 0x20; i++) store<u8>(TELLING + i, 1);
}

prepareTelling();

/** Whether the tricks of attackers may be in the query: a quick look, so that hardly any query is read twice. */
export function looksOdd(query: usize, queryEnd: usize): bool {
  const end = min(queryEnd, query + QUERY_LOOKED_AT);
  // `au`, for `author=`
  if ((load<u16>(query) | 0x2020) == 0x7561 && end - query > 7 && load<u8>(query + 6) == 0x3d) return true;
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

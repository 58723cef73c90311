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

/** Whether the tricks of attackers may be in the query: a quick look, so that hardly any query is read twice. */
export function looksOdd(query: usize, queryEnd: usize): bool {
  const end = min(queryEnd, query + QUERY_LOOKED_AT);
  // `au`, for `author=`
  if ((load<u16>(query) | 0x2020) == 0x7561 && end - query > 7 && load<u8>(query + 6) == 0x3d) return true;
  for (let at = query; at < end; at++) {
    switch (load<u8>(at)) {
      case 0x2e: // `..`
        if (load<u8>(at + 1) == 0x2e) return true;
        break;
      case 0x25: {
        // `%2e`, `%3c`, and `%20` after `union`
        const low = load<u8>(at + 2) | 0x20;
        if (low == 0x65 || low == 0x63 || isUnion(at)) return true;
        break;
      }
      case 0x3c: // `<`
        return true;
      case 0x24: // `${`
        if (load<u8>(at + 1) == 0x7b) return true;
        break;
      case 0x3a: {
        // `php:/`, `data:/`
        const before = load<u8>(at - 1) | 0x20;
        if (load<u8>(at + 1) == 0x2f && (before == 0x70 || before == 0x61)) return true;
        break;
      }
      case 0x2f: {
        // `/etc`, `/pro`
        const first = load<u8>(at + 1) | 0x20;
        const second = load<u8>(at + 2) | 0x20;
        if ((first == 0x65 && second == 0x74) || (first == 0x70 && second == 0x72)) return true;
        break;
      }
      case 0x5f: // `64_`
        if (load<u8>(at - 1) == 0x34) return true;
        break;
      case 0x2b:
      case 0x20:
      case 0x09:
      case 0x0b:
      case 0x0c:
      case 0x0d:
        if (isUnion(at)) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

/** Whether `union` stands right before. */
function isUnion(at: usize): bool {
  return (load<u32>(at - 5) | 0x20202020) == 0x6f696e75 && (load<u8>(at - 1) | 0x20) == 0x6e;
}

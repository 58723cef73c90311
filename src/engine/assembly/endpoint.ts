// The endpoint of a request, put together of names that are known: see src/engine/endpoint.ts.
import { composeEndpoint } from './host.ts';
import { copy, reserve } from './memory.ts';
import { intern, isMarked, Kind, mark, Name, TEXT_AT } from './names.ts';

const ENDPOINT_MAX: u32 = 120;
const CACHE: u32 = 16_384;
/** Method, path, shape, endpoint: of what came last to each place. */
const cache: usize = reserve(CACHE * 16);
const text: usize = memory.data(256);

/** Before names are swept, and when all that are known have their mark: forgets endpoints of what is not known any more. */
export function forgetEndpoints(): void {
  for (let place = cache; place < cache + CACHE * 16; place += 16) {
    const path = load<u32>(place);
    if (path == 0) continue;
    const shape = load<u32>(place + 4);
    if (isMarked(path) && isMarked(load<u32>(place + 8)) && (shape == 0 || isMarked(shape)))
      mark(load<u32>(place + 12));
    else store<u32>(place, 0);
  }
}

export function endpointName(method: u32, path: u32, shape: u32): u32 {
  if (shape == 0 && isGet(method)) {
    const known = changetype<Name>(path).entry;
    if (known) return known;
    const made = compose(method, path, 0);
    changetype<Name>(path).entry = made;
    return made;
  }
  const mixed = ((path >>> 4) ^ rotl<u32>(shape, 11) ^ rotl<u32>(method, 21)) * 0x9e3779b1;
  const place = cache + ((mixed >>> 18) << 4);
  if (load<u32>(place) == path && load<u32>(place + 4) == shape && load<u32>(place + 8) == method)
    return load<u32>(place + 12);
  const made = compose(method, path, shape);
  store<u32>(place, path);
  store<u32>(place + 4, shape);
  store<u32>(place + 8, method);
  store<u32>(place + 12, made);
  return made;
}

/** The commonest method. */
function isGet(method: u32): bool {
  return (
    changetype<Name>(method).length == 3 &&
    load<u16>(method + TEXT_AT) == 0x4547 &&
    load<u8>(method + TEXT_AT + 2) == 0x54
  );
}

function compose(method: u32, path: u32, shape: u32): u32 {
  const verb = changetype<Name>(method);
  const foldedName = changetype<Name>(path).link;
  const folded = changetype<Name>(foldedName);
  const keys = shape ? changetype<Name>(shape).link : 0;
  const keysLength = keys ? changetype<Name>(keys).length : 0;
  const length = verb.length + 1 + folded.length + keysLength;
  if (length > ENDPOINT_MAX) return composeEndpoint(method, path, shape);
  copy(text, method + TEXT_AT, verb.length);
  store<u8>(text + verb.length, 0x20);
  copy(text + verb.length + 1, foldedName + TEXT_AT, folded.length);
  if (keys) copy(text + verb.length + 1 + folded.length, keys + TEXT_AT, keysLength);
  return intern(Kind.Endpoint, text, length);
}

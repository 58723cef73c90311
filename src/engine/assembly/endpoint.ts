// The endpoint of a request, put together of names that are known: see src/engine/endpoint.ts.
import { composeEndpoint } from './host.ts';
import { copy, reserve, zero } from './memory.ts';
import { intern, Kind, Name, TEXT_AT } from './names.ts';

const ENDPOINT_MAX: u32 = 120;
const CACHE: u32 = 16_384;
/** Method, path, shape, endpoint: of what came last to each place. */
const cache: usize = reserve(CACHE * 16);
const text: usize = memory.data(256);

/** Before names are swept. */
export function forgetEndpoints(): void {
  zero(cache, CACHE * 16);
}

/** `isGet`: the method is the commonest one. */
export function endpointName(method: u32, isGet: bool, path: u32, shape: u32): u32 {
  if (isGet && shape == 0) {
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

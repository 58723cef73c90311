// Takes lines of the Common Log Format family apart where they stand, as src/formats/access/clf.ts does. A line with anything unusual in
// it (an escaped quote, a byte beyond ASCII, a user's name, a method or time that is none) is left to that parser.
import { readTime } from './clock.ts';
import { isEnd, readColumns } from './columns.ts';
import { count } from './numbers.ts';
import { QUOTE_ENOUGH } from './quotes.ts';
import { Line } from './record.ts';
import { find2, hash32 } from './text.ts';

/** Longer lines are rare, and left to the reference parser. */
const LINE_MAX: u32 = 16_384;
const AGENT_MAX: u32 = 200;
const REFERER_MAX: u32 = 197;

const SPACE: u8 = 0x20;
const NEWLINE: u8 = 0x0a;

/** What stands before the time. */
enum Prefix {
  Plain,
  Vhost,
  HostIdent,
}

let prefix: Prefix = Prefix.Plain;
let hasHeaders: bool = true;
/** Quotes of a line that has its request, and the headers. */
export let quotesNeeded: u32 = 6;

export function layOutLine(before: u32, headers: bool): void {
  prefix = <Prefix>before;
  hasHeaders = headers;
  quotesNeeded = headers ? 6 : 2;
}

/** False when the reference parser has to read this line. All marks from `first` on are quotes, up to the one at the line's `end`. */
export function takeApart(start: usize, end: usize, first: usize, into: Line): bool {
  let at = start;
  let host: usize = 0;
  let hostEnd: usize = 0;
  if (prefix == Prefix.Vhost) {
    hostEnd = find2(at, SPACE, NEWLINE);
    if (load<u8>(hostEnd) != 0x20 || hostEnd == at) return false;
    host = at;
    at = hostEnd + 1;
    hostEnd = withoutPort(host, hostEnd);
  }
  const client = at;
  const clientEnd = find2(at, SPACE, NEWLINE);
  if (load<u8>(clientEnd) != 0x20 || clientEnd == client || load<u8>(clientEnd - 1) == 0x2c) return false;
  let time: usize;
  if (prefix == Prefix.HostIdent) {
    host = clientEnd + 1;
    hostEnd = find2(host, SPACE, NEWLINE);
    // ` - [`. An address in this place is another layout.
    if (load<u32>(hostEnd) != 0x5b202d20 || !isHostName(host, hostEnd)) return false;
    time = hostEnd + 4;
  } else {
    // ` - - [`
    if (load<u32>(clientEnd) != 0x2d202d20 || load<u16>(clientEnd + 4) != 0x5b20) return false;
    time = clientEnd + 6;
  }
  const method = time + 29;
  // `] "`
  if (load<u32>(first) != <u32>(method - 1) || load<u16>(time + 26) != 0x205d) return false;
  const requestEnd = <usize>load<u32>(first + 4);

  // ` 200 1234`
  if (load<u8>(requestEnd + 1) != 0x20 || load<u8>(requestEnd + 5) != 0x20) return false;
  const hundreds = <u32>load<u8>(requestEnd + 2) - 0x30;
  const tens = <u32>load<u8>(requestEnd + 3) - 0x30;
  const ones = <u32>load<u8>(requestEnd + 4) - 0x30;
  if (hundreds > 9 || tens > 9 || ones > 9) return false;
  const status = hundreds * 100 + tens * 10 + ones;
  const size = requestEnd + 6;

  let referer: usize = 0;
  let refererEnd: usize = 0;
  let agent: usize = 0;
  let agentEnd: usize = 0;
  if (hasHeaders) {
    referer = <usize>load<u32>(first + 8) + 1;
    refererEnd = load<u32>(first + 12);
    agent = <usize>load<u32>(first + 16) + 1;
    agentEnd = load<u32>(first + 20);
    at = referer - 2;
    if (load<u8>(at) != 0x20 || agent != refererEnd + 3 || load<u8>(refererEnd + 1) != 0x20) return false;
  } else {
    at = size;
    while (load<u8>(at) != 0x20 && !isEnd(at)) at++;
  }
  const bytes = count(size, at);
  if (bytes < 0) return false;
  if (hasHeaders) at = agentEnd + 1;

  into.durationMs = -1;
  into.upstreamMs = -1;
  into.requestBytes = -1;
  into.forwarded = 0;
  into.host = host;
  into.hostLength = <u32>(hostEnd - host);
  if (host != 0 && hostEnd - host == 1 && load<u8>(host) == 0x2d) into.host = 0;
  if (readColumns(at, into) == 0) return false;
  if (end - start > LINE_MAX || load<u8>(start) == 0) return false;

  // `GET /target HTTP/1.1`
  const methodEnd = readMethod(method, requestEnd);
  if (methodEnd == 0) return false;
  const protocol = protocolAt(methodEnd, requestEnd);
  if (protocol == 0) return false;
  const target = methodEnd + 1;
  const targetEnd = protocol - 1;
  const pathEnd = pathEndOf(target, targetEnd);
  if (load<u8>(pathEnd) == 0x23 && pathEnd < targetEnd) return false;

  into.referer = 0;
  into.agent = 0;
  if (hasHeaders) {
    if (isSaid(referer, refererEnd)) {
      const page = refererHost(referer, refererEnd);
      if (page) {
        into.referer = page;
        into.refererLength = <u32>(hostEndOf(page, min(refererEnd, page + REFERER_MAX)) - page);
      }
    }
    if (isSaid(agent, agentEnd)) {
      into.agent = agent;
      into.agentLength = min<u32>(<u32>(agentEnd - agent), AGENT_MAX);
    }
  }

  const moment = readTime(time);
  if (isNaN(moment)) return false;
  into.moment = moment;
  into.bytes = bytes;
  into.status = status;
  into.start = start;
  into.length = min<u32>(<u32>((load<u8>(end - 1) == 0x0d ? end - 1 : end) - start), QUOTE_ENOUGH);
  into.client = client;
  into.clientLength = <u32>(clientEnd - client);
  into.clientHash = hash32(client, into.clientLength);
  into.method = method;
  into.methodLength = <u32>(methodEnd - method);
  into.path = target;
  into.pathLength = <u32>(pathEnd - target);
  into.pathHash = hash32(target, into.pathLength);
  into.targetEnd = targetEnd;
  into.protocol = protocol;
  into.protocolLength = <u32>(requestEnd - protocol);
  return true;
}

/** Not empty, and no dash. */
function isSaid(text: usize, end: usize): bool {
  return end - text > 1 || (end > text && load<u8>(text) != 0x2d);
}

/** It has a letter that no address has. */
function isHostName(at: usize, end: usize): bool {
  for (; at < end; at++) {
    const letter = load<u8>(at) | 0x20;
    if (letter >= 0x67 && letter <= 0x7a) return true;
  }
  return false;
}

function withoutPort(host: usize, end: usize): usize {
  let at = end;
  while (at > host && end - at < 5 && <u32>load<u8>(at - 1) - 0x30 <= 9) at--;
  return at < end && at > host && load<u8>(at - 1) == 0x3a ? at - 1 : end;
}

/** Where the method ends: "GET ", or up to 20 capital letters and a space. */
function readMethod(at: usize, end: usize): usize {
  const word = load<u32>(at);
  if (word == 0x20544547) return at + 3;
  if (word == 0x54534f50 && load<u8>(at + 4) == 0x20) return at + 4;
  let i = at;
  while (i < end && <u32>load<u8>(i) - 0x41 < 26) i++;
  return i - at >= 2 && i - at <= 20 && i < end && load<u8>(i) == 0x20 ? i : 0;
}

/** Where `HTTP/1.1` or `HTTP/2` begins, at the end of the request, after a space that is not the method's; else 0. */
function protocolAt(methodEnd: usize, end: usize): usize {
  if (end - methodEnd > 9 && load<u8>(end - 9) == 0x20 && isHttp(end - 8)) {
    return load<u8>(end - 3) != 0x20 && load<u8>(end - 2) != 0x20 && load<u8>(end - 1) != 0x20 ? end - 8 : 0;
  }
  return end - methodEnd > 7 && load<u8>(end - 7) == 0x20 && isHttp(end - 6) && load<u8>(end - 1) != 0x20 ? end - 6 : 0;
}

function isHttp(at: usize): bool {
  return load<u32>(at) == 0x50545448 && load<u8>(at + 4) == 0x2f;
}

/** At the first `?` or `#`, or where the target ends. */
function pathEndOf(target: usize, end: usize): usize {
  const questions = i8x16.splat(0x3f);
  const hashes = i8x16.splat(0x23);
  for (let at = target; at < end; at += 16) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, questions), i8x16.eq(bytes, hashes)));
    if (mask) return min(at + ctz(mask), end);
  }
  return end;
}

/** Where the host of a page begins; 0 when it names none. */
function refererHost(text: usize, end: usize): usize {
  // `http://`, `https://`
  if (end - text >= 8 && load<u32>(text) == 0x70747468) {
    if (load<u32>(text + 3) == 0x2f2f3a70) return text + 7;
    if (load<u32>(text + 4) == 0x2f2f3a73) return text + 8;
  }
  for (let at = text; at + 3 <= end; at++) if (load<u16>(at) == 0x2f3a && load<u8>(at + 2) == 0x2f) return at + 3;
  return 0;
}

function hostEndOf(host: usize, end: usize): usize {
  for (let at = host; at < end; at += 16) {
    const bytes = v128.load(at);
    const paths = v128.or(i8x16.eq(bytes, i8x16.splat(0x2f)), i8x16.eq(bytes, i8x16.splat(0x3a)));
    const others = v128.or(i8x16.eq(bytes, i8x16.splat(0x3f)), i8x16.eq(bytes, i8x16.splat(0x23)));
    const mask = i8x16.bitmask(v128.or(paths, others));
    if (mask) return min(at + ctz(mask), end);
  }
  return end;
}

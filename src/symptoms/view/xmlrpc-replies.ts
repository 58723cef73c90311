// What replies of xmlrpc.php betray by their size: WordPress answers faults with a fixed frame, so the size tells the fault.
// Measured on WordPress 4.x to 6.1 (docs/xmlrpc.md): body bytes = 369 + length(faultCode) + length(faultString),
// and 187 + 214 * N for a system.multicall in which N logins failed.
import type { Counter, Traffic } from '../../model/traffic.ts';

/** What one reply was most likely the answer to. */
export type XmlrpcMeaning =
  /** A wrong password, or a body that is no XML-RPC at all: both are 403 bytes. `guesses` passwords in one request. */
  | { readonly kind: 'guess'; readonly guesses: number }
  | { readonly kind: 'pingback' }
  /** Answered with nothing: the database was gone. */
  | { readonly kind: 'empty' }
  /** Refused before XML-RPC ran: 401, 403, 405, 429. */
  | { readonly kind: 'refused' }
  /** The server failed. */
  | { readonly kind: 'failed' }
  /** A method that is not there, or a fault of another length. */
  | { readonly kind: 'fault' }
  /** Larger than any fault: a method did its work. */
  | { readonly kind: 'answered' }
  /** The size fits several meanings. */
  | { readonly kind: 'ambiguous' };

const WRONG_PASSWORD = 403;
/** "Bad login/pass combination." of WordPress before 4. */
const WRONG_PASSWORD_OLD = 399;
const PINGBACK = 370;
/** A pingback that was registered already: "The pingback has already been registered." */
const PINGBACK_AGAIN = 412;
/** Replies to one call, whose sizes are always the same. */
const SINGLE_CALLS = [WRONG_PASSWORD, PINGBACK, WRONG_PASSWORD_OLD] as const;
const MULTICALL_FRAME = 187;
const MULTICALL_FAILED = 214;
const MULTICALL_OFF = 226;
/** Faults have texts of some ten to two hundred characters. */
const FAULT_MIN = 369;
const FAULT_MAX = 560;
/** Headers that `%O` adds to the body: measured 172 and 212; more with cookies and security headers. */
const OFFSET_MAX = 900;
const OFFSET_MIN = 60;
/**
 * nginx counts the frame of a chunked body in `$body_bytes_sent`: three hexadecimal digits and a line end before it, a line
 * end and an empty chunk behind it (RFC 9112, 7.1). WordPress sends no Content-Length with its replies.
 */
const CHUNK_FRAME = 12;
/** Below the frame of every fault, old ones included. */
const SMALLEST_BODY = 352;
/** An empty reply lacks or has another length and type among its headers. */
const HEADERS_VARY = 25;
/**
 * Or it has those against caching as well, which WordPress sends with its error page ("Expires" and "Cache-Control" of
 * nocache_headers(), 92 bytes), less the frame of a chunk where the others have one: HTTP/1.0 has none. Measured 90 and 50.
 */
const HEADERS_ADDED = { plain: 90, chunked: 50 } as const;
const ADDED_VARY = 4;

export interface XmlrpcReading {
  /** What a reply with this key (`protocol status bytes`) means. */
  meaningOf(key: string): XmlrpcMeaning;
  /** Bytes of headers that the log counts as well, by protocol, where they could be fitted. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Protocols whose sizes leave two readings open. */
  readonly ambiguous: ReadonlySet<string>;
}

interface Reply {
  readonly protocol: string;
  readonly status: number;
  readonly bytes: number;
}

/** Reads `protocol status bytes`, as the profile keys replies. */
function replyOf(key: string): Reply {
  const parts = key.split(' ');
  return { protocol: parts.slice(0, -2).join(' '), status: Number(parts.at(-2)), bytes: Number(parts.at(-1)) };
}

export function readXmlrpc(traffic: Pick<Traffic, 'xmlrpc' | 'bytes'>): XmlrpcReading {
  const offsets = new Map<string, number>();
  const ambiguous = new Set<string>();
  for (const [protocol, sizes] of sizesByProtocol(traffic)) {
    const fit = fitOffset(protocol, sizes, traffic.bytes);
    if (fit === undefined) continue;
    offsets.set(protocol, fit.offset);
    if (fit.ambiguous) ambiguous.add(protocol);
  }
  return {
    offsets,
    ambiguous,
    meaningOf(key) {
      const reply = replyOf(key);
      return meaning(reply, offsets.get(reply.protocol), ambiguous.has(reply.protocol));
    },
  };
}

/** Passwords tried, pingbacks and so on of one source or of all. */
export interface XmlrpcCounts {
  guesses: number;
  guessRequests: number;
  pingbacks: number;
  answered: number;
  empty: number;
  refused: number;
  failed: number;
  faults: number;
  ambiguous: number;
  requests: number;
}

export function countXmlrpc(replies: Counter, reading: XmlrpcReading): XmlrpcCounts {
  const counts: XmlrpcCounts = {
    guesses: 0,
    guessRequests: 0,
    pingbacks: 0,
    answered: 0,
    empty: 0,
    refused: 0,
    failed: 0,
    faults: 0,
    ambiguous: 0,
    requests: replies.others,
  };
  for (const [key, times] of replies.counts) {
    counts.requests += times;
    const is = reading.meaningOf(key);
    switch (is.kind) {
      case 'guess':
        counts.guesses += is.guesses * times;
        counts.guessRequests += times;
        break;
      case 'pingback':
        counts.pingbacks += times;
        break;
      case 'answered':
        counts.answered += times;
        break;
      case 'empty':
        counts.empty += times;
        break;
      case 'refused':
        counts.refused += times;
        break;
      case 'failed':
        counts.failed += times;
        break;
      case 'fault':
        counts.faults += times;
        break;
      case 'ambiguous':
        counts.ambiguous += times;
    }
  }
  return counts;
}

function meaning(reply: Reply, offset: number | undefined, ambiguous: boolean): XmlrpcMeaning {
  if (reply.status >= 500) return { kind: 'failed' };
  if (reply.status >= 300 || reply.status === 0) return { kind: 'refused' };
  const body = reply.bytes - (offset ?? 0);
  if (reply.bytes === 0 || body === 0 || (offset !== 0 && reply.bytes < SMALLEST_BODY)) return { kind: 'empty' };
  if (offset === undefined || ambiguous)
    return reply.bytes > FAULT_MAX + OFFSET_MAX ? sizeAlone(body) : { kind: 'ambiguous' };
  if (body === PINGBACK || body === PINGBACK_AGAIN) return { kind: 'pingback' };
  if (body === WRONG_PASSWORD || body === WRONG_PASSWORD_OLD) return { kind: 'guess', guesses: 1 };
  const calls = multicalls(body);
  if (calls !== undefined) return { kind: 'guess', guesses: calls };
  if (body >= FAULT_MIN && body <= FAULT_MAX) return { kind: 'fault' };
  return { kind: 'answered' };
}

function sizeAlone(body: number): XmlrpcMeaning {
  const calls = multicalls(body);
  return calls !== undefined && calls >= 5 ? { kind: 'guess', guesses: calls } : { kind: 'answered' };
}

/** How many failed logins a multicall held, when the size fits exactly. */
function multicalls(body: number): number | undefined {
  for (const each of [MULTICALL_FAILED, MULTICALL_OFF]) {
    const calls = (body - MULTICALL_FRAME) / each;
    if (Number.isInteger(calls) && calls >= 1 && calls <= 5000) return calls;
  }
  return undefined;
}

function sizesByProtocol(traffic: Pick<Traffic, 'xmlrpc'>): Map<string, Map<number, number>> {
  const byProtocol = new Map<string, Map<number, number>>();
  for (const [key, reply] of traffic.xmlrpc.entries) {
    const { protocol, status, bytes } = replyOf(key);
    if (status !== 200 || bytes === 0) continue;
    const sizes = byProtocol.get(protocol) ?? new Map<number, number>();
    sizes.set(bytes, (sizes.get(bytes) ?? 0) + reply.count);
    byProtocol.set(protocol, sizes);
  }
  return byProtocol;
}

/**
 * The number of header bytes that explains most different sizes. Nothing (0) only where the log may count the body alone,
 * and a reply of a single call fits as it is: 615 bytes are a multicall of two, or one wrong password with 212 of headers.
 * A fit on a single size leaves two readings open, for a constant can be added to either.
 */
/** Whether the sizes count the frame of a chunk: more of them are known with it than without. */
function framed(sizes: ReadonlyMap<number, number>): boolean {
  const knownWith = (offset: number): number => {
    let replies = 0;
    for (const [size, times] of sizes) if (isKnownSize(size - offset)) replies += times;
    return replies;
  };
  return knownWith(CHUNK_FRAME) > knownWith(0);
}

function fitOffset(
  protocol: string,
  sizes: ReadonlyMap<number, number>,
  bytes: Traffic['bytes'],
): { offset: number; ambiguous: boolean } | undefined {
  if (bytes === 'body') return { offset: framed(sizes) ? CHUNK_FRAME : 0, ambiguous: false };
  const explained = (offset: number): { replies: number; sizes: number } => {
    let replies = 0;
    let different = 0;
    for (const [size, times] of sizes) {
      if (!isKnownSize(size - offset)) continue;
      replies += times;
      different++;
    }
    return { replies, sizes: different };
  };
  const offsets = new Set<number>();
  for (const size of sizes.keys()) {
    for (const known of SINGLE_CALLS) {
      const offset = size - known;
      if (offset >= OFFSET_MIN && offset <= OFFSET_MAX) offsets.add(offset);
    }
  }
  const bare = headersAlone(sizes);
  const far = (offset: number): number => (bare === undefined ? 0 : Math.abs(offset - bare));
  const fits = [...offsets]
    .map((offset) => ({ offset, far: far(offset), ...explained(offset) }))
    .sort((a, b) => b.sizes - a.sizes || a.far - b.far || b.replies - a.replies);
  const [best, next] = fits;
  const bodyAlone = bytes === 'unknown' && SINGLE_CALLS.some((size) => sizes.has(size));
  if (bodyAlone && explained(0).sizes >= (best?.sizes ?? 0)) return { offset: 0, ambiguous: false };
  if (!best) return undefined;
  const bySizes = best.sizes >= 2 && best.sizes > (next?.sizes ?? 0);
  const byHeaders =
    bare !== undefined &&
    best.far <= HEADERS_VARY &&
    (next === undefined || next.sizes < best.sizes || next.far > best.far + 10) &&
    !fits.some(
      (other) =>
        other !== best && other.sizes === best.sizes && bare !== undefined && hasAdded(bare - other.offset, protocol),
    );
  return { offset: best.offset, ambiguous: !bySizes && !byHeaders };
}

function hasAdded(bytes: number, protocol: string): boolean {
  const added = protocol === 'HTTP/1.0' ? HEADERS_ADDED.plain : HEADERS_ADDED.chunked;
  return Math.abs(bytes - added) <= ADDED_VARY;
}

/**
 * The size of a reply without a body: while the database is down, WordPress answers with headers alone, and no XML-RPC
 * reply has a body that small.
 */
function headersAlone(sizes: ReadonlyMap<number, number>): number | undefined {
  const small = [...sizes].filter(([bytes, times]) => bytes >= OFFSET_MIN && bytes < SMALLEST_BODY && times >= 2);
  return small.sort((a, b) => b[1] - a[1])[0]?.[0];
}

function isKnownSize(body: number): boolean {
  return (
    body === PINGBACK ||
    body === WRONG_PASSWORD ||
    body === WRONG_PASSWORD_OLD ||
    (body > 600 && multicalls(body) !== undefined)
  );
}

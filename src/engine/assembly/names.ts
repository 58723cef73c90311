// Every text that anything is counted by, once: a name is its address in memory. Names that nothing refers to any more are swept away.
import { alloc, ask, copy, free, reserve, taken } from './memory.ts';
import { hash32, same } from './text.ts';

export enum Kind {
  Address,
  /** A client as logged that is not spelled as addresses should be; its link is the address. */
  Client,
  Forwarded,
  Network,
  Path,
  /** A path with its numbers folded. */
  Folded,
  /** The names of a query's parameters, as they come. */
  Shape,
  /** The names of its parameters as endpoints have them. */
  Keys,
  Endpoint,
  Agent,
  Referer,
  Host,
  Method,
  Protocol,
  Status,
}

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Name {
  hash: u32;
  length: u32;
  kind: u8;
  mark: u8;
  /** It was found since names were swept last. */
  used: u8;
  /** What the host said of it: see `Fact`. */
  facts: u8;
  /** The next one in the same bucket, or on the free list. */
  next: u32;
  /** The name that belongs to it: network of an address, address of a client, folded path, keys of a shape. */
  link: u32;
  /** Its entry in the table of the whole record; of a path, its endpoint when it is asked for with GET and without a query. */
  entry: u32;
  /** Its entries in the two slices that are open. */
  place0: u32;
  place1: u32;
  /** Of whoever merges tables: 0 before and after. */
  scratch: u32;
}

/** Where the text of a name begins: right behind it, so that most look-ups touch no other line of the cache. */
export const TEXT_AT: u32 = offsetof<Name>();

/** What is known of a name. */
export enum Fact {
  /** Of a path. */
  Static = 1,
  Probe = 2,
  ProbeWhenMissing = 4,
  Xmlrpc = 8,
  Login = 16,
  WpLogin = 32,
  Administration = 64,
  /** Of a shape. */
  Campaign = 1,
  /** Of an address. */
  Trusted = 1,
  /** Of anything: the filter leaves it out. */
  Excluded = 128,
}

/**
 * Names that nothing refers to are swept away early: what matters most for speed is that all that is looked up line after line stays
 * within the pages that a processor finds without a walk (docs/engine.md).
 */
const BYTES_LEAST: u32 = 14 << 20;
/** Beyond this, names are forgotten too that would have to be worked out again. */
const BYTES_MOST: u32 = 32 << 20;
const BUCKETS: u32 = 1 << 18;

const buckets: usize = reserve(BUCKETS * 4);
let bytes: u32 = 0;

let limit: u32 = BYTES_LEAST;

/** Whether it is time to sweep. */
export function areMany(): bool {
  return bytes > limit;
}

function bucketOf(kind: Kind, hash: u32): usize {
  return buckets + (((hash ^ (kind * 0x9e3779b1)) & (BUCKETS - 1)) << 2);
}

/** The name that stands first where one of this hash would; 0 for none. Asked for early, it is there when it is needed. */
export function firstIn(kind: Kind, hash: u32): u32 {
  return load<u32>(bucketOf(kind, hash));
}

/** 0 when there is none. */
export function find(kind: Kind, text: usize, length: u32, hash: u32): u32 {
  const bucket = bucketOf(kind, hash);
  let before: u32 = 0;
  for (let at = load<u32>(bucket); at; ) {
    const name = changetype<Name>(at);
    if (name.hash == hash && name.length == length && <Kind>name.kind == kind && same(at + TEXT_AT, text, length)) {
      name.used = 1;
      // What comes again stands first: only that is asked for early.
      if (before) {
        changetype<Name>(before).next = name.next;
        name.next = load<u32>(bucket);
        store<u32>(bucket, at);
      }
      return at;
    }
    before = at;
    at = name.next;
  }
  return 0;
}

/** Only when `find` found none. The text is copied. */
export function create(kind: Kind, text: usize, length: u32, hash: u32): u32 {
  const at = <u32>alloc(TEXT_AT + length);
  bytes += taken(TEXT_AT + length);
  v128.store(at, i64x2.splat(0));
  v128.store(at + 16, i64x2.splat(0));
  const name = changetype<Name>(at);
  name.hash = hash;
  name.length = length;
  name.kind = <u8>kind;
  name.scratch = 0;
  copy(at + TEXT_AT, text, length);
  const bucket = bucketOf(kind, hash);
  name.next = load<u32>(bucket);
  store<u32>(bucket, at);
  return at;
}

export function intern(kind: Kind, text: usize, length: u32): u32 {
  const hash = hash32(text, length);
  const known = find(kind, text, length, hash);
  return known ? known : create(kind, text, length, hash);
}

export function mark(name: u32): void {
  while (name && changetype<Name>(name).mark == 0) {
    changetype<Name>(name).mark = 1;
    name = changetype<Name>(name).link;
  }
}

export function isMarked(name: u32): bool {
  return changetype<Name>(name).mark != 0;
}

/**
 * Marks names that nothing refers to, but that were worked out by the host: paths, shapes, clients, what proxies say. When all names
 * together are too large, only those that came again since the last time.
 */
export function markKnown(): void {
  const isTight = bytes > BYTES_MOST;
  for (let i: u32 = 0; i < BUCKETS; i++) {
    askAhead(i);
    for (let at = load<u32>(buckets + (i << 2)); at; at = changetype<Name>(at).next) {
      const name = changetype<Name>(at);
      const kind = <Kind>name.kind;
      if (
        (name.used || !isTight) &&
        (kind == Kind.Path || kind == Kind.Shape || kind == Kind.Client || kind == Kind.Forwarded)
      ) {
        mark(at);
        if (kind == Kind.Path) mark(name.entry);
      } else if (kind == Kind.Path) name.entry = 0;
      name.used = 0;
    }
  }
}

/** Asks for the first name of a bucket that comes later. */
function askAhead(bucket: u32): void {
  ask(load<u32>(load<u32>(buckets + (((bucket + 16) & (BUCKETS - 1)) << 2))));
}

/** Takes back all names that were not marked, and unmarks the others. */
export function sweep(): void {
  for (let i: u32 = 0; i < BUCKETS; i++) {
    askAhead(i);
    const bucket = buckets + (i << 2);
    let at = load<u32>(bucket);
    let kept: u32 = 0;
    while (at) {
      const name = changetype<Name>(at);
      const next = name.next;
      if (name.mark) {
        name.mark = 0;
        name.next = kept;
        kept = at;
      } else {
        bytes -= taken(TEXT_AT + name.length);
        free(at, TEXT_AT + name.length);
      }
      at = next;
    }
    store<u32>(bucket, kept);
  }
  limit = max(BYTES_LEAST, bytes + (bytes >>> 1));
  if (limit > BYTES_MOST) limit = max(BYTES_MOST, bytes + (BYTES_MOST >>> 2));
}

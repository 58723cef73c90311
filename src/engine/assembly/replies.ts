// Replies with one status and size, of the whole record: `ReplyTally` of src/model/traffic.ts, in bounded tables.
import { addHash, Distinct, release } from './distinct.ts';
import { newPairTable, Table } from './groups.ts';
import { allocZero, free, zero } from './memory.ts';
import { mark } from './names.ts';
import { dropQuote } from './quotes.ts';
import { findLimit, goes, limit, weights } from './select.ts';
import { GROUP_PRECISION } from './tally.ts';

const EXAMPLES_KEPT: u32 = 3;

/** Its distinct sources and targets, and pairs of quote and line, stand behind it. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class ReplyTally {
  /** -1 when it was not logged. */
  bytes: f64;
  first: f64;
  last: f64;
  /** A name; 0 where it does not matter. */
  protocol: u32;
  status: u32;
  count: u32;
  examples: u32;
}

const SOURCES_AT: u32 = offsetof<ReplyTally>();
const TARGETS_AT: u32 = SOURCES_AT + offsetof<Distinct>();
const EXAMPLES_AT: u32 = TARGETS_AT + offsetof<Distinct>();
const SIZE: u32 = EXAMPLES_AT + EXAMPLES_KEPT * 8;

const REPLIES_CAPACITY: u32 = 256;
const SLOTS: u32 = REPLIES_CAPACITY * 8;

export const failures: usize = newPairTable(REPLIES_CAPACITY);
export const xmlrpc: usize = newPairTable(REPLIES_CAPACITY);

/** Counts a reply; returns it when it wants an example, else 0. */
export function addReply(
  into: usize,
  protocol: u32,
  status: u32,
  bytes: f64,
  at: f64,
  visitorHash: u32,
  targetHash: u32,
): usize {
  const made = replyOf(changetype<Table>(into), protocol, status, bytes);
  const reply = changetype<ReplyTally>(made);
  reply.count++;
  if (at < reply.first) reply.first = at;
  if (at > reply.last) reply.last = at;
  addHash(made + SOURCES_AT, visitorHash, GROUP_PRECISION);
  addHash(made + TARGETS_AT, targetHash, GROUP_PRECISION);
  return reply.examples < EXAMPLES_KEPT ? made : 0;
}

export function keepExample(at: usize, quote: u32, line: u32): void {
  const pair = at + EXAMPLES_AT + changetype<ReplyTally>(at).examples++ * 8;
  store<u32>(pair, quote);
  store<u32>(pair + 4, line);
}

function slotOf(protocol: u32, status: u32, bytes: f64): u32 {
  const mixed = (protocol ^ (status * 0x85ebca6b) ^ (<u32>(<i64>bytes) * 0xc2b2ae35)) * 0x9e3779b1;
  return (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
}

function replyOf(table: Table, protocol: u32, status: u32, bytes: f64): usize {
  let slot = slotOf(protocol, status, bytes);
  for (;;) {
    const known = load<u32>(table.index + (slot << 2));
    if (known == 0) break;
    const reply = changetype<ReplyTally>(known);
    if (reply.bytes == bytes && reply.status == status && reply.protocol == protocol) return known;
    slot = (slot + 1) & (SLOTS - 1);
  }
  if (table.count == table.capacity * 2) trim(table);
  const made = allocZero(SIZE);
  const reply = changetype<ReplyTally>(made);
  reply.bytes = bytes;
  reply.protocol = protocol;
  reply.status = status;
  reply.first = Infinity;
  reply.last = -Infinity;
  store<u32>(table.entries + (table.count++ << 2), <u32>made);
  put(table, <u32>made);
  return made;
}

function put(table: Table, made: u32): void {
  const reply = changetype<ReplyTally>(made);
  let slot = slotOf(reply.protocol, reply.status, reply.bytes);
  while (load<u32>(table.index + (slot << 2))) slot = (slot + 1) & (SLOTS - 1);
  store<u32>(table.index + (slot << 2), made);
}

function trim(table: Table): void {
  for (let i: u32 = 0; i < table.count; i++)
    store<f64>(weights + (i << 3), changetype<ReplyTally>(load<u32>(table.entries + (i << 2))).count);
  findLimit(table.count, table.count - table.capacity);
  table.errorBound += limit;
  zero(table.index, SLOTS * 4);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < table.count; i++) {
    const reply = load<u32>(table.entries + (i << 2));
    const weight = load<f64>(weights + (i << 3));
    if (goes(weight)) {
      table.folded += weight;
      release(reply + SOURCES_AT, GROUP_PRECISION);
      release(reply + TARGETS_AT, GROUP_PRECISION);
      for (let k: u32 = 0; k < changetype<ReplyTally>(reply).examples; k++)
        dropQuote(load<u32>(reply + EXAMPLES_AT + k * 8));
      free(reply, SIZE);
    } else {
      store<u32>(table.entries + (kept++ << 2), reply);
      put(table, reply);
    }
  }
  table.count = kept;
}

export function markReplies(at: usize): void {
  const table = changetype<Table>(at);
  for (let i: u32 = 0; i < table.count; i++) {
    mark(changetype<ReplyTally>(load<u32>(table.entries + (i << 2))).protocol);
  }
}

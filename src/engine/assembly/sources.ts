// What each address does: `SourceDetail` of src/model/traffic.ts, in a bounded table.
import { addHash, Distinct, release } from './distinct.ts';
import { newTable, Table, trims } from './groups.ts';
import { allocZero, free } from './memory.ts';
import { mark, Name } from './names.ts';
import { dropQuote } from './quotes.ts';
import { findLimit, goes, limit, weights } from './select.ts';
import { clear, GROUP_PRECISION, Group, Tally, weightOf } from './tally.ts';

const ENDPOINTS_KEPT: u32 = 24;
const AGENTS_KEPT: u32 = 8;
const REPLIES_KEPT: u32 = 48;
const EXAMPLES_KEPT: u32 = 3;
const ADMIN_REQUESTS_KEPT: u32 = 5;
/** Seconds that the order of the log can show: more is no request that took so long. */
const LAGS: u32 = 181;
const PAIR: u32 = 8;

/** What each request touches stands first, in as few lines of the cache as it can; the rest are quotes with their lines, in pairs. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Source extends Tally {
  name: u32;
  endpoints: u32;
  agents: u32;
  examples: u32;
  /** What it sent last, so that it need not be looked up again. */
  lastAgent: u32;
  lastReferer: u32;
  lastHost: u32;
  lastTarget: u32;
  hasTargets: u32;
  /** What `trims` was when it was made, and when it was last asked whether it is stale. */
  born: u32;
  seen: u32;
  /** A bit for each status and method that it was counted under as a visitor. */
  statuses: u32;
  methods: u32;
  /** Where the agent stands that was counted last. */
  agentAt: u32;
  /** Here the `Distinct` of its targets begins. */
  targets: v128;
  targetsRest: v128;
  assets: u32;
  posts: u32;
  referred: u32;
  endpointsOthers: u32;
  agentsOthers: u32;
  probes: u32;
  loginFailed: u32;
  loginPassed: u32;
}

const TARGETS_AT: u32 = offsetof<Source>('targets');
const ENDPOINTS_AT: u32 = offsetof<Source>();
const ENDPOINT_COUNTS_AT: u32 = ENDPOINTS_AT + ENDPOINTS_KEPT * 4;
/** Agents with their counts, in pairs. */
const AGENTS_AT: u32 = ENDPOINT_COUNTS_AT + ENDPOINTS_KEPT * 4;
const RARE_AT: u32 = AGENTS_AT + AGENTS_KEPT * PAIR;

/** What few sources have. */
// biome-ignore format: one field a line tells the layout
@unmanaged
class Rare {
  requestBytes: f64;
  requestsSized: u32;
  passedLogins: u32;
  adminRequests: u32;
  earlyAdminRequests: u32;
  /** Times that a request took so many seconds, 0 to 180; 0 when there is none. */
  lags: u32;
  /** A `Replies`, or 0. */
  replies: u32;
}

const PROBED_AT: u32 = RARE_AT + offsetof<Rare>();
const EXAMPLES_AT: u32 = PROBED_AT + offsetof<Distinct>();
const PASSED_AT: u32 = EXAMPLES_AT + EXAMPLES_KEPT * PAIR;
const ADMIN_AT: u32 = PASSED_AT + EXAMPLES_KEPT * PAIR;
const EARLY_ADMIN_AT: u32 = ADMIN_AT + ADMIN_REQUESTS_KEPT * PAIR;
const SOURCE_SIZE: u32 = EARLY_ADMIN_AT + ADMIN_REQUESTS_KEPT * PAIR;

function rareOf(source: usize): Rare {
  return changetype<Rare>(source + RARE_AT);
}

/** One kind of reply to an XML-RPC request of a source, with its first request. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Reply {
  bytes: f64;
  protocol: u32;
  status: u32;
  count: u32;
  quote: u32;
  line: u32;
  spare: u32;
}

// biome-ignore format: one field a line tells the layout
@unmanaged
export class Replies {
  count: u32;
  others: u32;
}

const REPLY_SIZE: u32 = offsetof<Reply>();
const REPLIES_SIZE: u32 = offsetof<Replies>() + REPLIES_KEPT * REPLY_SIZE;

export const sources: usize = newTable(4096, 1024);

/** The details of the address, made when there are none. */
export function sourceOf(address: u32): usize {
  const known = changetype<Name>(address).entry;
  if (known) return known;
  const table = changetype<Table>(sources);
  if (table.count == table.capacity * 2) trim(table, table.capacity);
  const made = allocZero(SOURCE_SIZE);
  clear(made);
  changetype<Source>(made).name = address;
  changetype<Source>(made).born = trims;
  changetype<Source>(made).seen = trims - 1;
  changetype<Name>(address).entry = <u32>made;
  store<u32>(table.entries + (table.count++ << 2), <u32>made);
  return made;
}

/** What counting a request of the source will need of it, read early; of none, what stands at 0. */
export function peek(source: usize): u32 {
  return (
    load<u32>(source) ^
    load<u32>(source + 64) ^
    load<u32>(source + TARGETS_AT) ^
    load<u32>(source + ENDPOINTS_AT) ^
    load<u32>(source + ENDPOINTS_AT + 64) ^
    load<u32>(source + AGENTS_AT)
  );
}

/** Where the source's distinct targets are counted. */
export function targetsOf(source: usize): usize {
  return source + TARGETS_AT;
}

/** Leaves what is told: when everything is counted. */
export function settleSources(): void {
  const table = changetype<Table>(sources);
  if (table.count > table.told * 2) trim(table, table.told);
}

function trim(table: Table, most: u32): void {
  for (let i: u32 = 0; i < table.count; i++)
    store<f64>(weights + (i << 3), weightOf(load<u32>(table.entries + (i << 2))));
  findLimit(table.count, table.count - most);
  table.errorBound += limit;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < table.count; i++) {
    const source = load<u32>(table.entries + (i << 2));
    const weight = load<f64>(weights + (i << 3));
    if (goes(weight)) {
      table.folded += weight;
      drop(source);
    } else store<u32>(table.entries + (kept++ << 2), source);
  }
  table.count = kept;
}

function drop(at: usize): void {
  const source = changetype<Source>(at);
  changetype<Name>(source.name).entry = 0;
  release(at + PROBED_AT, GROUP_PRECISION);
  release(at + TARGETS_AT, GROUP_PRECISION);
  dropQuotes(at + EXAMPLES_AT, source.examples);
  const rare = rareOf(at);
  dropQuotes(at + PASSED_AT, rare.passedLogins);
  dropQuotes(at + ADMIN_AT, rare.adminRequests);
  dropQuotes(at + EARLY_ADMIN_AT, rare.earlyAdminRequests);
  if (rare.replies) {
    const first = rare.replies + offsetof<Replies>();
    for (let i: u32 = 0; i < changetype<Replies>(rare.replies).count; i++)
      dropQuote(changetype<Reply>(first + i * REPLY_SIZE).quote);
  }
  if (rare.lags) free(rare.lags, LAGS * 4);
  if (rare.replies) free(rare.replies, REPLIES_SIZE);
  free(at, SOURCE_SIZE);
}

/** Whether it may be the first time that the visitor is counted in the endpoint's group. */
export function countEndpoint(at: usize, name: u32, group: usize): bool {
  const source = changetype<Source>(at);
  const wanted = i32x4.splat(name);
  for (let i: u32 = 0; i < ENDPOINTS_KEPT * 4; i += 16) {
    const mask = i32x4.bitmask(i32x4.eq(v128.load(at + ENDPOINTS_AT + i), wanted));
    if (mask) {
      const counter = at + ENDPOINT_COUNTS_AT + i + (ctz(mask) << 2);
      store<u32>(counter, load<u32>(counter) + 1);
      return changetype<Group>(group).born > source.born;
    }
    if (i + 16 > source.endpoints << 2) break;
  }
  if (source.endpoints < ENDPOINTS_KEPT) {
    store<u32>(at + ENDPOINTS_AT + (source.endpoints << 2), name);
    store<u32>(at + ENDPOINT_COUNTS_AT + (source.endpoints << 2), 1);
    source.endpoints++;
  } else source.endpointsOthers++;
  return true;
}

/** Whether something was folded since it was asked: what it sent last may then be counted nowhere. */
export function isStale(at: usize): bool {
  const source = changetype<Source>(at);
  if (source.seen == trims) return false;
  source.seen = trims;
  source.lastAgent = 0;
  source.lastReferer = 0;
  source.lastHost = 0;
  source.statuses = 0;
  source.methods = 0;
  return true;
}

function dropQuotes(pairs: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) dropQuote(load<u32>(pairs + i * PAIR));
}

export function countAgent(at: usize, name: u32): void {
  const source = changetype<Source>(at);
  const counters = at + AGENTS_AT;
  if (counts(counters + source.agentAt, name)) return;
  for (let i: u32 = 0; i < source.agents; i++) {
    if (counts(counters + i * PAIR, name)) {
      source.agentAt = i * PAIR;
      return;
    }
  }
  if (source.agents < AGENTS_KEPT) add(counters + source.agents++ * PAIR, name, 1);
  else source.agentsOthers++;
}

function counts(counter: usize, name: u32): bool {
  if (load<u32>(counter) != name) return false;
  store<u32>(counter + 4, load<u32>(counter + 4) + 1);
  return true;
}

function add(pair: usize, name: u32, value: u32): void {
  store<u32>(pair, name);
  store<u32>(pair + 4, value);
}

export function addTarget(at: usize, targetHash: u32): void {
  addHash(at + TARGETS_AT, targetHash, GROUP_PRECISION);
}

export function addProbe(at: usize, targetHash: u32): void {
  changetype<Source>(at).probes++;
  addHash(at + PROBED_AT, targetHash, GROUP_PRECISION);
}

/** A request that took at least so many seconds, by the order of the log. */
export function addLag(at: usize, seconds: u32): void {
  const source = rareOf(at);
  if (source.lags == 0) source.lags = <u32>allocZero(LAGS * 4);
  const lag = source.lags + (min<u32>(seconds, LAGS - 1) << 2);
  store<u32>(lag, load<u32>(lag) + 1);
}

export function addRequestBytes(at: usize, bytes: f64): void {
  const rare = rareOf(at);
  rare.requestBytes += bytes;
  rare.requestsSized++;
}

export function wantsExample(at: usize): bool {
  return changetype<Source>(at).examples < EXAMPLES_KEPT;
}

export function keepExample(at: usize, quote: u32, line: u32): void {
  add(at + EXAMPLES_AT + changetype<Source>(at).examples++ * PAIR, quote, line);
}

export function wantsLogin(at: usize): bool {
  return rareOf(at).passedLogins < EXAMPLES_KEPT;
}

export function keepLogin(at: usize, quote: u32, line: u32): void {
  add(at + PASSED_AT + rareOf(at).passedLogins++ * PAIR, quote, line);
}

export function wantsAdmin(at: usize): bool {
  const rare = rareOf(at);
  return (changetype<Source>(at).loginPassed > 0 ? rare.adminRequests : rare.earlyAdminRequests) < ADMIN_REQUESTS_KEPT;
}

export function keepAdmin(at: usize, quote: u32, line: u32): void {
  const rare = rareOf(at);
  if (changetype<Source>(at).loginPassed > 0) add(at + ADMIN_AT + rare.adminRequests++ * PAIR, quote, line);
  else add(at + EARLY_ADMIN_AT + rare.earlyAdminRequests++ * PAIR, quote, line);
}

/** Counts the reply; returns the kind when it is a new one, whose first request is to be kept, else 0. */
export function countReply(at: usize, protocol: u32, status: u32, bytes: f64): usize {
  const source = rareOf(at);
  if (source.replies == 0) source.replies = <u32>allocZero(REPLIES_SIZE);
  const replies = changetype<Replies>(source.replies);
  const first = source.replies + offsetof<Replies>();
  for (let i: u32 = 0; i < replies.count; i++) {
    const reply = changetype<Reply>(first + i * REPLY_SIZE);
    if (reply.bytes == bytes && reply.protocol == protocol && reply.status == status) {
      reply.count++;
      return 0;
    }
  }
  if (replies.count == REPLIES_KEPT) {
    replies.others++;
    return 0;
  }
  const made = first + replies.count++ * REPLY_SIZE;
  const reply = changetype<Reply>(made);
  reply.bytes = bytes;
  reply.protocol = protocol;
  reply.status = status;
  reply.count = 1;
  return made;
}

export function markSources(): void {
  const table = changetype<Table>(sources);
  for (let i: u32 = 0; i < table.count; i++) markSource(load<u32>(table.entries + (i << 2)));
}

function markSource(at: usize): void {
  const source = changetype<Source>(at);
  mark(source.name);
  for (let i: u32 = 0; i < source.endpoints; i++) mark(load<u32>(at + ENDPOINTS_AT + (i << 2)));
  markPairs(at + AGENTS_AT, source.agents);
  source.seen = trims - 1;
  source.lastAgent = 0;
  source.lastReferer = 0;
  const replies = rareOf(at).replies;
  if (replies == 0) return;
  const first = replies + offsetof<Replies>();
  for (let i: u32 = 0; i < changetype<Replies>(replies).count; i++) {
    mark(changetype<Reply>(first + i * REPLY_SIZE).protocol);
  }
}

function markPairs(first: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) mark(load<u32>(first + i * PAIR));
}

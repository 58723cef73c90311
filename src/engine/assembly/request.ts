// Counts one request in everything that it belongs to: src/engine/accumulate.ts says what each step is for.
import { countReply, flush, nameStatusesBy } from './cells.ts';
import { dimension } from './dimensions.ts';
import { forgetEndpoints } from './endpoint.ts';
import { addMember, count, countMember, countPair, entryOf, markTable } from './groups.ts';
import { Of } from './lists.ts';
import { reserve, zero } from './memory.ts';
import { Fact, intern, Kind, mark, markKnown, Name, sweep, TEXT_AT } from './names.ts';
import { quote } from './quotes.ts';
import { Line } from './record.ts';
import * as replies from './replies.ts';
import * as slices from './slices.ts';
import * as sources from './sources.ts';
import { Source } from './sources.ts';
import { addTo, prepareStatuses, setRequest } from './tally.ts';
import { agents, endpoints, groups, hosts, methods, networks, referers, statuses } from './whole.ts';

const DYNAMIC_MS: f64 = 250;
const STATIC_MS: f64 = 1;
const LAG_MAX_MS: f64 = 180_000;
const LAG_MIN_MS: f64 = 2_000;
const SIZES: u32 = 40;

/** Of the log, and of what is asked. */
let isStampedAtBegin: bool = false;
let earliest: f64 = 0;
let latest: f64 = Infinity;
let windowFrom: f64 = -Infinity;
let windowTo: f64 = Infinity;
let by0: i32 = -1;
let by1: i32 = -1;
/** What a filter says of requests without an agent or a host. */
let isAgentNeeded: bool = false;
let isHostNeeded: bool = false;
let isMethodNeeded: bool = false;
/** Not 0 for statuses that the filter leaves out. */
export const excludedStatuses: usize = memory.data(1000);

/** What is told to the host: in the order of FIGURES in src/engine/kernel-layout.ts. */
export const figures: usize = reserve(16 * 8);
const ENTRIES: usize = figures;
const UNDATED: usize = figures + 8;
const STRAYS: usize = figures + 16;
const OUTSIDE: usize = figures + 24;
const FILTERED: usize = figures + 32;
const SPAN_FROM: usize = figures + 40;
const SPAN_TO: usize = figures + 48;
const LOGGED: usize = figures + 56;
const FROM_ORDER: usize = figures + 64;
const ESTIMATED: usize = figures + 72;
const NEWEST: usize = figures + 80;
const LINES: usize = figures + 88;

export const sizes: usize = reserve(SIZES * 4);

const STATUS_NAMES: usize = memory.data(1000 * 4, 4);
const DIGITS: usize = memory.data(16);

let dash: u32 = 0;
/** No agent at all, among the agents of a source. */
let silent: u32 = 0;

/** Of the request that was admitted. */
let lagMs: f64 = 0;
let written: f64 = 0;

export function configure(
  begin: bool,
  first: f64,
  last: f64,
  from: f64,
  to: f64,
  by: i32,
  second: i32,
  agent: bool,
  host: bool,
  method: bool,
  newest: f64,
): void {
  isStampedAtBegin = begin;
  earliest = first;
  latest = last;
  windowFrom = from;
  windowTo = to;
  by0 = by;
  by1 = second;
  isAgentNeeded = agent;
  isHostNeeded = host;
  isMethodNeeded = method;
  store<f64>(NEWEST, newest);
  store<f64>(SPAN_FROM, Infinity);
  store<f64>(SPAN_TO, -Infinity);
  prepareStatuses();
  nameStatusesBy(nameOfStatus);
  store<u8>(DIGITS, 0x2d);
  dash = intern(Kind.Status, DIGITS, 1);
  silent = intern(Kind.Agent, DIGITS, 0);
}

function increment(figure: usize): void {
  store<f64>(figure, load<f64>(figure) + 1);
}

let lines: u32 = 0;

export function countLine(): u32 {
  return ++lines;
}

/** Puts the figures where the host looks for them. */
export function tellLines(): void {
  store<f64>(LINES, lines);
}

/** Whether a request of this moment counts; NaN for none. To be asked of each, in the order of the log. */
export function admit(at: f64): bool {
  if (!(at >= earliest && at <= latest)) {
    if (!isNaN(at)) increment(STRAYS);
    increment(ENTRIES);
    increment(UNDATED);
    return false;
  }
  if (at < windowFrom || at > windowTo) {
    increment(OUTSIDE);
    return false;
  }
  if (at < load<f64>(SPAN_FROM)) store<f64>(SPAN_FROM, at);
  if (at > load<f64>(SPAN_TO)) store<f64>(SPAN_TO, at);
  increment(ENTRIES);
  lagMs = 0;
  written = at;
  if (!isStampedAtBegin) return true;
  const lag = load<f64>(NEWEST) - at;
  if (lag <= 0 || lag > LAG_MAX_MS) store<f64>(NEWEST, at);
  else {
    if (lag >= LAG_MIN_MS) lagMs = lag;
    written = load<f64>(NEWEST);
  }
  return true;
}

/** Counts a request that was admitted. */
export function request(line: Line): void {
  const visitor = changetype<Name>(line.addressName);
  const path = changetype<Name>(line.pathName);
  const facts = path.facts;
  const method = line.methodName;
  const agent = line.agentName;
  const referer = line.refererName;
  const host = line.hostName;
  const status = line.status;
  const bytes = line.bytes;
  if (
    ((visitor.facts | facts) & Fact.Excluded) != 0 ||
    (method ? (changetype<Name>(method).facts & Fact.Excluded) != 0 : isMethodNeeded) ||
    (agent ? (changetype<Name>(agent).facts & Fact.Excluded) != 0 : isAgentNeeded) ||
    (host ? (changetype<Name>(host).facts & Fact.Excluded) != 0 : isHostNeeded) ||
    load<u8>(excludedStatuses + status) != 0
  ) {
    increment(FILTERED);
    return;
  }

  const dynamic = method != 0 && (facts & Fact.Static) == 0;
  const durationMs = line.durationMs;
  const workerMs = costOf(dynamic, durationMs, line.upstreamMs);
  const at = isStampedAtBegin ? line.moment : line.moment - max(durationMs, 0);
  setRequest(status, dynamic, workerMs, max(bytes, 0), at, visitor.hash);

  slices.select(at);
  slices.addVisit(line.addressName);
  slices.addCost(Of.Endpoints, line.endpointName);
  if (referer) slices.addCost(Of.Referers, referer);
  if (durationMs >= 0) slices.addDuration(durationBucket(durationMs));
  slices.complete(written);
  if (bytes >= 0) addAt(sizes, min<u32>(64 - <u32>clz<u64>(<u64>bytes), SIZES - 1));

  const source = sources.sourceOf(line.addressName);
  const detail = changetype<Source>(source);
  if (sources.isStale(source) && visitor.link) countMember(networks, visitor.link);
  if (agent) count(agents, agent, detail.lastAgent != agent);
  if (referer) count(referers, referer, detail.lastReferer != referer);
  if (host) count(hosts, host, detail.lastHost != host);
  const methodName = method ? method : noMethod();
  const statusName = nameOfStatus(status);
  countReply(methodName, status, statusName, detail);
  if (by0 >= 0) {
    countPair(
      groups,
      dimension(by0, line, methodName, statusName, dash),
      by1 < 0 ? 0 : dimension(by1, line, methodName, statusName, dash),
    );
  }

  addTo(source);
  const endpoint = entryOf(endpoints, line.endpointName);
  addTo(endpoint);
  if (sources.countEndpoint(source, line.endpointName, endpoint)) addMember(endpoint);
  sources.countAgent(source, agent ? agent : silent);
  if (agent) detail.lastAgent = agent;
  if (referer) detail.lastReferer = referer;
  if (host) detail.lastHost = host;
  const targetHash = line.targetHash;
  if (detail.hasTargets == 0 || detail.lastTarget != targetHash) {
    sources.addTarget(source, targetHash);
    detail.lastTarget = targetHash;
    detail.hasTargets = 1;
  }
  if (!dynamic) detail.assets++;
  const isPost = method != 0 && changetype<Name>(method).length == 4 && load<u32>(method + TEXT_AT) == 0x54534f50;
  if (isPost) detail.posts++;
  const shape = line.shapeName;
  if (referer != 0 || (shape != 0 && (changetype<Name>(shape).facts & Fact.Campaign) != 0)) detail.referred++;
  if (lagMs > 0 && status < 400) sources.addLag(source, <u32>Math.floor(lagMs / 1000 + 0.5));
  if (line.requestBytes >= 0) sources.addRequestBytes(source, line.requestBytes);
  if (sources.wantsExample(source)) sources.keepExample(source, quote(line.start, line.length), line.number);

  if (isPost && (facts & Fact.Xmlrpc) != 0) countXmlrpc(line, source, at, visitor.hash);
  else if (isPost && (facts & Fact.Login) != 0 && !((facts & Fact.WpLogin) != 0 && line.hasOtherAction != 0)) {
    if (status >= 300 && status < 400) {
      detail.loginPassed++;
      if (sources.wantsLogin(source)) sources.keepLogin(source, quote(line.start, line.length), line.number);
    } else detail.loginFailed++;
  } else if (
    (facts & Fact.Probe) != 0 ||
    line.isQueryProbe != 0 ||
    ((facts & Fact.ProbeWhenMissing) != 0 && (status == 404 || status == 403))
  )
    sources.addProbe(source, targetHash);
  if (status == 200 && (facts & Fact.Administration) != 0 && sources.wantsAdmin(source))
    sources.keepAdmin(source, quote(line.start, line.length), line.number);
  if (status >= 500) {
    const wanting = replies.addReply(replies.failures, 0, status, bytes, at, visitor.hash, targetHash);
    if (wanting) replies.keepExample(wanting, quote(line.start, line.length), line.number);
  }
}

function countXmlrpc(line: Line, source: usize, at: f64, visitorHash: u32): void {
  const protocol = intern(Kind.Protocol, line.protocol, line.protocolLength);
  const bytes = max(line.bytes, 0);
  const first = sources.countReply(source, protocol, line.status, bytes);
  if (first) {
    changetype<sources.Reply>(first).quote = quote(line.start, line.length);
    changetype<sources.Reply>(first).line = line.number;
  }
  const wanting = replies.addReply(replies.xmlrpc, protocol, line.status, bytes, at, visitorHash, line.targetHash);
  if (wanting) replies.keepExample(wanting, quote(line.start, line.length), line.number);
}

function addAt(counters: usize, index: u32): void {
  store<u32>(counters + (index << 2), load<u32>(counters + (index << 2)) + 1);
}

function costOf(dynamic: bool, durationMs: f64, upstreamMs: f64): f64 {
  if (!dynamic) return STATIC_MS;
  const logged = upstreamMs >= 0 ? upstreamMs : durationMs;
  if (logged >= 0) {
    increment(LOGGED);
    return max(logged, STATIC_MS);
  }
  if (lagMs > DYNAMIC_MS) {
    increment(FROM_ORDER);
    return lagMs;
  }
  increment(ESTIMATED);
  return DYNAMIC_MS;
}

/** The binary logarithm, rounded up; 0 for less than a millisecond. */
function durationBucket(ms: f64): u32 {
  if (ms <= 1) return 0;
  const bits = reinterpret<u64>(ms);
  const exponent = <u32>(bits >>> 52) - 1023;
  return exponent + ((bits & 0xfffffffffffff) != 0 ? 1 : 0);
}

function noMethod(): u32 {
  store<u8>(DIGITS, 0x2d);
  return intern(Kind.Method, DIGITS, 1);
}

function nameOfStatus(status: u32): u32 {
  const known = load<u32>(STATUS_NAMES + (status << 2));
  if (known) return known;
  let length: u32 = 0;
  if (status >= 100) store<u8>(DIGITS + length++, <u8>(0x30 + status / 100));
  if (status >= 10) store<u8>(DIGITS + length++, <u8>(0x30 + ((status / 10) % 10)));
  store<u8>(DIGITS + length++, <u8>(0x30 + (status % 10)));
  const made = intern(Kind.Status, DIGITS, length);
  store<u32>(STATUS_NAMES + (status << 2), made);
  return made;
}

/** Forgets all names that nothing refers to. Between two lines only. */
export function collect(): void {
  flush();
  slices.closeAll();
  mark(dash);
  // A filter may have something to say of it.
  mark(noMethod());
  mark(silent);
  zero(STATUS_NAMES, 4000);
  markTable(networks);
  markTable(endpoints);
  markTable(agents);
  markTable(referers);
  markTable(hosts);
  markTable(methods);
  markTable(statuses);
  markTable(groups);
  sources.markSources();
  replies.markReplies(replies.failures);
  replies.markReplies(replies.xmlrpc);
  slices.markSlices();
  markKnown();
  forgetEndpoints();
  sweep();
}

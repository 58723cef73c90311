// What one address does: the details that tell a guesser from a reader, in bounded memory.
import { distinct, mergeDistinct } from '../model/distinct.ts';
import type { Evidence } from '../model/evidence.ts';
import { addTally, type Counter, count, counter, type SourceDetail, tally } from '../model/traffic.ts';

export const ENDPOINTS_KEPT = 24;
export const AGENTS_KEPT = 8;
const REPLIES_KEPT = 48;
export const EXAMPLES_KEPT = 3;
const ADMIN_REQUESTS_KEPT = 5;

/**
 * What most sources never have is shared by all that don't have it, and replaced when the first comes: with thousands of
 * sources the empty maps alone would be megabytes.
 */
const NO_REPLIES: Counter = counter();
const NO_LAGS: Map<number, number> = new Map();
const NO_EXAMPLES: Map<string, Evidence> = new Map();
const NO_EVIDENCE: Evidence[] = [];

export function sourceDetail(): SourceDetail {
  return {
    ...tally(),
    endpoints: counter(),
    agents: counter(),
    xmlrpc: NO_REPLIES,
    loginFailed: 0,
    loginPassed: 0,
    probes: 0,
    probed: distinct(),
    targets: distinct(),
    assets: 0,
    posts: 0,
    referred: 0,
    lags: NO_LAGS,
    examples: NO_EVIDENCE,
    passedLogins: NO_EVIDENCE,
    xmlrpcExamples: NO_EXAMPLES,
    adminRequests: NO_EVIDENCE,
    earlyAdminRequests: NO_EVIDENCE,
    requestBytes: 0,
    requestsSized: 0,
  };
}

/** Adds all of `other` to `into`. */
export function addSourceDetail(into: SourceDetail, other: SourceDetail): void {
  addAdminRequests(into, other);
  addTally(into, other);
  addCounter(into.endpoints, other.endpoints, ENDPOINTS_KEPT);
  addCounter(into.agents, other.agents, AGENTS_KEPT);
  if (other.xmlrpc !== NO_REPLIES) addCounter(repliesOf(into), other.xmlrpc, REPLIES_KEPT);
  into.loginFailed += other.loginFailed;
  into.loginPassed += other.loginPassed;
  into.probes += other.probes;
  mergeDistinct(into.probed, other.probed);
  mergeDistinct(into.targets, other.targets);
  into.assets += other.assets;
  into.posts += other.posts;
  into.referred += other.referred;
  for (const [seconds, times] of other.lags) keepLag(into, seconds, times);
  into.examples = joined(into.examples, other.examples, EXAMPLES_KEPT);
  into.passedLogins = joined(into.passedLogins, other.passedLogins, EXAMPLES_KEPT);
  for (const [key, example] of other.xmlrpcExamples) {
    const known = examplesOf(into);
    if (known.size < REPLIES_KEPT && !known.has(key)) known.set(key, example);
  }
  into.requestBytes += other.requestBytes;
  into.requestsSized += other.requestsSized;
}

/** A request that took at least so many seconds. */
export function keepLag(detail: SourceDetail, seconds: number, times: number): void {
  if (detail.lags === NO_LAGS) detail.lags = new Map();
  detail.lags.set(seconds, (detail.lags.get(seconds) ?? 0) + times);
}

export function keepExample(detail: SourceDetail, make: () => Evidence): void {
  if (detail.examples.length < EXAMPLES_KEPT) detail.examples = [...detail.examples, make()];
}

export function keepLogin(detail: SourceDetail, make: () => Evidence): void {
  if (detail.passedLogins.length < EXAMPLES_KEPT) detail.passedLogins = [...detail.passedLogins, make()];
}

export function keepXmlrpc(detail: SourceDetail, key: string, make: () => Evidence): void {
  const replies = repliesOf(detail);
  count(replies, key, REPLIES_KEPT);
  if (replies.counts.get(key) === 1) examplesOf(detail).set(key, make());
}

/** Before the logins of both are added up. */
function addAdminRequests(into: SourceDetail, other: SourceDetail): void {
  if (into.loginPassed > 0)
    into.adminRequests = joined(into.adminRequests, other.earlyAdminRequests, ADMIN_REQUESTS_KEPT);
  else into.earlyAdminRequests = joined(into.earlyAdminRequests, other.earlyAdminRequests, ADMIN_REQUESTS_KEPT);
  into.adminRequests = joined(into.adminRequests, other.adminRequests, ADMIN_REQUESTS_KEPT);
}

export function keepAdminRequest(detail: SourceDetail, make: () => Evidence): void {
  const kind = detail.loginPassed > 0 ? 'adminRequests' : 'earlyAdminRequests';
  if (detail[kind].length < ADMIN_REQUESTS_KEPT) detail[kind] = [...detail[kind], make()];
}

function repliesOf(detail: SourceDetail): Counter {
  if (detail.xmlrpc === NO_REPLIES) detail.xmlrpc = counter();
  return detail.xmlrpc;
}

function examplesOf(detail: SourceDetail): Map<string, Evidence> {
  if (detail.xmlrpcExamples === NO_EXAMPLES) detail.xmlrpcExamples = new Map();
  return detail.xmlrpcExamples;
}

/** The first ones of both, at most `most`. */
export function joined(some: Evidence[], more: readonly Evidence[], most: number): Evidence[] {
  return more.length === 0 || some.length >= most ? some : [...some, ...more.slice(0, most - some.length)];
}

function addCounter(into: Counter, other: Counter, most: number): void {
  for (const [key, times] of other.counts) {
    if (into.counts.has(key) || into.counts.size < most) {
      count(into, key, most);
      into.counts.set(key, (into.counts.get(key) ?? 0) + times - 1);
    } else into.others += times;
  }
  into.others += other.others;
}

// What one address does: the details that tell a guesser from a reader, in bounded memory.
import { distinct, mergeDistinct } from '../model/distinct.ts';
import type { Evidence } from '../model/evidence.ts';
import { addTally, type Counter, count, counter, type SourceDetail, tally } from '../model/traffic.ts';

export const ENDPOINTS_KEPT = 24;
export const AGENTS_KEPT = 8;
export const REPLIES_KEPT = 48;
export const EXAMPLES_KEPT = 3;
const ADMIN_REQUESTS_KEPT = 5;

export function sourceDetail(): SourceDetail {
  return {
    ...tally(),
    endpoints: counter(),
    agents: counter(),
    xmlrpc: counter(),
    loginFailed: 0,
    loginPassed: 0,
    probes: 0,
    probed: distinct(),
    paths: distinct(),
    targets: distinct(),
    assets: 0,
    posts: 0,
    referred: 0,
    lags: new Map(),
    examples: [],
    passedLogins: [],
    xmlrpcExamples: new Map(),
    adminRequests: [],
    requestBytes: 0,
    requestsSized: 0,
  };
}

/** Adds all of `other` to `into`. */
export function addSourceDetail(into: SourceDetail, other: SourceDetail): void {
  addTally(into, other);
  addCounter(into.endpoints, other.endpoints, ENDPOINTS_KEPT);
  addCounter(into.agents, other.agents, AGENTS_KEPT);
  addCounter(into.xmlrpc, other.xmlrpc, REPLIES_KEPT);
  into.loginFailed += other.loginFailed;
  into.loginPassed += other.loginPassed;
  into.probes += other.probes;
  mergeDistinct(into.probed, other.probed);
  mergeDistinct(into.paths, other.paths);
  mergeDistinct(into.targets, other.targets);
  into.assets += other.assets;
  into.posts += other.posts;
  into.referred += other.referred;
  for (const [seconds, times] of other.lags) keepLag(into, seconds, times);
  keep(into.examples, other.examples, EXAMPLES_KEPT);
  keep(into.passedLogins, other.passedLogins, EXAMPLES_KEPT);
  for (const [key, example] of other.xmlrpcExamples) {
    if (into.xmlrpcExamples.size < REPLIES_KEPT && !into.xmlrpcExamples.has(key)) into.xmlrpcExamples.set(key, example);
  }
  keep(into.adminRequests, other.adminRequests, ADMIN_REQUESTS_KEPT);
  into.requestBytes += other.requestBytes;
  into.requestsSized += other.requestsSized;
}

/** A request that took at least so many seconds. */
export function keepLag(detail: SourceDetail, seconds: number, times: number): void {
  detail.lags.set(seconds, (detail.lags.get(seconds) ?? 0) + times);
}

export function keepLogin(detail: SourceDetail, make: () => Evidence): void {
  if (detail.passedLogins.length < EXAMPLES_KEPT) detail.passedLogins.push(make());
}

export function keepXmlrpc(detail: SourceDetail, key: string, make: () => Evidence): void {
  count(detail.xmlrpc, key, REPLIES_KEPT);
  if (detail.xmlrpc.counts.get(key) === 1) detail.xmlrpcExamples.set(key, make());
}

export function keepAdminRequest(detail: SourceDetail, make: () => Evidence): void {
  if (detail.adminRequests.length < ADMIN_REQUESTS_KEPT) detail.adminRequests.push(make());
}

function keep(into: Evidence[], more: readonly Evidence[], most: number): void {
  into.push(...more.slice(0, Math.max(0, most - into.length)));
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

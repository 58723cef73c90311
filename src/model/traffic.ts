// The traffic of a web server as a mergeable profile: counters, heavy hitters and distinct counts, no lines.
import { type Distinct, distinct, mergeDistinct } from './distinct.ts';
import type { Evidence } from './evidence.ts';
import { type MergeRules, mergeTable, shrink, type Table, table } from './table.ts';
import type { EpochMs } from './time.ts';

/** Counters of any set of requests. Times of requests are those of their arrival, as far as the log tells. */
export interface Tally {
  requests: number;
  /** Requests that reach a worker of the application, judged by their path. */
  dynamic: number;
  /** Milliseconds of worker time: logged, else inferred from the order of the log, else estimated (see `Traffic.timing`). */
  workerMs: number;
  bytes: number;
  /** Replies by class. `none` has status 0: not logged. */
  ok: number;
  redirected: number;
  refused: number;
  failed: number;
  /** 408 and 499: the request never came, the client gave up waiting. */
  clientTimeouts: number;
  gaveUp: number;
  notFound: number;
  first: EpochMs;
  last: EpochMs;
}

/** What is counted where there are too many to count everything. */
export type Cost = Pick<Tally, 'requests' | 'workerMs'>;

/** A tally of requests that come from several addresses. */
export interface GroupTally extends Tally {
  readonly members: Distinct;
}

/**
 * Traffic of one stretch of time, as detectors compare it with others. Two of them merge into the profile of both (a
 * commutative monoid, but for what the bounded tables fold).
 */
export interface SliceProfile {
  readonly total: GroupTally;
  readonly addresses: Table<Tally>;
  /** /24 and /64. */
  readonly networks: Table<Tally>;
  /** Method and path, queries folded: "POST /xmlrpc.php". */
  readonly endpoints: Table<Cost>;
  /** By the host of the page that led here. */
  readonly referers: Table<Cost>;
  /** Log lines written in this stretch of time, whenever their requests came in: completions. */
  completed: number;
  /** How long requests took: `durations[i]` requests took from 2^(i-1) to 2^i ms. Only where the log tells. */
  readonly durations: Uint32Array;
}

/** The traffic of a whole record; addresses are in `Traffic.sources`. A monoid, as its slices are. */
export interface TrafficProfile {
  readonly total: GroupTally;
  readonly networks: Table<GroupTally>;
  readonly endpoints: Table<GroupTally>;
  readonly agents: Table<GroupTally>;
  readonly referers: Table<GroupTally>;
  /** By the virtual host that served them. */
  readonly hosts: Table<GroupTally>;
  readonly methods: Table<GroupTally>;
  /** By status, as text. */
  readonly statuses: Table<GroupTally>;
  completed: number;
  readonly durations: Uint32Array;
  /** How large replies were: `sizes[i]` had from 2^(i-1) to 2^i - 1 bytes, `sizes[0]` none. Only where the log tells. */
  readonly sizes: Uint32Array;
}

/** Tables of a whole profile. */
export const GROUPINGS = ['networks', 'endpoints', 'agents', 'referers', 'hosts', 'methods', 'statuses'] as const;

/** The traffic of one stretch of time. */
export interface TrafficSlice {
  readonly from: EpochMs;
  readonly widthMs: number;
  readonly profile: SliceProfile;
}

/** Counts by a short text, bounded; the rest is in `others`. */
export interface Counter {
  readonly counts: Map<string, number>;
  others: number;
}

/** What is kept of one address besides its tally: enough to say what it does. */
export interface SourceDetail extends Tally {
  readonly endpoints: Counter;
  readonly agents: Counter;
  /** Replies of /xmlrpc.php by `protocol status bytes`. */
  xmlrpc: Counter;
  /** POSTs to a login page: answered 200 (the form again: failed) and 3xx (let in). */
  loginFailed: number;
  loginPassed: number;
  /** Requests for things that attackers look for, and how many different ones. */
  probes: number;
  readonly probed: Distinct;
  /** Different targets (path and query). */
  readonly targets: Distinct;
  assets: number;
  /** POST requests. */
  posts: number;
  /** Requests that a page led to: with a referer, or campaign parameters in the query. Anyone can forge it; scripts seldom do. */
  referred: number;
  /** Seconds that requests at least took, as the order of the log shows (rounded, 2 to 180), with their numbers. */
  lags: Map<number, number>;
  /** The first requests, and those that stand out (a login that passed). */
  examples: Evidence[];
  passedLogins: Evidence[];
  /** The first XML-RPC request of each kind of reply, by the keys of `xmlrpc`. */
  xmlrpcExamples: Map<string, Evidence>;
  /** Requests to the site's administration that were let in after a login. */
  adminRequests: Evidence[];
  /** Those that were let in before a login was seen: they count when the part of the log before this one has the login. */
  earlyAdminRequests: Evidence[];
  /** Sum and count of request sizes, where logged. */
  requestBytes: number;
  requestsSized: number;
}

/** Replies with one status and size. */
export interface ReplyTally {
  count: number;
  first: EpochMs;
  last: EpochMs;
  readonly sources: Distinct;
  readonly targets: Distinct;
  examples: Evidence[];
}

/** Everything that access logs said. */
export interface Traffic {
  readonly whole: TrafficProfile;
  /** Of equal width (a power of two in seconds), ordered, gaps left out. */
  readonly slices: readonly TrafficSlice[];
  readonly sliceMs: number;
  readonly sources: Table<SourceDetail>;
  /** By what was asked for (`TrafficQuery.by`); the two keys of a pair are joined by a line feed, which no log line holds. */
  readonly groups?: Table<GroupTally>;
  /** Failed replies by `status bytes`. */
  readonly failures: Table<ReplyTally>;
  /** Replies to POST /xmlrpc.php by `protocol status bytes`. */
  readonly xmlrpc: Table<ReplyTally>;
  /** How worker time is known, in requests. */
  readonly timing: { readonly logged: number; readonly fromOrder: number; readonly estimated: number };
  /** What reply sizes mean in these logs. */
  readonly bytes: 'body' | 'wire' | 'unknown';
  /** Proxies whose forwarded address was believed, with the reason. */
  readonly proxies: readonly { readonly address: string; readonly requests: number; readonly why: string }[];
  /** Peers that look like a proxy, while the log has no forwarded address to go by. */
  readonly hiddenBehind: readonly { readonly address: string; readonly requests: number; readonly why: string }[];
  readonly undated: number;
  /** Requests that a filter left out; those outside of the time asked for are not among them. */
  readonly filtered: number;
}

export function tally(): Tally {
  return {
    requests: 0,
    dynamic: 0,
    workerMs: 0,
    bytes: 0,
    ok: 0,
    redirected: 0,
    refused: 0,
    failed: 0,
    clientTimeouts: 0,
    gaveUp: 0,
    notFound: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
  };
}

/** Adds the counters of `other` to `into`; fields that extend a tally are left alone. */
export function addTally(into: Tally, other: Tally): void {
  into.requests += other.requests;
  into.dynamic += other.dynamic;
  into.workerMs += other.workerMs;
  into.bytes += other.bytes;
  into.ok += other.ok;
  into.redirected += other.redirected;
  into.refused += other.refused;
  into.failed += other.failed;
  into.clientTimeouts += other.clientTimeouts;
  into.gaveUp += other.gaveUp;
  into.notFound += other.notFound;
  if (other.first < into.first) into.first = other.first;
  if (other.last > into.last) into.last = other.last;
}

/** Registers of the distinct count of all visitors, as a binary logarithm: 1.6 % error. */
const TOTAL_PRECISION = 12;

export function groupTally(precision = 8): GroupTally {
  // Written out: V8 keeps what is added to an object afterwards in a second one.
  return {
    requests: 0,
    dynamic: 0,
    workerMs: 0,
    bytes: 0,
    ok: 0,
    redirected: 0,
    refused: 0,
    failed: 0,
    clientTimeouts: 0,
    gaveUp: 0,
    notFound: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    members: distinct(precision),
  };
}

function addGroup(into: GroupTally, other: GroupTally): void {
  addTally(into, other);
  mergeDistinct(into.members, other.members);
}

function copyGroup(of: GroupTally): GroupTally {
  const copy = groupTally(of.members.precision);
  addGroup(copy, of);
  return copy;
}

/** What makes an entry of a profile's table heavy: requests, with an hour of worker time worth as much as 3,600 of them. */
export function weightOf(entry: Cost): number {
  return entry.requests + entry.workerMs / 1000;
}

const GROUPS = { copy: copyGroup, add: addGroup, weight: weightOf };
const TALLIES = { copy: copyTally, add: addTally, weight: weightOf };
const COSTS = { copy: copyCost, add: addCost, weight: weightOf };

export function costless(): Cost {
  return { requests: 0, workerMs: 0 };
}

function copyCost({ requests, workerMs }: Cost): Cost {
  return { requests, workerMs };
}

function addCost(into: Cost, other: Cost): void {
  into.requests += other.requests;
  into.workerMs += other.workerMs;
}

/** Not by spreading: all tallies are then built alike, and V8 finds their fields without a look-up. */
function copyTally(of: Tally): Tally {
  const copy = tally();
  addTally(copy, of);
  return copy;
}

const DURATION_BUCKETS = 24;
const SIZE_BUCKETS = 40;

/** An empty profile. `capacity`: how many addresses it keeps apart; other tables are sized after it. */
export function sliceProfile(capacity: number): SliceProfile {
  const some = smaller(capacity);
  return {
    total: groupTally(TOTAL_PRECISION),
    addresses: table(capacity),
    networks: table(capacity),
    endpoints: table(some),
    referers: table(some),
    completed: 0,
    durations: new Uint32Array(DURATION_BUCKETS),
  };
}

/** An empty profile. `capacity`: how many networks and endpoints it keeps apart; there are fewer of other things. */
export function trafficProfile(capacity: number): TrafficProfile {
  const some = (share: number): number => Math.max(16, Math.ceil(capacity / share));
  return {
    total: groupTally(TOTAL_PRECISION),
    networks: table(capacity),
    endpoints: table(capacity),
    agents: table(some(2)),
    referers: table(some(4)),
    hosts: table(some(8)),
    methods: table(some(8)),
    statuses: table(some(8)),
    completed: 0,
    durations: new Uint32Array(DURATION_BUCKETS),
    sizes: new Uint32Array(SIZE_BUCKETS),
  };
}

/** Leaves the profile the room of `sliceProfile(capacity)`, and folds what does not fit. */
export function shrinkSlice(profile: SliceProfile, capacity: number): void {
  const some = smaller(capacity);
  shrink(profile.addresses, capacity, weightOf);
  shrink(profile.networks, capacity, weightOf);
  shrink(profile.endpoints, some, weightOf);
  shrink(profile.referers, some, weightOf);
}

function smaller(capacity: number): number {
  return Math.max(16, Math.ceil(capacity / 2));
}

/** Adds all of `other` to `into`. */
export function mergeSlice(into: SliceProfile, other: SliceProfile): void {
  addFigures(into, other);
  joinTables(into, other, TALLIES, COSTS);
}

/** The same, cheaper: takes over what `other` holds, which must not be used any more. */
export function absorbSlice(into: SliceProfile, other: SliceProfile): void {
  addFigures(into, other);
  absorbTables(into, other);
}

/** Takes over the tables of `other` alone, which must not be used any more. */
export function absorbTables(into: SliceProfile, other: SliceProfile): void {
  joinTables(into, other, { ...TALLIES, copy: (entry) => entry }, { ...COSTS, copy: (entry) => entry });
}

/** Adds all that stands in no table. */
export function addFigures(
  into: Pick<SliceProfile, 'total' | 'completed' | 'durations'>,
  other: Pick<SliceProfile, 'total' | 'completed' | 'durations'>,
): void {
  addGroup(into.total, other.total);
  into.completed += other.completed;
  addCounts(into.durations, other.durations);
}

function joinTables(
  into: SliceProfile,
  other: SliceProfile,
  tallies: MergeRules<Tally>,
  costs: MergeRules<Cost>,
): void {
  mergeTable(into.addresses, other.addresses, tallies);
  mergeTable(into.networks, other.networks, tallies);
  mergeTable(into.endpoints, other.endpoints, costs);
  mergeTable(into.referers, other.referers, costs);
}

/** Takes over all that `other` holds, which must not be used any more. */
export function absorbProfile(into: TrafficProfile, other: TrafficProfile): void {
  addGroup(into.total, other.total);
  for (const grouping of GROUPINGS) absorbGroups(into[grouping], other[grouping]);
  into.completed += other.completed;
  addCounts(into.durations, other.durations);
  addCounts(into.sizes, other.sizes);
}

/** Takes over all that `other` holds, which must not be used any more. */
export function absorbGroups(into: Table<GroupTally>, other: Table<GroupTally>): void {
  mergeTable(into, other, { ...GROUPS, copy: (entry) => entry });
}

/** Adds all of `other` to `into`. */
export function mergeGroups(into: Table<GroupTally>, other: Table<GroupTally>): void {
  mergeTable(into, other, GROUPS);
}

function addCounts(into: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (other[i] ?? 0);
}

/** The profile of the slices that touch the span; the same `Traffic` gives the same answer. */
export function profileWithin(traffic: Traffic, from: EpochMs, to: EpochMs): SliceProfile {
  const merged = sliceProfile(traffic.sources.capacity);
  for (const slice of traffic.slices) {
    if (slice.from <= to && slice.from + slice.widthMs > from) mergeSlice(merged, slice.profile);
  }
  return merged;
}

export function counter(): Counter {
  return { counts: new Map(), others: 0 };
}

export function count(into: Counter, key: string, max: number): void {
  const known = into.counts.get(key);
  if (known !== undefined) into.counts.set(key, known + 1);
  else if (into.counts.size < max) into.counts.set(key, 1);
  else into.others++;
}

// Turns access-log entries into traffic: profiles by slices of time, the details of sources, what failed. One pass, bounded.
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { addHash, distinct } from '../model/distinct.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import { entryOf, type Table, table } from '../model/table.ts';
import type { EpochMs } from '../model/time.ts';
import {
  type Cost,
  costless,
  count,
  type GroupTally,
  groupTally,
  type ReplyTally,
  type SliceProfile,
  type SourceDetail,
  type Tally,
  type Traffic,
  type TrafficProfile,
  tally,
  trafficProfile,
  weightOf,
} from '../model/traffic.ts';
import type { Dimension, TrafficQuery } from '../model/traffic-query.ts';
import type { ClientResolver } from './client.ts';
import { costOf, logOrder } from './cost.ts';
import { type RequestFilter, requestFilter } from './filter.ts';
import { ownText } from './own-text.ts';
import { entryAt } from './place.ts';
import { type Recent, recent } from './recent.ts';
import { type Slices, sliceStore } from './slices.ts';
import {
  AGENTS_KEPT,
  ENDPOINTS_KEPT,
  EXAMPLES_KEPT,
  keepAdminRequest,
  keepExample,
  keepLag,
  keepLogin,
  keepXmlrpc,
  sourceDetail,
} from './source-detail.ts';
import { endpointFor, shortPath, type TargetFacts, targetFacts } from './target-facts.ts';
import { agentGroup, type Group, group, refererGroup, type Visitor, visitorOf } from './visitor.ts';

const WHOLE_CAPACITY = 1024;
const SOURCES_CAPACITY = 1024;
const REPLIES_CAPACITY = 256;
/** Of what is asked for by `--by`: pairs are many. */
const GROUPS_CAPACITY = 4096;
/** Texts that are remembered: twice so many of each kind. */
const RECENT = 1024;
/** One more than `evidence` keeps, so that it can tell that the line was longer. */
const QUOTE_ENOUGH = 401;

/** Several logs of one host go into one accumulator, each through a reader of its own. */
export interface TrafficAccumulator {
  /** Opens one log; entries must come in the order of its lines. */
  log(file: string, format: AccessFormat, clients: ClientResolver): LogAccumulator;
  /** `undefined` when no entry came. */
  finish(): Traffic | undefined;
}

export interface LogAccumulator {
  /** `text` is quoted, so it may be kept: it must not be a piece of a larger text. */
  add(entry: AccessEntry, line: number, text: string): void;
  /** The log is at its end: what its resolver learned is noted. */
  end(): void;
}

interface State {
  readonly slices: Slices;
  readonly whole: TrafficProfile;
  readonly filter: RequestFilter;
  readonly by: TrafficQuery['by'];
  readonly groups: Table<GroupTally>;
  readonly sources: Table<SourceDetail | Hit>;
  readonly failures: Table<ReplyTally>;
  readonly xmlrpc: Table<ReplyTally>;
  readonly timing: { logged: number; fromOrder: number; estimated: number };
  readonly meanings: Set<AccessFormat['bytes']>;
  readonly proxies: Traffic['proxies'][number][];
  readonly hiding: Traffic['proxies'][number][];
  entries: number;
  undated: number;
  filtered: number;
  /** What was worked out about texts that come again. */
  readonly visitors: Recent<Visitor<SourceDetail | Hit>>;
  readonly targets: Recent<TargetFacts>;
  readonly endpoints: Recent<Group>;
  readonly agents: Recent<Group>;
  readonly referers: Recent<Group>;
  readonly hosts: Recent<Group>;
  readonly methods: Recent<Group>;
  readonly statuses: Recent<Group>;
}

export function trafficAccumulator(query: TrafficQuery = {}): TrafficAccumulator {
  const state: State = {
    slices: sliceStore(),
    whole: trafficProfile(WHOLE_CAPACITY),
    filter: requestFilter(query.filter ?? {}),
    by: query.by,
    groups: table(GROUPS_CAPACITY),
    sources: table(SOURCES_CAPACITY),
    failures: table(REPLIES_CAPACITY),
    xmlrpc: table(REPLIES_CAPACITY),
    timing: { logged: 0, fromOrder: 0, estimated: 0 },
    meanings: new Set(),
    proxies: [],
    hiding: [],
    entries: 0,
    undated: 0,
    filtered: 0,
    visitors: recent(RECENT, visitorOf<SourceDetail | Hit>),
    targets: recent(2 * RECENT, targetFacts),
    endpoints: recent(2 * RECENT, group),
    agents: recent(RECENT, agentGroup),
    referers: recent(RECENT, refererGroup),
    hosts: recent(RECENT, group),
    methods: recent(RECENT, group),
    statuses: recent(RECENT, group),
  };
  return {
    log: (file, format, clients) => logAccumulator(state, file, format, clients),
    finish: () => finish(state),
  };
}

function logAccumulator(state: State, file: string, format: AccessFormat, clients: ClientResolver): LogAccumulator {
  const order = logOrder();
  let entries = 0;
  return {
    add(entry, line, text) {
      state.entries++;
      entries++;
      if (entry.at === undefined) {
        state.undated++;
        return;
      }
      // The order is that of all lines, whichever are asked for.
      const lagMs = format.stamp === 'begin' ? order.lagMs(entry.at) : 0;
      const visitor = state.visitors.of(clients.clientOf(entry));
      const target = state.targets.of(entry.target);
      if (!passes(state.filter, entry, visitor.address, target.path)) {
        state.filtered++;
        return;
      }
      const dynamic = entry.method !== '' && !target.isStatic;
      const cost = costOf(entry, dynamic, lagMs);
      if (dynamic) state.timing[cost.source]++;
      addHit(state, {
        entry,
        line,
        text,
        file,
        visitor,
        target,
        endpoint: endpointFor(target, entry.method, entry.target, state.endpoints),
        agent: entry.agent === undefined ? undefined : state.agents.of(entry.agent),
        referer: entry.referer === undefined ? undefined : state.referers.of(entry.referer),
        host: entry.host === undefined ? undefined : state.hosts.of(entry.host),
        method: state.methods.of(entry.method === '' ? '-' : entry.method),
        status: state.statuses.of(String(entry.status)),
        at: format.stamp === 'end' ? entry.at - (entry.durationMs ?? 0) : entry.at,
        written: format.stamp === 'begin' ? order.newest : entry.at,
        lagMs,
        dynamic,
        workerMs: cost.workerMs,
        bytes: entry.bytes ?? 0,
      });
    },
    end() {
      if (entries > 0) state.meanings.add(format.bytes);
      state.proxies.push(...clients.believed());
      state.hiding.push(...clients.hiding());
    },
  };
}

/** One request, and what was worked out about it. */
interface Hit {
  readonly entry: AccessEntry;
  readonly line: number;
  readonly text: string;
  readonly file: string;
  readonly visitor: Visitor<SourceDetail | Hit>;
  readonly target: TargetFacts;
  readonly endpoint: Group;
  readonly agent: Group | undefined;
  /** The host of the page that led here; without a name for none. */
  readonly referer: Group | undefined;
  readonly host: Group | undefined;
  readonly method: Group;
  readonly status: Group;
  readonly at: EpochMs;
  /** About when the line was written. */
  readonly written: EpochMs;
  readonly lagMs: number;
  readonly dynamic: boolean;
  readonly workerMs: number;
  readonly bytes: number;
}

function passes(filter: RequestFilter, entry: AccessEntry, client: string, path: string): boolean {
  return (
    filter.client?.(client) !== false &&
    filter.path?.(path) !== false &&
    filter.status?.(entry.status) !== false &&
    filter.method?.(entry.method) !== false &&
    filter.agent?.(entry.agent ?? '') !== false &&
    filter.host?.(entry.host ?? '') !== false
  );
}

function addHit(state: State, hit: Hit): void {
  const { entry } = hit;
  addToSlice(state.slices.at(hit.at), hit);
  state.slices.at(hit.written).completed++;
  addToWhole(state.whole, hit);
  addToSource(state, hit);
  if (state.by) {
    const key = state.by.map((dimension) => keyOf(hit, dimension)).join('\n');
    addToGroup(entryOf(state.groups, key, groupTally, weightOf), hit);
  }
  if (entry.status >= 500) addReply(state.failures, `${entry.status} ${entry.bytes ?? '-'}`, hit);
  if (hit.target.isXmlrpc && entry.method === 'POST') addReply(state.xmlrpc, xmlrpcKey(entry), hit);
}

function addToSlice(profile: SliceProfile, hit: Hit): void {
  const { visitor, endpoint, referer } = hit;
  addToGroup(profile.total, hit);
  addRequest(entryAt(visitor.inSlice, profile.addresses, visitor.address, tally, weightOf), hit);
  if (visitor.network)
    addRequest(entryAt(visitor.networkInSlice, profile.networks, visitor.network, tally, weightOf), hit);
  addCost(entryAt(endpoint.inSlice, profile.endpoints, endpoint.name, costless, weightOf), hit);
  if (referer !== undefined && referer.name !== '')
    addCost(entryAt(referer.inSlice, profile.referers, referer.name, costless, weightOf), hit);
  addDuration(profile.durations, hit.entry.durationMs);
}

function addToWhole(profile: TrafficProfile, hit: Hit): void {
  const { visitor, referer } = hit;
  addToGroup(profile.total, hit);
  profile.completed++;
  if (visitor.network)
    addToGroup(entryAt(visitor.networkInWhole, profile.networks, visitor.network, groupTally, weightOf), hit);
  addTo(profile.endpoints, hit.endpoint, hit);
  addTo(profile.agents, hit.agent, hit);
  addTo(profile.referers, referer?.name === '' ? undefined : referer, hit);
  addTo(profile.hosts, hit.host, hit);
  addTo(profile.methods, hit.method, hit);
  addTo(profile.statuses, hit.status, hit);
  addDuration(profile.durations, hit.entry.durationMs);
  if (hit.entry.bytes !== undefined) increment(profile.sizes, bitLength(hit.entry.bytes));
}

function addTo(into: Table<GroupTally>, group: Group | undefined, hit: Hit): void {
  if (group) addToGroup(entryAt(group.inWhole, into, group.name, groupTally, weightOf), hit);
}

function addDuration(buckets: Uint32Array, durationMs: number | undefined): void {
  if (durationMs !== undefined) increment(buckets, Math.max(0, Math.ceil(Math.log2(Math.max(1, durationMs)))));
}

/** How many binary digits the number has: 0 for 0, 3 for 4 to 7. */
function bitLength(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
}

/** Counts in the bucket, in the last one when there are not so many. */
function increment(buckets: Uint32Array, index: number): void {
  const at = Math.min(buckets.length - 1, index);
  buckets[at] = (buckets[at] ?? 0) + 1;
}

/** What the request is counted under; `-` for what it lacks, as logs have it. */
function keyOf(hit: Hit, by: Dimension): string {
  switch (by) {
    case 'source':
      return hit.visitor.address;
    case 'network':
      return hit.visitor.network ?? '-';
    case 'path':
      return shortPath(hit.target.path);
    case 'endpoint':
      return hit.endpoint.name;
    case 'agent':
      return hit.agent?.name ?? '-';
    case 'referer':
      return hit.referer?.name || '-';
    case 'host':
      return hit.host?.name ?? '-';
    case 'method':
      return hit.method.name;
    case 'status':
      return hit.status.name;
  }
}

function addToGroup(into: GroupTally, hit: Hit): void {
  addRequest(into, hit);
  addHash(into.members, hit.visitor.hash);
}

function addCost(into: Cost, hit: Hit): void {
  into.requests++;
  into.workerMs += hit.workerMs;
}

function addRequest(into: Tally, hit: Hit): void {
  into.requests++;
  if (hit.dynamic) into.dynamic++;
  into.workerMs += hit.workerMs;
  into.bytes += hit.bytes;
  const { status } = hit.entry;
  if (status >= 500) into.failed++;
  else if (status >= 400) into.refused++;
  else if (status >= 300) into.redirected++;
  else if (status >= 200) into.ok++;
  if (status === 404) into.notFound++;
  else if (status === 408) into.clientTimeouts++;
  else if (status === 499) into.gaveUp++;
  if (hit.at < into.first) into.first = hit.at;
  if (hit.at > into.last) into.last = hit.at;
}

/**
 * Most addresses come but once before they are folded away, in a flood from everywhere by the million. So of the first
 * request nothing is worked out yet: the request itself is kept, and a detail is made when another one follows.
 */
function addToSource(state: State, hit: Hit): void {
  const { source, address } = hit.visitor;
  const known = entryAt(source, state.sources, address, () => hit, weightOfSource);
  if (known === hit) return;
  if (isDetail(known)) {
    addToDetail(known, hit);
    return;
  }
  const detail = addToDetail(detailOf(known), hit);
  state.sources.entries.set(address, detail);
  source.entry = detail;
}

/** Folded entries are lost, so a single request must weigh as much as its detail would. */
function weightOfSource(source: SourceDetail | Hit): number {
  return isDetail(source) ? weightOf(source) : 1 + source.workerMs / 1000;
}

function isDetail(source: SourceDetail | Hit): source is SourceDetail {
  return 'lags' in source;
}

function detailOf(source: SourceDetail | Hit): SourceDetail {
  return isDetail(source) ? source : addToDetail(sourceDetail(), source);
}

function addToDetail(detail: SourceDetail, hit: Hit): SourceDetail {
  const { entry, target } = hit;
  addRequest(detail, hit);
  count(detail.endpoints, hit.endpoint.name, ENDPOINTS_KEPT);
  count(detail.agents, hit.agent?.name ?? '', AGENTS_KEPT);
  addHash(detail.targets, target.targetHash);
  if (!hit.dynamic) detail.assets++;
  if (entry.method === 'POST') detail.posts++;
  if ((hit.referer !== undefined && hit.referer.name !== '') || target.hasCampaign) detail.referred++;
  // A request that failed shows how long the server was overloaded, not how long its work takes.
  if (hit.lagMs > 0 && entry.status < 400) keepLag(detail, Math.round(hit.lagMs / 1000), 1);
  if (entry.requestBytes !== undefined) {
    detail.requestBytes += entry.requestBytes;
    detail.requestsSized++;
  }
  keepExample(detail, () => quote(hit));
  addAttack(detail, hit);
  return detail;
}

function addAttack(detail: SourceDetail, hit: Hit): void {
  const { entry, target } = hit;
  const { status } = entry;
  const isPost = entry.method === 'POST';
  if (isPost && target.isXmlrpc) keepXmlrpc(detail, xmlrpcKey(entry), () => quote(hit));
  else if (isPost && target.isLogin) {
    if (status >= 300 && status < 400) {
      detail.loginPassed++;
      keepLogin(detail, () => quote(hit));
    } else detail.loginFailed++;
  } else if (target.isProbe || (target.isProbeWhenMissing && (status === 404 || status === 403))) {
    detail.probes++;
    addHash(detail.probed, target.targetHash);
  }
  if (status === 200 && target.isAdministration) keepAdminRequest(detail, () => quote(hit));
}

function quote({ file, line, text }: Hit): Evidence {
  return evidence(file, line, text.length < QUOTE_ENOUGH ? text : ownText(text.slice(0, QUOTE_ENOUGH)));
}

/** The size is said together with what it depends on. */
function xmlrpcKey(entry: AccessEntry): string {
  return `${entry.protocol} ${entry.status} ${entry.bytes ?? 0}`;
}

function addReply(into: Table<ReplyTally>, key: string, hit: Hit): void {
  const reply = entryOf(into, key, replyTally, (known) => known.count);
  reply.count++;
  if (hit.at < reply.first) reply.first = hit.at;
  if (hit.at > reply.last) reply.last = hit.at;
  addHash(reply.sources, hit.visitor.hash);
  addHash(reply.targets, hit.target.targetHash);
  if (reply.examples.length < EXAMPLES_KEPT) reply.examples.push(quote(hit));
}

function replyTally(): ReplyTally {
  return {
    count: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    sources: distinct(),
    targets: distinct(),
    examples: [],
  };
}

function finish(state: State): Traffic | undefined {
  if (state.entries === 0) return undefined;
  const slices = state.slices.finish();
  const sources = table<SourceDetail>(SOURCES_CAPACITY);
  sources.folded = state.sources.folded;
  sources.errorBound = state.sources.errorBound;
  for (const [address, source] of state.sources.entries) sources.entries.set(address, detailOf(source));
  const [meaning, ...more] = state.meanings;
  return {
    whole: state.whole,
    slices,
    sliceMs: state.slices.widthMs,
    sources,
    ...(state.by && { groups: state.groups }),
    failures: state.failures,
    xmlrpc: state.xmlrpc,
    timing: state.timing,
    bytes: meaning !== undefined && more.length === 0 ? meaning : 'unknown',
    proxies: state.proxies,
    hiddenBehind: state.hiding,
    undated: state.undated,
    filtered: state.filtered,
  };
}

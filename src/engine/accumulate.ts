// Turns access-log entries into traffic: profiles by slices of time, the details of sources, what failed. One pass, bounded.
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { addHash, distinct, hash32 } from '../model/distinct.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import { entryOf, mergeTable, type Table, table } from '../model/table.ts';
import type { EpochMs } from '../model/time.ts';
import {
  count,
  type GroupTally,
  groupTally,
  mergeProfile,
  type ReplyTally,
  type SourceDetail,
  type Tally,
  type Traffic,
  type TrafficProfile,
  type TrafficSlice,
  tally,
  trafficProfile,
  trimProfile,
  weightOf,
} from '../model/traffic.ts';
import type { ClientResolver } from './client.ts';
import { costOf, logOrder } from './cost.ts';
import { ownText } from './own-text.ts';
import { quickNetworkOf } from './plain-address.ts';
import { type Recent, recent } from './recent.ts';
import {
  AGENTS_KEPT,
  addSourceDetail,
  ENDPOINTS_KEPT,
  EXAMPLES_KEPT,
  keepAdminRequest,
  keepLag,
  keepLogin,
  keepXmlrpc,
  sourceDetail,
} from './source-detail.ts';
import { endpointFor, type TargetFacts, targetFacts } from './target-facts.ts';

/** At most this many slices; then two become one, twice as wide. */
const SLICES_MAX = 256;
/** Slices that requests still go to; of those before, the tables are trimmed to their capacity. */
const SLICES_OPEN = 4;
const SLICE_CAPACITY = 96;
const WHOLE_CAPACITY = 2048;
const SOURCES_CAPACITY = 4096;
const REPLIES_CAPACITY = 256;
/** Texts that are remembered: twice so many of each kind. */
const RECENT = 4096;
const AGENT_MAX = 200;
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
  widthMs: number;
  slices: Map<number, TrafficProfile>;
  last: { index: number; profile: TrafficProfile } | undefined;
  /** The latest slices: requests still come into them, so that their tables need room. */
  open: TrafficProfile[];
  readonly sources: Table<SourceDetail | Hit>;
  readonly failures: Table<ReplyTally>;
  readonly xmlrpc: Table<ReplyTally>;
  readonly timing: { logged: number; fromOrder: number; estimated: number };
  readonly meanings: Set<AccessFormat['bytes']>;
  readonly proxies: Traffic['proxies'][number][];
  readonly hiding: Traffic['proxies'][number][];
  entries: number;
  undated: number;
  /** What was worked out about texts that come again. */
  readonly visitors: Recent<Visitor>;
  readonly targets: Recent<TargetFacts>;
  readonly agents: Recent<string>;
  readonly referers: Recent<string>;
}

export function trafficAccumulator(): TrafficAccumulator {
  const state: State = {
    widthMs: 1000,
    slices: new Map(),
    last: undefined,
    open: [],
    sources: table(SOURCES_CAPACITY),
    failures: table(REPLIES_CAPACITY),
    xmlrpc: table(REPLIES_CAPACITY),
    timing: { logged: 0, fromOrder: 0, estimated: 0 },
    meanings: new Set(),
    proxies: [],
    hiding: [],
    entries: 0,
    undated: 0,
    visitors: recent(RECENT, visitor),
    targets: recent(RECENT, targetFacts),
    agents: recent(RECENT, (agent) => ownText(agent.slice(0, AGENT_MAX))),
    referers: recent(RECENT, (referer) => ownText(refererHost(referer))),
  };
  return {
    log: (file, format, clients) => logAccumulator(state, file, format, clients),
    finish: () => finish(state),
  };
}

function logAccumulator(state: State, file: string, format: AccessFormat, clients: ClientResolver): LogAccumulator {
  const order = logOrder();
  return {
    add(entry, line, text) {
      state.entries++;
      if (entry.at === undefined) {
        state.undated++;
        return;
      }
      const lagMs = format.stamp === 'begin' ? order.lagMs(entry.at) : 0;
      const client = state.visitors.of(clients.clientOf(entry));
      const target = state.targets.of(entry.target);
      const dynamic = entry.method !== '' && !target.isStatic;
      const cost = costOf(entry, dynamic, lagMs);
      if (dynamic) state.timing[cost.source]++;
      addHit(state, {
        entry,
        line,
        text,
        file,
        client: client.address,
        clientHash: client.hash,
        network: client.network,
        target,
        endpoint: endpointFor(target, entry.method, entry.target),
        agent: entry.agent === undefined ? undefined : state.agents.of(entry.agent),
        referer: entry.referer === undefined ? '' : state.referers.of(entry.referer),
        at: format.stamp === 'end' ? entry.at - (entry.durationMs ?? 0) : entry.at,
        written: format.stamp === 'begin' ? order.newest : entry.at,
        lagMs,
        dynamic,
        workerMs: cost.workerMs,
        bytes: entry.bytes ?? 0,
      });
    },
    end() {
      state.meanings.add(format.bytes);
      state.proxies.push(...clients.believed());
      state.hiding.push(...clients.hiding());
    },
  };
}

interface Visitor {
  readonly address: string;
  readonly hash: number;
  readonly network: string | undefined;
}

function visitor(address: string): Visitor {
  const network = quickNetworkOf(address);
  return { address, hash: hash32(address), network: network === undefined ? undefined : ownText(network) };
}

/** One request, and what was worked out about it. */
interface Hit {
  readonly entry: AccessEntry;
  readonly line: number;
  readonly text: string;
  readonly file: string;
  readonly client: string;
  readonly clientHash: number;
  /** /24 or /64; `undefined` for a host name. */
  readonly network: string | undefined;
  readonly target: TargetFacts;
  readonly endpoint: string;
  readonly agent: string | undefined;
  /** The host of the page that led here; empty for none. */
  readonly referer: string;
  readonly at: EpochMs;
  /** About when the line was written. */
  readonly written: EpochMs;
  readonly lagMs: number;
  readonly dynamic: boolean;
  readonly workerMs: number;
  readonly bytes: number;
}

function addHit(state: State, hit: Hit): void {
  const { entry } = hit;
  addToProfile(sliceAt(state, hit.at), hit);
  sliceAt(state, hit.written).completed++;
  addToSource(state, hit);
  if (entry.status >= 500) addReply(state.failures, `${entry.status} ${entry.bytes ?? '-'}`, hit);
  if (hit.target.isXmlrpc && entry.method === 'POST') addReply(state.xmlrpc, xmlrpcKey(entry), hit);
}

function addToProfile(profile: TrafficProfile, hit: Hit): void {
  addToGroup(profile.total, hit);
  addRequest(entryOf(profile.addresses, hit.client, tally, weightOf), hit);
  if (hit.network !== undefined) addToGroup(entryOf(profile.networks, hit.network, groupTally, weightOf), hit);
  addToGroup(entryOf(profile.endpoints, hit.endpoint, groupTally, weightOf), hit);
  if (hit.agent !== undefined) addToGroup(entryOf(profile.agents, hit.agent, groupTally, weightOf), hit);
  if (hit.referer !== '') addToGroup(entryOf(profile.referers, hit.referer, groupTally, weightOf), hit);
  const { durationMs } = hit.entry;
  if (durationMs !== undefined) {
    const bucket = Math.min(profile.durations.length - 1, Math.max(0, Math.ceil(Math.log2(Math.max(1, durationMs)))));
    profile.durations[bucket] = (profile.durations[bucket] ?? 0) + 1;
  }
}

function addToGroup(into: GroupTally, hit: Hit): void {
  addRequest(into, hit);
  addHash(into.members, hit.clientHash);
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
  const known = entryOf(state.sources, hit.client, () => hit, weightOfSource);
  if (known === hit) return;
  if (isDetail(known)) addToDetail(known, hit);
  else state.sources.entries.set(hit.client, addToDetail(detailOf(known), hit));
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
  count(detail.endpoints, hit.endpoint, ENDPOINTS_KEPT);
  count(detail.agents, hit.agent ?? '', AGENTS_KEPT);
  addHash(detail.paths, target.pathHash);
  addHash(detail.targets, target.targetHash);
  if (!hit.dynamic) detail.assets++;
  if (entry.method === 'POST') detail.posts++;
  if (hit.referer !== '' || target.hasCampaign) detail.referred++;
  // A request that failed shows how long the server was overloaded, not how long its work takes.
  if (hit.lagMs > 0 && entry.status < 400) keepLag(detail, Math.round(hit.lagMs / 1000), 1);
  if (entry.requestBytes !== undefined) {
    detail.requestBytes += entry.requestBytes;
    detail.requestsSized++;
  }
  if (detail.examples.length < EXAMPLES_KEPT) detail.examples.push(quote(hit));
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
  if (detail.loginPassed > 0 && status === 200 && target.isAdministration) keepAdminRequest(detail, () => quote(hit));
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
  addHash(reply.sources, hit.clientHash);
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

function sliceAt(state: State, at: EpochMs): TrafficProfile {
  const index = Math.floor(at / state.widthMs);
  if (state.last?.index === index) return state.last.profile;
  let profile = state.slices.get(index);
  if (!profile) {
    if (state.slices.size >= SLICES_MAX) {
      doubleWidth(state);
      return sliceAt(state, at);
    }
    profile = trafficProfile(SLICE_CAPACITY);
    state.slices.set(index, profile);
    state.open.push(profile);
    if (state.open.length > SLICES_OPEN) trimProfile(state.open.shift() ?? profile);
  }
  state.last = { index, profile };
  return profile;
}

function doubleWidth(state: State): void {
  const merged = new Map<number, TrafficProfile>();
  for (const [index, profile] of state.slices) {
    const half = Math.floor(index / 2);
    const known = merged.get(half);
    if (known) mergeProfile(known, profile);
    else merged.set(half, profile);
  }
  state.slices = merged;
  state.open = [];
  state.widthMs *= 2;
  state.last = undefined;
}

function finish(state: State): Traffic | undefined {
  if (state.entries === 0) return undefined;
  const slices: TrafficSlice[] = [...state.slices]
    .sort(([a], [b]) => a - b)
    .map(([index, profile]) => ({ from: index * state.widthMs, widthMs: state.widthMs, profile }));
  const whole = trafficProfile(WHOLE_CAPACITY);
  for (const slice of slices) mergeProfile(whole, slice.profile);
  const sources = table<SourceDetail>(SOURCES_CAPACITY);
  sources.folded = state.sources.folded;
  sources.errorBound = state.sources.errorBound;
  for (const [address, source] of state.sources.entries) sources.entries.set(address, detailOf(source));
  const [meaning, ...more] = state.meanings;
  return {
    whole,
    slices,
    sliceMs: state.widthMs,
    sources,
    failures: state.failures,
    xmlrpc: state.xmlrpc,
    timing: state.timing,
    bytes: meaning !== undefined && more.length === 0 ? meaning : 'unknown',
    proxies: state.proxies,
    hiddenBehind: state.hiding,
    undated: state.undated,
  };
}

/** Joins the details of sources that were gathered apart (other threads, other files). */
export function mergeSources(into: Table<SourceDetail>, other: Table<SourceDetail>): void {
  mergeTable(into, other, {
    copy(of) {
      const copy = sourceDetail();
      addSourceDetail(copy, of);
      return copy;
    },
    add: addSourceDetail,
    weight: weightOf,
  });
}

/** The host of the page that led here; empty for none. */
function refererHost(referer: string): string {
  const start = referer.indexOf('://');
  if (start < 0) return '';
  const rest = referer.slice(start + 3, start + 200);
  const end = rest.search(/[/?#:]/);
  return (end < 0 ? rest : rest.slice(0, end)).toLowerCase();
}

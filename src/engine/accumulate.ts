// Turns access-log entries into traffic: profiles by slices of time, the details of sources, what failed. One pass, bounded.
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { networkOf } from '../model/address.ts';
import { addHash, distinct, hash32 } from '../model/distinct.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import { looksStatic, pathOf } from '../model/http.ts';
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
  weightOf,
} from '../model/traffic.ts';
import type { ClientResolver } from './client.ts';
import { type Cost, costOf, logOrder } from './cost.ts';
import { endpointOf } from './endpoint.ts';
import { isProbe } from './probe-request.ts';
import {
  AGENTS_KEPT,
  addSourceDetail,
  ENDPOINTS_KEPT,
  keepAdminRequest,
  keepExample,
  keepLogin,
  keepXmlrpc,
  sourceDetail,
} from './source-detail.ts';

/** At most this many slices; then two become one, twice as wide. */
const SLICES_MAX = 256;
const SLICE_CAPACITY = 96;
const WHOLE_CAPACITY = 2048;
const SOURCES_CAPACITY = 4096;
const REPLIES_CAPACITY = 256;
const EXAMPLES_KEPT = 3;

/** Several logs of one host go into one accumulator, each through a reader of its own. */
export interface TrafficAccumulator {
  /** Opens one log; entries must come in the order of its lines. */
  log(file: string, format: AccessFormat, clients: ClientResolver): LogAccumulator;
  /** `undefined` when no entry came. */
  finish(): Traffic | undefined;
}

export interface LogAccumulator {
  add(entry: AccessEntry, line: number, text: string): void;
  /** The log is at its end: what its resolver learned is noted. */
  end(): void;
}

interface State {
  widthMs: number;
  slices: Map<number, TrafficProfile>;
  last: { index: number; profile: TrafficProfile } | undefined;
  readonly sources: Table<SourceDetail>;
  readonly failures: Table<ReplyTally>;
  readonly xmlrpc: Table<ReplyTally>;
  readonly timing: { logged: number; fromOrder: number; estimated: number };
  readonly meanings: Set<AccessFormat['bytes']>;
  readonly proxies: Traffic['proxies'][number][];
  readonly hiding: Traffic['proxies'][number][];
  entries: number;
  undated: number;
}

export function trafficAccumulator(): TrafficAccumulator {
  const state: State = {
    widthMs: 1000,
    slices: new Map(),
    last: undefined,
    sources: table(SOURCES_CAPACITY),
    failures: table(REPLIES_CAPACITY),
    xmlrpc: table(REPLIES_CAPACITY),
    timing: { logged: 0, fromOrder: 0, estimated: 0 },
    meanings: new Set(),
    proxies: [],
    hiding: [],
    entries: 0,
    undated: 0,
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
      const lag = format.stamp === 'begin' ? order.lagMs(entry.at) : 0;
      const arrived = format.stamp === 'end' ? entry.at - (entry.durationMs ?? 0) : entry.at;
      addEntry(state, entry, {
        client: clients.clientOf(entry),
        at: arrived,
        written: format.stamp === 'begin' ? order.newest : entry.at,
        lagMs: lag,
        quote: () => evidence(file, line, text),
      });
    },
    end() {
      state.meanings.add(format.bytes);
      state.proxies.push(...clients.believed());
      state.hiding.push(...clients.hiding());
    },
  };
}

interface Arrival {
  readonly client: string;
  readonly at: EpochMs;
  /** About when the line was written. */
  readonly written: EpochMs;
  readonly lagMs: number;
  readonly quote: () => Evidence;
}

function addEntry(state: State, entry: AccessEntry, arrival: Arrival): void {
  const path = pathOf(entry.target);
  const dynamic = entry.method !== '' && !looksStatic(path);
  const cost = costOf(entry, dynamic, arrival.lagMs);
  if (dynamic) state.timing[cost.source]++;
  const endpoint = endpointOf(entry.method, entry.target);
  addToProfile(sliceAt(state, arrival.at), entry, arrival, { dynamic, cost, endpoint });
  sliceAt(state, arrival.written).completed++;
  addToSource(state, entry, arrival, { path, dynamic, cost, endpoint });
  if (entry.status >= 500) addReply(state.failures, `${entry.status} ${entry.bytes ?? '-'}`, entry, arrival);
  if (isXmlrpc(entry.method, path)) addReply(state.xmlrpc, xmlrpcKey(entry), entry, arrival);
}

function addToProfile(
  profile: TrafficProfile,
  entry: AccessEntry,
  arrival: Arrival,
  kind: { dynamic: boolean; cost: Cost; endpoint: string },
): void {
  const client = hash32(arrival.client);
  const add = (into: Tally): void => addRequest(into, entry, arrival.at, kind.dynamic, kind.cost.workerMs);
  const addGroup = (into: GroupTally): void => {
    add(into);
    addHash(into.members, client);
  };
  addGroup(profile.total);
  add(entryOf(profile.addresses, arrival.client, tally, weightOf));
  const network = networkOf(arrival.client);
  if (network !== undefined) addGroup(entryOf(profile.networks, network, groupTally, weightOf));
  addGroup(entryOf(profile.endpoints, kind.endpoint, groupTally, weightOf));
  if (entry.agent !== undefined) addGroup(entryOf(profile.agents, short(entry.agent), groupTally, weightOf));
  const referer = refererHost(entry.referer);
  if (referer !== undefined) addGroup(entryOf(profile.referers, referer, groupTally, weightOf));
  if (entry.durationMs !== undefined) {
    const bucket = Math.min(
      profile.durations.length - 1,
      Math.max(0, Math.ceil(Math.log2(Math.max(1, entry.durationMs)))),
    );
    profile.durations[bucket] = (profile.durations[bucket] ?? 0) + 1;
  }
}

function addRequest(into: Tally, entry: AccessEntry, at: EpochMs, dynamic: boolean, workerMs: number): void {
  into.requests++;
  if (dynamic) into.dynamic++;
  into.workerMs += workerMs;
  into.bytes += entry.bytes ?? 0;
  const status = entry.status;
  if (status >= 500) into.failed++;
  else if (status >= 400) into.refused++;
  else if (status >= 300) into.redirected++;
  else if (status >= 200) into.ok++;
  if (status === 404) into.notFound++;
  else if (status === 408) into.clientTimeouts++;
  else if (status === 499) into.gaveUp++;
  if (at < into.first) into.first = at;
  if (at > into.last) into.last = at;
}

function addToSource(
  state: State,
  entry: AccessEntry,
  arrival: Arrival,
  kind: { path: string; dynamic: boolean; cost: Cost; endpoint: string },
): void {
  const detail = entryOf(state.sources, arrival.client, sourceDetail, weightOf);
  addRequest(detail, entry, arrival.at, kind.dynamic, kind.cost.workerMs);
  count(detail.endpoints, kind.endpoint, ENDPOINTS_KEPT);
  count(detail.agents, short(entry.agent ?? ''), AGENTS_KEPT);
  addHash(detail.paths, hash32(kind.path));
  addHash(detail.targets, hash32(entry.target));
  if (!kind.dynamic) detail.assets++;
  if (entry.method === 'POST') detail.posts++;
  if (isReferred(entry)) detail.referred++;
  // A request that failed shows how long the server was overloaded, not how long its work takes.
  if (arrival.lagMs > 0 && entry.status < 400) {
    const seconds = Math.round(arrival.lagMs / 1000);
    detail.lags.set(seconds, (detail.lags.get(seconds) ?? 0) + 1);
  }
  if (entry.requestBytes !== undefined) {
    detail.requestBytes += entry.requestBytes;
    detail.requestsSized++;
  }
  keepExample(detail, arrival.quote);
  if (isXmlrpc(entry.method, kind.path)) keepXmlrpc(detail, xmlrpcKey(entry), arrival.quote);
  else if (isLogin(entry, kind.path)) {
    if (entry.status >= 300 && entry.status < 400) {
      detail.loginPassed++;
      keepLogin(detail, arrival.quote);
    } else detail.loginFailed++;
  } else if (isProbe(kind.path, entry.target, entry.status)) {
    detail.probes++;
    addHash(detail.probed, hash32(entry.target));
  }
  if (detail.loginPassed > 0 && entry.status === 200 && isAdministration(kind.path))
    keepAdminRequest(detail, arrival.quote);
}

function isXmlrpc(method: string, path: string): boolean {
  return method === 'POST' && path.endsWith('/xmlrpc.php');
}

/** The size is said together with what it depends on. */
function xmlrpcKey(entry: AccessEntry): string {
  return `${entry.protocol} ${entry.status} ${entry.bytes ?? 0}`;
}

/** A password is sent: WordPress and Drupal. Other actions of wp-login.php (lost password, post password) are none. */
function isLogin(entry: AccessEntry, path: string): boolean {
  if (entry.method !== 'POST') return false;
  if (path.endsWith('/wp-login.php')) return !/[?&]action=(?!login\b)/.test(entry.target);
  return path.endsWith('/user/login');
}

function isAdministration(path: string): boolean {
  return path.includes('/wp-admin/') && !/\/(?:admin-ajax|admin-post|load-styles|load-scripts)\.php$/.test(path);
}

function addReply(into: Table<ReplyTally>, key: string, entry: AccessEntry, arrival: Arrival): void {
  const reply = entryOf(into, key, replyTally, (known) => known.count);
  reply.count++;
  if (arrival.at < reply.first) reply.first = arrival.at;
  if (arrival.at > reply.last) reply.last = arrival.at;
  addHash(reply.sources, hash32(arrival.client));
  addHash(reply.targets, hash32(entry.target));
  if (reply.examples.length < EXAMPLES_KEPT) reply.examples.push(arrival.quote());
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
  const [meaning, ...more] = state.meanings;
  return {
    whole,
    slices,
    sliceMs: state.widthMs,
    sources: state.sources,
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

function short(text: string): string {
  return text.length > 200 ? text.slice(0, 200) : text;
}

function isReferred(entry: AccessEntry): boolean {
  return (
    refererHost(entry.referer) !== undefined || /[?&](?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid)=/.test(entry.target)
  );
}

/** The host of the page that led here; `undefined` for none. */
function refererHost(referer: string | undefined): string | undefined {
  if (referer === undefined || referer === '-' || referer === '') return undefined;
  const start = referer.indexOf('://');
  if (start < 0) return undefined;
  const rest = referer.slice(start + 3, start + 200);
  const end = rest.search(/[/?#:]/);
  return (end < 0 ? rest : rest.slice(0, end)).toLowerCase();
}

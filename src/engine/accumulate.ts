// Turns access-log entries into traffic: profiles by slices of time, the details of sources, what failed. One pass, bounded. It is the
// reference that the log kernel is held to.
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { addHash, distinct } from '../model/distinct.ts';
import { entryOf, type Table, table } from '../model/table.ts';
import {
  type GroupTally,
  groupTally,
  type ReplyTally,
  type SourceDetail,
  type Traffic,
  type TrafficProfile,
  trafficProfile,
  weightOf,
} from '../model/traffic.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import type { ClientResolver } from './client.ts';
import { costOf, logOrder } from './cost.ts';
import { addToGroup, addToSlice, addToWhole, type Hit, keyOf } from './count-hit.ts';
import { addToSource, detailOf, quote, type Sources, xmlrpcKey } from './count-source.ts';
import { type RequestFilter, requestFilter } from './filter.ts';
import { type Recent, recent } from './recent.ts';
import { type Slices, sliceStore } from './slices.ts';
import { EXAMPLES_KEPT } from './source-detail.ts';
import { endpointFor, type TargetFacts, targetFacts } from './target-facts.ts';
import { agentGroup, type Group, group, refererGroup, type Visitor, visitorOf } from './visitor.ts';

const WHOLE_CAPACITY = 1024;
const SOURCES_CAPACITY = 1024;
const REPLIES_CAPACITY = 256;
/** Of what is asked for by `--by`: pairs are many. */
const GROUPS_CAPACITY = 4096;
/** Texts that are remembered: twice so many of each kind. */
const RECENT = 1024;

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
  readonly sources: Sources;
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
  addToSource(state.sources, hit);
  if (state.by) {
    const key = state.by.map((dimension) => keyOf(hit, dimension)).join('\n');
    addToGroup(entryOf(state.groups, key, groupTally, weightOf), hit);
  }
  if (entry.status >= 500) addReply(state.failures, `${entry.status} ${entry.bytes ?? '-'}`, hit);
  if (hit.target.isXmlrpc && entry.method === 'POST') addReply(state.xmlrpc, xmlrpcKey(entry), hit);
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

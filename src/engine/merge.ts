// Joins the traffic of logs, and of parts of a log, that were counted apart.

import { distinct, mergeDistinct } from '../model/distinct.ts';
import { type MergeRules, mergeTable, type Table, table } from '../model/table.ts';
import {
  type GroupTally,
  mergeGroups,
  mergeProfile,
  type ReplyTally,
  type SourceDetail,
  type Traffic,
  trafficProfile,
  weightOf,
} from '../model/traffic.ts';
import { joinSlices } from './slices.ts';
import { addSourceDetail, EXAMPLES_KEPT, joined, sourceDetail } from './source-detail.ts';

/**
 * The traffic of all parts together; they must come in the order of the log, since the first examples are kept. What bounded tables
 * folded in one part stays folded. The parts must not be used any more.
 */
export function mergeTraffic(parts: readonly Traffic[]): Traffic | undefined {
  const [first, ...rest] = parts;
  if (!first || rest.length === 0) return first;
  const whole = trafficProfile(first.whole.networks.capacity);
  const sources = table<SourceDetail>(first.sources.capacity);
  const failures = table<ReplyTally>(first.failures.capacity);
  const xmlrpc = table<ReplyTally>(first.xmlrpc.capacity);
  const groups = first.groups && table<GroupTally>(first.groups.capacity);
  const timing = { logged: 0, fromOrder: 0, estimated: 0 };
  for (const part of parts) {
    mergeProfile(whole, part.whole);
    mergeSources(sources, part.sources);
    mergeTable(failures, part.failures, REPLIES);
    mergeTable(xmlrpc, part.xmlrpc, REPLIES);
    if (groups && part.groups) mergeGroups(groups, part.groups);
    timing.logged += part.timing.logged;
    timing.fromOrder += part.timing.fromOrder;
    timing.estimated += part.timing.estimated;
  }
  const meanings = new Set(parts.map((part) => part.bytes));
  const { slices, sliceMs } = joinSlices(parts);
  return {
    whole,
    slices,
    sliceMs,
    sources,
    ...(groups && { groups }),
    failures,
    xmlrpc,
    timing,
    bytes: meanings.size === 1 ? first.bytes : 'unknown',
    proxies: joinProxies(parts.flatMap((part) => part.proxies)),
    hiddenBehind: joinProxies(parts.flatMap((part) => part.hiddenBehind)),
    undated: parts.reduce((sum, part) => sum + part.undated, 0),
    filtered: parts.reduce((sum, part) => sum + part.filtered, 0),
  };
}

/** Joins the details of sources that were gathered apart (other threads, other files). */
export function mergeSources(into: Table<SourceDetail>, other: Table<SourceDetail>): void {
  mergeTable(into, other, SOURCES);
}

const SOURCES: MergeRules<SourceDetail> = {
  copy(of) {
    const copy = sourceDetail();
    addSourceDetail(copy, of);
    return copy;
  },
  add: addSourceDetail,
  weight: weightOf,
};

const REPLIES: MergeRules<ReplyTally> = {
  copy(of) {
    const copy = { ...of, sources: distinct(), targets: distinct(), examples: [...of.examples] };
    mergeDistinct(copy.sources, of.sources);
    mergeDistinct(copy.targets, of.targets);
    return copy;
  },
  add(into, other) {
    into.count += other.count;
    into.first = Math.min(into.first, other.first);
    into.last = Math.max(into.last, other.last);
    mergeDistinct(into.sources, other.sources);
    mergeDistinct(into.targets, other.targets);
    into.examples = joined(into.examples, other.examples, EXAMPLES_KEPT);
  },
  weight: (reply) => reply.count,
};

function joinProxies(all: readonly Traffic['proxies'][number][]): Traffic['proxies'] {
  const known = new Map<string, Traffic['proxies'][number]>();
  for (const proxy of all) {
    const requests = proxy.requests + (known.get(proxy.address)?.requests ?? 0);
    known.set(proxy.address, { ...proxy, requests });
  }
  return [...known.values()].sort((a, b) => b.requests - a.requests);
}

// Joins the traffic of logs, and of parts of a log, that were counted apart.

import { mergeDistinct } from '../model/distinct.ts';
import { type MergeRules, mergeTable } from '../model/table.ts';
import {
  absorbGroups,
  absorbProfile,
  type ReplyTally,
  type SourceDetail,
  type Traffic,
  weightOf,
} from '../model/traffic.ts';
import { joinSlices } from './slices.ts';
import { addSourceDetail, EXAMPLES_KEPT, joined } from './source-detail.ts';

/**
 * The traffic of all parts together; they must come in the order of the log, since the first examples are kept. What bounded tables
 * folded in one part stays folded. Takes over what the parts hold: they must not be used any more.
 */
export function mergeTraffic(parts: readonly Traffic[]): Traffic | undefined {
  const [first, ...rest] = parts;
  if (!first || rest.length === 0) return first;
  const { whole, sources, failures, xmlrpc, groups } = first;
  const timing = { ...first.timing };
  for (const part of rest) {
    absorbProfile(whole, part.whole);
    mergeTable(sources, part.sources, SOURCES);
    mergeTable(failures, part.failures, REPLIES);
    mergeTable(xmlrpc, part.xmlrpc, REPLIES);
    if (groups && part.groups) absorbGroups(groups, part.groups);
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

const SOURCES: MergeRules<SourceDetail> = { copy: itself, add: addSourceDetail, weight: weightOf };

function itself<T>(entry: T): T {
  return entry;
}

const REPLIES: MergeRules<ReplyTally> = {
  copy: itself,
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

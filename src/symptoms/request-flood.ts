// A source asks far beyond what this host's visitors do, enough to matter: an address, a network whose addresses rotate, or many.

import { networkOf } from '../model/address.ts';
import { countDistinct } from '../model/distinct.ts';
import type { Dossier } from '../model/dossier.ts';
import { pathOf } from '../model/http.ts';
import type { Holder } from '../model/in-flight.ts';
import { type FloodMeasure, SOURCES_NAMED, type Symptom } from '../model/symptom.ts';
import { spanUnion, type TimeSpan } from '../model/time.ts';
import { type Behaviour, behaviourOf } from './view/behaviour.ts';
import type { Detector } from './view/detector.ts';
import { heavyHolders, inFlightOf } from './view/in-flight.ts';
import { median } from './view/series.ts';
import { type SourceView, type TrafficView, topOf, trafficView } from './view/traffic-view.ts';

const REQUESTS_MIN = 60;
/** Share of all worker time while it was active. */
const COST_SHARE = 0.3;
/** Workers held on average; below, it does not matter to the host. */
const HELD_MIN = 0.3;
/** A static flood costs no workers; it is told by its rate and its share. */
const RATE_MIN = 20;
/** Beyond the median visitor's requests by this factor. */
const TIMES_VISITOR = 8;
/** Addresses outside of a network that make its share tell something. */
const OTHERS_MIN = 5;
/** From how many sources on, none of which matters alone, a flood is distributed. */
const DISTRIBUTED_MIN = 15;
/** Of the costliest paths, so many may be what a distributed flood asks for. */
const PATHS_TRIED = 3;
/** More human than this, it is taken for people (`Behaviour.human`). */
const HUMAN_MAX = 0.5;
/** Above this share of pictures and files, no page was asked for that they could belong to. */
const FILES_ONLY = 0.98;

type Flood = Symptom<'request-flood'>;

export const requestFlood: Detector<'request-flood'> = {
  id: 'request-flood',
  detect(dossier) {
    const logged = fromLog(dossier);
    return [...logged, ...fromInFlight(dossier, logged)];
  },
};

function fromLog(dossier: Dossier): Flood[] {
  const view = trafficView(dossier);
  if (!view) return [];
  const visitor = median(view.addresses.map((source) => source.requests)) ?? 1;
  const addresses = view.addresses.filter((source) => isFlood(source, visitor) && !sharedByPeople(source.behaviour));
  const single = addresses.filter((source) => source.provenCrawler === undefined);
  if (single.length > 0 && single.length < DISTRIBUTED_MIN) return [floodOf('address', single)];
  const networks = view.networks.filter(
    (network) => isFlood(network, visitor) && rotates(network) && hasOthers(view, network),
  );
  if (networks.length > 0 && networks.length < DISTRIBUTED_MIN) return [floodOf('network', networks)];
  return distributed(view);
}

/** The log has a request when it ends: whoever holds most workers now is told by what is in flight, unless the log has him too. */
function fromInFlight(dossier: Dossier, logged: readonly Flood[]): Flood[] {
  const view = inFlightOf(dossier);
  const holders = view ? heavyHolders(dossier, view) : [];
  const known = new Set(logged.flatMap(({ measure }) => measure.sources));
  const span = spanUnion(holders.map((holder) => holder.span));
  const [first] = holders;
  if (!first || !span || holders.every(({ id }) => known.has(id) || known.has(networkOf(id) ?? ''))) return [];
  const sum = (of: (holder: Holder) => number): number => holders.reduce((total, holder) => total + of(holder), 0);
  return [
    {
      id: 'request-flood',
      span,
      certainty: 'observed',
      measure: {
        kind: first.kind,
        sources: holders.slice(0, SOURCES_NAMED).map(({ id }) => id),
        sourceCount: holders.length,
        requests: sum(({ requests }) => requests),
        ratePerS: sum(({ perS }) => perS),
        costShare: Math.min(
          1,
          sum(({ share }) => share),
        ),
        workerS: sum(({ workerS }) => workerS),
        endpoint: first.endpoint ?? '',
        endpointShare: first.endpointShare ?? 0,
        inFlight: sum(({ atOnce }) => atOnce),
      },
      evidence: first.evidence,
    },
  ];
}

function isFlood(source: SourceView, visitor: number): boolean {
  if (source.requests < Math.max(REQUESTS_MIN, visitor * TIMES_VISITOR)) return false;
  const costly = source.costShare >= COST_SHARE && source.held >= HELD_MIN;
  const fast = source.ratePerS >= RATE_MIN && source.requestShare >= 0.5;
  return costly || fast;
}

/** Many people behind one address (a company, a mobile carrier): many user agents, and pages with what belongs to them. */
function sharedByPeople(behaviour: Behaviour): boolean {
  const loadsPages = behaviour.assetShare >= 0.3 && behaviour.assetShare < FILES_ONLY;
  return behaviour.human >= 0.6 && (behaviour.agents >= 4 || loadsPages);
}

/**
 * The addresses of a network share the work evenly and act alike, none of them like a person. The heaviest is left out of
 * that: a monitor in a network of visitors asks more than all of them.
 */
function rotates(network: SourceView): boolean {
  const byRequests = network.details.toSorted((a, b) => b.requests - a.requests);
  const most = byRequests[0]?.requests ?? 0;
  const all = byRequests.reduce((sum, detail) => sum + detail.requests, 0);
  return (
    network.members >= 3 &&
    most < all * 0.6 &&
    network.endpointShare >= 0.4 &&
    network.behaviour.human < HUMAN_MAX &&
    behaviourOf(byRequests.slice(1)).human < HUMAN_MAX
  );
}

/** A network is beyond what visitors do only where there are others to compare it with. */
function hasOthers(view: TrafficView, network: SourceView): boolean {
  return countDistinct(view.traffic.whole.total.members) - network.members >= OTHERS_MIN;
}

function floodOf(kind: 'address' | 'network', sources: readonly SourceView[]): Flood {
  const ordered = sources.toSorted((a, b) => b.workerS - a.workerS || b.requests - a.requests);
  const endpoint = topOf(ordered.flatMap((source) => source.details.map((detail) => detail.endpoints)));
  const requests = ordered.reduce((sum, source) => sum + source.requests, 0);
  const measure: FloodMeasure = {
    kind,
    sources: ordered.slice(0, SOURCES_NAMED).map((source) => source.id),
    sourceCount: ordered.length,
    requests,
    ratePerS: ordered.reduce((sum, source) => sum + source.ratePerS, 0),
    costShare: Math.min(
      1,
      ordered.reduce((sum, source) => sum + source.costShare, 0),
    ),
    workerS: ordered.reduce((sum, source) => sum + source.workerS, 0),
    endpoint: endpoint.key,
    endpointShare: Math.min(1, endpoint.times / Math.max(1, requests)),
  };
  return {
    id: 'request-flood',
    span: spanUnion(ordered.map((source) => source.core)) ?? { from: 0, to: 0 },
    certainty: 'observed',
    measure,
    evidence: ordered.slice(0, 3).flatMap((source) => source.details[0]?.examples.slice(0, 2) ?? []),
  };
}

/**
 * Many sources, none of which matters alone: those that ask for the same costly path, act like programs, and together
 * take a large share of the cost.
 */
function distributed(view: TrafficView): Flood[] {
  return costliestPaths(view)
    .flatMap((path) => distributedAt(view, path))
    .slice(0, 1);
}

function distributedAt(view: TrafficView, path: string): Flood[] {
  const group = view.addresses.filter((source) => shareAt(source, path) >= 0.5 && source.behaviour.assetShare < 0.1);
  const networks = new Set(group.map((source) => networkOf(source.id) ?? source.id));
  const span = denseSpan(group);
  if (!span || group.length < DISTRIBUTED_MIN) return [];
  const details = group.flatMap((source) => source.details);
  const behaviour = behaviourOf(details);
  const workerS = details.reduce((sum, detail) => sum + detail.workerMs / 1000, 0);
  const requests = details.reduce((sum, detail) => sum + detail.requests, 0);
  const costShare = Math.min(1, workerS / Math.max(0.001, view.costWithin(span)));
  const seconds = Math.max(1, (span.to - span.from) / 1000);
  const matters = costShare >= COST_SHARE && workerS / seconds >= HELD_MIN && requests >= REQUESTS_MIN * 2;
  if (behaviour.human >= HUMAN_MAX || !matters) return [];
  const ordered = group.toSorted((a, b) => b.workerS - a.workerS);
  return [
    {
      id: 'request-flood',
      span,
      certainty: 'observed',
      measure: {
        kind: 'distributed',
        sources: ordered.slice(0, SOURCES_NAMED).map((source) => source.id),
        sourceCount: Math.max(group.length, networks.size),
        requests,
        ratePerS: requests / seconds,
        costShare,
        workerS,
        endpoint: topOf(details.map((detail) => detail.endpoints)).key,
        endpointShare:
          group.reduce((sum, source) => sum + shareAt(source, path) * source.requests, 0) /
          Math.max(
            1,
            group.reduce((sum, source) => sum + source.requests, 0),
          ),
      },
      evidence: ordered.slice(0, 4).flatMap((source) => source.details[0]?.examples.slice(0, 1) ?? []),
    },
  ];
}

/** The share of the source's requests that went to a path, whatever the method and the query. */
function shareAt(source: SourceView, path: string): number {
  const all = source.details.reduce((sum, detail) => sum + detail.requests, 0);
  let there = 0;
  for (const detail of source.details)
    for (const [endpoint, times] of detail.endpoints.counts) if (pathOfEndpoint(endpoint) === path) there += times;
  return there / Math.max(1, all);
}

/** By worker time, all methods and queries of a path together. */
function costliestPaths(view: TrafficView): string[] {
  const costs = new Map<string, number>();
  for (const [endpoint, tally] of view.traffic.whole.endpoints.entries) {
    const path = pathOfEndpoint(endpoint);
    costs.set(path, (costs.get(path) ?? 0) + tally.workerMs);
  }
  return [...costs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, PATHS_TRIED)
    .map(([path]) => path);
}

function pathOfEndpoint(endpoint: string): string {
  return pathOf(endpoint.slice(endpoint.indexOf(' ') + 1));
}

/** From the first to the last request of the middle nine tenths of the sources: single stragglers don't stretch it. */
function denseSpan(group: readonly SourceView[]): TimeSpan | undefined {
  const firsts = group.map((source) => source.core.from).sort((a, b) => a - b);
  const lasts = group.map((source) => source.core.to).sort((a, b) => a - b);
  const from = firsts[Math.floor(firsts.length * 0.05)];
  const to = lasts[Math.floor(lasts.length * 0.95)];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : undefined;
}

// The traffic as detectors look at it: who costs what, when, and how they behave. Computed once for a dossier.
import { networkOf } from '../../model/address.ts';
import { countDistinct } from '../../model/distinct.ts';
import type { Dossier } from '../../model/dossier.ts';
import { provenCrawler } from '../../model/known-networks.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { Counter, SourceDetail, Tally, Traffic, TrafficSlice } from '../../model/traffic.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { countXmlrpc, readXmlrpc, type XmlrpcCounts, type XmlrpcReading } from './xmlrpc-replies.ts';

/**
 * What a pingback holds its worker for when the third party doesn't answer: WordPress sleeps 1 s, then fetches with a
 * time-out of 10 s (wp-includes/class-wp-xmlrpc-server.php); 11.3 s measured.
 */
export const PINGBACK_HELD_S = 11.3;

/** One address, or one network whose addresses act alike. */
export interface SourceView {
  readonly id: string;
  readonly kind: 'address' | 'network';
  /** Addresses seen. */
  readonly members: number;
  readonly details: readonly SourceDetail[];
  readonly behaviour: Behaviour;
  readonly xmlrpc: XmlrpcCounts;
  /** When it was really active: a first visit hours before does not count. */
  readonly core: TimeSpan;
  /** Requests, and worker-seconds, within the core. */
  readonly requests: number;
  readonly workerS: number;
  /** Requests per second, and workers held on average, within the core. */
  readonly ratePerS: number;
  readonly held: number;
  /** Shares of all cost and all requests within the core. */
  readonly costShare: number;
  readonly requestShare: number;
  /** The endpoint most asked for, its share of these requests. */
  readonly endpoint: string;
  readonly endpointShare: number;
  readonly agent: string;
  /** The owner of a crawler that the address proves. */
  readonly provenCrawler: string | undefined;
}

export interface TrafficView {
  readonly traffic: Traffic;
  readonly reading: XmlrpcReading;
  /** Heaviest by worker time first; at most 400 addresses and 100 networks. */
  readonly addresses: readonly SourceView[];
  readonly networks: readonly SourceView[];
  /** Worker-seconds of all requests in a span, pingbacks corrected for what they hold. */
  costWithin(span: TimeSpan): number;
  requestsWithin(span: TimeSpan): number;
  /** How long one request of the source holds its worker, by the order of the log; `undefined` when it doesn't show. */
  heldByOrder(details: readonly SourceDetail[]): number | undefined;
}

const ADDRESSES_MAX = 400;
const NETWORKS_MAX = 100;
/** Lines out of order that are needed to believe how late they are. */
const LAGS_MIN = 4;

const views = new WeakMap<Dossier, TrafficView>();

/** `undefined` when there is no access log. */
export function trafficView(dossier: Dossier): TrafficView | undefined {
  if (!dossier.traffic) return undefined;
  const known = views.get(dossier);
  if (known) return known;
  const view = makeView(dossier.traffic);
  views.set(dossier, view);
  return view;
}

function makeView(traffic: Traffic): TrafficView {
  const reading = readXmlrpc(traffic);
  const corrections = new Map<string, number>();
  const weighted: { id: string; detail: SourceDetail; xmlrpc: XmlrpcCounts; workerMs: number }[] = [];
  for (const [id, detail] of traffic.sources.entries) {
    const xmlrpc = countXmlrpc(detail.xmlrpc, reading);
    const workerMs = correctedCost(detail, xmlrpc, traffic);
    if (detail.workerMs > 0 && workerMs > detail.workerMs) corrections.set(id, workerMs / detail.workerMs);
    weighted.push({ id, detail, xmlrpc, workerMs });
  }
  const costs = sliceCosts(traffic.slices, corrections);
  const within = (span: TimeSpan, values: readonly number[]): number => {
    let sum = 0;
    traffic.slices.forEach((slice, i) => {
      if (slice.from <= span.to && slice.from + slice.widthMs > span.from) sum += values[i] ?? 0;
    });
    return sum;
  };
  const requestCounts = traffic.slices.map((slice) => slice.profile.total.requests);
  const base = {
    traffic,
    reading,
    costWithin: (span: TimeSpan): number => within(span, costs) / 1000,
    requestsWithin: (span: TimeSpan): number => within(span, requestCounts),
    heldByOrder,
  };

  weighted.sort((a, b) => b.workerMs - a.workerMs || b.detail.requests - a.detail.requests);
  const addresses = weighted.slice(0, ADDRESSES_MAX).map(({ id, detail, xmlrpc }) =>
    sourceView(base, {
      id,
      kind: 'address',
      members: 1,
      details: [detail],
      xmlrpc,
      factor: corrections.get(id) ?? 1,
      tallies: talliesOf(traffic, 'addresses', id),
    }),
  );
  return { ...base, addresses, networks: networkViews(base, weighted, corrections) };
}

type Base = Pick<TrafficView, 'traffic' | 'costWithin' | 'requestsWithin'>;

function networkViews(
  base: Base,
  weighted: readonly { id: string; detail: SourceDetail; xmlrpc: XmlrpcCounts; workerMs: number }[],
  corrections: ReadonlyMap<string, number>,
): SourceView[] {
  const { traffic } = base;
  const byNetwork = new Map<string, (typeof weighted)[number][]>();
  for (const one of weighted) {
    const network = networkOf(one.id);
    if (network === undefined) continue;
    const list = byNetwork.get(network) ?? [];
    list.push(one);
    byNetwork.set(network, list);
  }
  const heavy = [...traffic.whole.networks.entries]
    .filter(([, group]) => countDistinct(group.members) >= 2)
    .sort(([, a], [, b]) => b.workerMs - a.workerMs)
    .slice(0, NETWORKS_MAX);
  return heavy.map(([id, group]) => {
    const members = byNetwork.get(id) ?? [];
    const raw = members.reduce((sum, { detail }) => sum + detail.workerMs, 0);
    const corrected = members.reduce((sum, one) => sum + one.detail.workerMs * (corrections.get(one.id) ?? 1), 0);
    return sourceView(base, {
      id,
      kind: 'network',
      members: countDistinct(group.members),
      details: members.map(({ detail }) => detail),
      xmlrpc: sumXmlrpc(members.map(({ xmlrpc }) => xmlrpc)),
      factor: raw > 0 ? corrected / raw : 1,
      tallies: talliesOf(traffic, 'networks', id),
    });
  });
}

function sourceView(
  base: Base,
  of: {
    id: string;
    kind: 'address' | 'network';
    members: number;
    details: readonly SourceDetail[];
    xmlrpc: XmlrpcCounts;
    factor: number;
    tallies: readonly { slice: TrafficSlice; tally: Tally }[];
  },
): SourceView {
  const core = coreOf(of.tallies, of.details);
  const inCore = of.tallies.filter(({ slice }) => slice.from <= core.to && slice.from + slice.widthMs > core.from);
  const fromSlices = inCore.reduce((sum, { tally }) => sum + tally.requests, 0);
  const workerFromSlices = inCore.reduce((sum, { tally }) => sum + tally.workerMs, 0);
  const all = of.details.reduce((sum, detail) => sum + detail.requests, 0);
  const requests = fromSlices > 0 ? fromSlices : all;
  const workerMs =
    (workerFromSlices > 0 ? workerFromSlices : of.details.reduce((sum, detail) => sum + detail.workerMs, 0)) *
    of.factor;
  const seconds = Math.max(1, (core.to - core.from) / 1000);
  const endpoint = topOf(of.details.map((detail) => detail.endpoints));
  return {
    id: of.id,
    kind: of.kind,
    members: of.members,
    details: of.details,
    behaviour: behaviourOf(of.details),
    xmlrpc: of.xmlrpc,
    core,
    requests,
    workerS: workerMs / 1000,
    ratePerS: requests / seconds,
    held: workerMs / 1000 / seconds,
    costShare: Math.min(1, workerMs / 1000 / Math.max(0.001, base.costWithin(core))),
    requestShare: Math.min(1, requests / Math.max(1, base.requestsWithin(core))),
    endpoint: endpoint.key,
    endpointShare: endpoint.times / Math.max(1, all),
    agent: topOf(of.details.map((detail) => detail.agents)).key,
    provenCrawler:
      of.kind === 'address' ? provenCrawler(of.id, topOf(of.details.map((detail) => detail.agents)).key) : undefined,
  };
}

function talliesOf(
  traffic: Traffic,
  of: 'addresses' | 'networks',
  id: string,
): { slice: TrafficSlice; tally: Tally }[] {
  const found: { slice: TrafficSlice; tally: Tally }[] = [];
  for (const slice of traffic.slices) {
    const tally = slice.profile[of].entries.get(id);
    if (tally) found.push({ slice, tally });
  }
  return found;
}

/** The stretch that holds all but the first and the last fiftieth of its requests. */
function coreOf(tallies: readonly { slice: TrafficSlice; tally: Tally }[], details: readonly SourceDetail[]): TimeSpan {
  const all = tallies.reduce((sum, { tally }) => sum + tally.requests, 0);
  let seen = 0;
  let first: number | undefined;
  let last: number | undefined;
  for (const { tally } of tallies) {
    seen += tally.requests;
    if (first === undefined && seen > all * 0.02) first = tally.first;
    if (seen - tally.requests < all * 0.98) last = tally.last;
  }
  const from = first ?? Math.min(...details.map((detail) => detail.first));
  const to = last ?? Math.max(...details.map((detail) => detail.last));
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

/** Worker time with what the log does not show: a pingback holds its worker for seconds, whatever its line says. */
function correctedCost(detail: SourceDetail, xmlrpc: XmlrpcCounts, traffic: Traffic): number {
  if (xmlrpc.pingbacks === 0 || traffic.timing.logged > traffic.timing.fromOrder + traffic.timing.estimated)
    return detail.workerMs;
  const heldS = heldByOrder([detail]) ?? PINGBACK_HELD_S;
  return Math.max(detail.workerMs, xmlrpc.pingbacks * heldS * 1000);
}

function heldByOrder(details: readonly SourceDetail[]): number | undefined {
  const lags = new Map<number, number>();
  let total = 0;
  for (const detail of details) {
    for (const [seconds, times] of detail.lags) {
      lags.set(seconds, (lags.get(seconds) ?? 0) + times);
      total += times;
    }
  }
  if (total < LAGS_MIN) return undefined;
  // A line that follows one of the same source shows no lag, so each lag is a lower bound: a high one is nearest the truth.
  let seen = 0;
  for (const [seconds, times] of [...lags].sort(([a], [b]) => a - b)) {
    seen += times;
    if (seen >= total * 0.6) return seconds;
  }
  return undefined;
}

function sliceCosts(slices: readonly TrafficSlice[], corrections: ReadonlyMap<string, number>): number[] {
  return slices.map(({ profile }) => {
    let cost = profile.total.workerMs;
    for (const [id, factor] of corrections) cost += (profile.addresses.entries.get(id)?.workerMs ?? 0) * (factor - 1);
    return cost;
  });
}

function sumXmlrpc(all: readonly XmlrpcCounts[]): XmlrpcCounts {
  const sum = (of: (counts: XmlrpcCounts) => number): number => all.reduce((total, counts) => total + of(counts), 0);
  return {
    guesses: sum((counts) => counts.guesses),
    guessRequests: sum((counts) => counts.guessRequests),
    pingbacks: sum((counts) => counts.pingbacks),
    answered: sum((counts) => counts.answered),
    empty: sum((counts) => counts.empty),
    refused: sum((counts) => counts.refused),
    failed: sum((counts) => counts.failed),
    faults: sum((counts) => counts.faults),
    ambiguous: sum((counts) => counts.ambiguous),
    requests: sum((counts) => counts.requests),
  };
}

/** The most frequent key of several counters together. */
export function topOf(counters: readonly Counter[]): { readonly key: string; readonly times: number } {
  const sums = new Map<string, number>();
  for (const { counts } of counters) for (const [key, times] of counts) sums.set(key, (sums.get(key) ?? 0) + times);
  let top = { key: '', times: 0 };
  for (const [key, times] of sums) if (times > top.times) top = { key, times };
  return top;
}

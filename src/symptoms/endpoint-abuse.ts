// One endpoint takes a share of the cost far from its normal, and few sources ask for it.

import { countDistinct } from '../model/distinct.ts';
import type { Symptom } from '../model/symptom.ts';
import { spanOf, spanUnion } from '../model/time.ts';
import { profileWithin } from '../model/traffic.ts';
import { behaviourOf } from './view/behaviour.ts';
import type { Detector } from './view/detector.ts';
import { type SourceView, type TrafficView, trafficView } from './view/traffic-view.ts';

const REQUESTS_MIN = 50;
const COST_SHARE = 0.4;
/** So many sources are few, or this share of all addresses, when they make `FEW_SHARE` of the requests. */
const SOURCES_FEW = 8;
const FEW_OF_ALL = 0.2;
const FEW_MAX = 60;
/** One that asks less often for it is a visitor of it, not one of the few. */
const EACH_MIN = 20;
/** More human than this (`Behaviour.human`), many together are people. */
const HUMAN_MAX = 0.5;
const FEW_SHARE = 0.6;
const TIMES_NORMAL = 3;

export const endpointAbuse: Detector<'endpoint-abuse'> = {
  id: 'endpoint-abuse',
  detect(dossier) {
    const view = trafficView(dossier);
    if (!view) return [];
    const candidates = new Set(view.addresses.slice(0, SOURCES_FEW).map((source) => source.endpoint));
    return [...candidates]
      .flatMap((endpoint) => abuseOf(view, endpoint))
      .sort((a, b) => b.measure.costShare - a.measure.costShare)
      .slice(0, 2);
  },
};

function abuseOf(view: TrafficView, endpoint: string): Symptom<'endpoint-abuse'>[] {
  const users = view.addresses
    .map((source) => ({ source, times: timesOf(source, endpoint) }))
    .filter(({ times }) => times > 0)
    .sort((a, b) => b.times - a.times);
  const top = users[0];
  const few = users.filter(({ times }) => times >= EACH_MIN).slice(0, fewOf(view));
  const span = spanUnion(few.map(({ source }) => source.core));
  if (!top || !span || top.times < REQUESTS_MIN / 2) return [];
  const requests = users.reduce((sum, { times }) => sum + times, 0);
  const byFew = few.reduce((sum, { times }) => sum + times, 0);
  const topShare = top.times / requests;
  if (requests < REQUESTS_MIN || byFew < requests * FEW_SHARE) return [];
  if (topShare < 0.3 && behaviourOf(few.flatMap(({ source }) => source.details)).human >= HUMAN_MAX) return [];
  // The cost of the few by what they did there, corrected for what their requests hold.
  const cost = few.reduce(
    (sum, { source, times }) => sum + source.workerS * Math.min(1, times / Math.max(1, source.requests)),
    0,
  );
  const costShare = Math.min(1, cost / Math.max(0.001, view.costWithin(span)));
  const active =
    spanOf(few.flatMap(({ source }) => source.details.flatMap((detail) => [detail.first, detail.last]))) ?? span;
  const normalShare = shareOutside(view, endpoint, active.from, active.to);
  if (
    costShare < COST_SHARE ||
    (normalShare !== undefined && costShare < normalShare * TIMES_NORMAL && normalShare > 0.2)
  )
    return [];
  if (!areBeyondVisitors(few.map(({ source }) => source))) return [];
  return [
    {
      id: 'endpoint-abuse',
      span,
      certainty: 'observed',
      measure: {
        endpoint,
        requests,
        costShare,
        sources: users.length,
        topSource: top.source.id,
        topShare,
        ...(normalShare !== undefined && { normalShare }),
      },
      evidence: top.source.details[0]?.examples.slice(0, 3) ?? [],
    },
  ];
}

function timesOf(source: SourceView, endpoint: string): number {
  return source.details.reduce((sum, detail) => sum + (detail.endpoints.counts.get(endpoint) ?? 0), 0);
}

function fewOf(view: TrafficView): number {
  const addresses = countDistinct(view.traffic.whole.total.members);
  return Math.max(SOURCES_FEW, Math.min(FEW_MAX, Math.floor(addresses * FEW_OF_ALL)));
}

/** A monitor or an application that asks steadily for one page holds a small part of one worker. */
function areBeyondVisitors(sources: readonly SourceView[]): boolean {
  const sum = (of: (source: SourceView) => number): number => sources.reduce((total, source) => total + of(source), 0);
  return sum((source) => source.held) >= 0.25 || sum((source) => source.ratePerS) >= 2;
}

/** The endpoint's share of the cost in the rest of the record; `undefined` when there is no rest. */
function shareOutside(view: TrafficView, endpoint: string, from: number, to: number): number | undefined {
  const before = profileWithin(view.traffic, Number.NEGATIVE_INFINITY, from - view.traffic.sliceMs);
  const after = profileWithin(view.traffic, to + view.traffic.sliceMs, Number.POSITIVE_INFINITY);
  const all = before.total.workerMs + after.total.workerMs;
  if (before.total.requests + after.total.requests < 20) return undefined;
  const own =
    (before.endpoints.entries.get(endpoint)?.workerMs ?? 0) + (after.endpoints.entries.get(endpoint)?.workerMs ?? 0);
  return own / Math.max(1, all);
}

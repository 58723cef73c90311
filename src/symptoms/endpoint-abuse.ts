// One endpoint takes a share of the cost far from its normal, and few sources ask for it.
import type { Symptom } from '../model/symptom.ts';
import { profileWithin } from '../model/traffic.ts';
import type { Detector } from './view/detector.ts';
import { type SourceView, type TrafficView, trafficView } from './view/traffic-view.ts';

const REQUESTS_MIN = 50;
const COST_SHARE = 0.4;
/** So many sources are few, when they make this share of the requests. */
const SOURCES_FEW = 8;
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
  if (!top || top.times < REQUESTS_MIN / 2) return [];
  const span = top.source.core;
  const requests = users.reduce((sum, { times }) => sum + times, 0);
  const few = users.slice(0, SOURCES_FEW).reduce((sum, { times }) => sum + times, 0);
  const topShare = top.times / requests;
  if (requests < REQUESTS_MIN || few < requests * FEW_SHARE || (topShare < 0.3 && users.length > SOURCES_FEW))
    return [];
  // The cost of the few by what they did there, corrected for what their requests hold.
  const cost = users
    .slice(0, SOURCES_FEW)
    .reduce((sum, { source, times }) => sum + source.workerS * Math.min(1, times / Math.max(1, source.requests)), 0);
  const costShare = Math.min(1, cost / Math.max(0.001, view.costWithin(span)));
  const normalShare = shareOutside(view, endpoint, span.from, span.to);
  if (
    costShare < COST_SHARE ||
    (normalShare !== undefined && costShare < normalShare * TIMES_NORMAL && normalShare > 0.2)
  )
    return [];
  if (!isBeyondVisitors(top.source)) return [];
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

/** A monitor or an application that asks steadily for one page holds a small part of one worker. */
function isBeyondVisitors(source: SourceView): boolean {
  return source.held >= 0.25 || source.ratePerS >= 2;
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

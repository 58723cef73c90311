// Pingbacks beyond the trickle of genuine ones: the site is made to call others. Read off the size of the replies.
import type { Dossier } from '../model/dossier.ts';
import { SOURCES_NAMED, type Symptom } from '../model/symptom.ts';
import { spanUnion, type TimeSpan } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { calledHosts, inFlightOf } from './view/in-flight.ts';
import { PINGBACK_HELD_S, type SourceView, type TrafficView, trafficView } from './view/traffic-view.ts';
import { workerSeries } from './view/workers.ts';

type Pingbacks = Symptom<'pingback-requests'>;

const XMLRPC_POST = /^POST (?:\/\S*)?\/xmlrpc\.php(?:\?|$)/;
/** In flight at once, and as old as that, before they are more than the daily trickle. */
const IN_FLIGHT_MIN = 3;
const IN_FLIGHT_S = 3;
/** Calls to others for each of them. A pingback waits a second before it calls. */
const CALLING_SHARE = 0.3;

/** A blog gets some genuine ones a day, now and then several at once. */
const REQUESTS_MIN = 20;
/** Genuine ones come from hosts that each send one or two. */
const SOURCE_MIN = 5;

export const pingbackRequests: Detector<'pingback-requests'> = {
  id: 'pingback-requests',
  detect(dossier) {
    const logged = fromLog(dossier);
    return logged.length > 0 ? logged : fromInFlight(dossier);
  },
};

function fromLog(dossier: Dossier): Pingbacks[] {
  const view = trafficView(dossier);
  if (!view) return [];
  const senders = view.addresses
    .filter((source) => source.xmlrpc.pingbacks > 0)
    .sort((a, b) => b.xmlrpc.pingbacks - a.xmlrpc.pingbacks);
  const total = senders.reduce((sum, source) => sum + source.xmlrpc.pingbacks, 0);
  const heavy = senders.filter((source) => source.xmlrpc.pingbacks >= SOURCE_MIN);
  const abusers = heavy.length > 0 ? heavy : manyAtOnce(senders);
  const requests = abusers.reduce((sum, source) => sum + source.xmlrpc.pingbacks, 0);
  const span = spanUnion(abusers.map((source) => source.core));
  // What got no answer, from who otherwise sends pingbacks alone, was the same: so it goes on when the database has died.
  const sent = abusers.reduce((sum, source) => sum + source.xmlrpc.pingbacks + unanswered(source), 0);
  const enough = total >= REQUESTS_MIN ? requests >= REQUESTS_MIN / 2 : heavy.length > 0 && sent >= REQUESTS_MIN;
  if (!span || !enough) return [];
  const held = heldSeconds(dossier, view, abusers, span);
  return [
    {
      id: 'pingback-requests',
      span,
      certainty: 'observed',
      measure: {
        requests: sent,
        bySize: requests,
        ratePerS: sent / Math.max(1, (span.to - span.from) / 1000),
        sources: abusers.slice(0, SOURCES_NAMED).map((source) => source.id),
        sourceCount: abusers.length,
        ...held,
      },
      evidence: abusers.slice(0, 3).flatMap((source) => source.details[0]?.examples.slice(0, 2) ?? []),
    },
  ];
}

/**
 * While they hold their workers they are in no log. What shows them is that the host calls others on the web, about as often
 * as XML-RPC requests of one source are in flight: a password guess calls nobody.
 */
function fromInFlight(dossier: Dossier): Pingbacks[] {
  const view = inFlightOf(dossier);
  const callers = (view?.holders ?? []).filter(
    ({ endpoint, endpointShare, atOnce, oldestS }) =>
      endpoint !== undefined &&
      XMLRPC_POST.test(endpoint) &&
      (endpointShare ?? 0) >= 0.7 &&
      atOnce >= IN_FLIGHT_MIN &&
      oldestS >= IN_FLIGHT_S,
  );
  const span = spanUnion(callers.map((holder) => holder.span));
  const atOnce = callers.reduce((sum, holder) => sum + holder.atOnce, 0);
  const calls = calledHosts(dossier).reduce((sum, called) => sum + called.atOnce, 0);
  if (!view || !span || calls < Math.max(IN_FLIGHT_MIN, atOnce * CALLING_SHARE)) return [];
  const requests = callers.reduce((sum, holder) => sum + holder.requests, 0);
  return [
    {
      id: 'pingback-requests',
      span,
      certainty: 'inferred',
      measure: {
        requests,
        bySize: 0,
        ratePerS: callers.reduce((sum, holder) => sum + holder.perS, 0),
        sources: callers.slice(0, SOURCES_NAMED).map(({ id }) => id),
        sourceCount: callers.length,
        heldS: Math.max(...callers.map(({ oldestS }) => oldestS)),
        heldFrom: 'in-flight',
        inFlight: atOnce,
      },
      evidence: callers[0]?.evidence ?? [],
    },
  ];
}

function unanswered(source: SourceView): number {
  const { failed, empty, pingbacks, guessRequests, answered } = source.xmlrpc;
  return pingbacks > (guessRequests + answered) * 5 ? failed + empty : 0;
}

/** Callers that rotate: many addresses with a few each, all within minutes of each other. */
function manyAtOnce(senders: readonly SourceView[]): readonly SourceView[] {
  const span = spanUnion(senders.map((source) => source.core));
  const minutes = span ? Math.max(1, (span.to - span.from) / 60_000) : 1;
  const requests = senders.reduce((sum, source) => sum + source.xmlrpc.pingbacks, 0);
  return requests / minutes >= 2 ? senders : [];
}

/** How long one holds its worker: logged, by the order of the log, by the age of the workers seen, or by what WordPress does. */
function heldSeconds(
  dossier: Dossier,
  view: TrafficView,
  abusers: readonly SourceView[],
  span: TimeSpan,
): { heldS: number; heldFrom: 'log-order' | 'logged' | 'processes' | 'mechanism' } {
  const details = abusers.flatMap((source) => source.details);
  const requests = details.reduce((sum, detail) => sum + detail.requests, 0);
  if (view.traffic.timing.logged > view.traffic.timing.fromOrder + view.traffic.timing.estimated) {
    return {
      heldS: details.reduce((sum, detail) => sum + detail.workerMs, 0) / 1000 / Math.max(1, requests),
      heldFrom: 'logged',
    };
  }
  const ordered = view.heldByOrder(details);
  if (ordered !== undefined && ordered >= 3) return { heldS: ordered, heldFrom: 'log-order' };
  // Half the age of the oldest of several workers in flight is a fair guess at what one lasts; the oldest itself comes nearer.
  const ages = [...workerSeries(dossier).entries()]
    .filter(([name]) => name.includes('cgi'))
    .flatMap(([, points]) =>
      points
        .filter((point) => point.at >= span.from && point.at <= span.to && point.program.count >= 3)
        .map((point) => point.program.oldestS ?? 0),
    );
  const oldest = ages.sort((a, b) => a - b)[Math.floor(ages.length / 2)];
  if (oldest !== undefined && oldest >= 3) return { heldS: oldest, heldFrom: 'processes' };
  return { heldS: PINGBACK_HELD_S, heldFrom: 'mechanism' };
}

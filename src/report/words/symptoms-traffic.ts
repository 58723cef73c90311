// Sentences on traffic: who asks for what, how often, at what cost.

import { count, duration, many, often, percent, quoted, some } from '../../model/figures.ts';
import type { FloodMeasure } from '../../model/symptom.ts';
import type { WordsOf } from './symptom-words.ts';

const LOGIN_AT = {
  'wp-login': 'at wp-login.php',
  xmlrpc: 'at XML-RPC',
  both: 'at wp-login.php and XML-RPC',
  other: 'at a login page',
} as const;

const HELD_FROM = {
  'log-order': 'by the order of the log',
  logged: 'as logged',
  processes: 'by the age of the processes',
  'in-flight': 'by the oldest in flight',
  mechanism: "as WordPress's pingbacks do",
} as const;

/** "203.0.113.66", "3 addresses (a, b and c)". */
function sourcesOf(measure: { sources: readonly string[]; sourceCount: number }, noun = 'address'): string {
  const total = Math.max(measure.sourceCount, measure.sources.length);
  const [only] = measure.sources;
  if (total <= 1 && only !== undefined) return only;
  const named = measure.sources.length > 0 ? ` (${some(measure.sources, total, 2)})` : '';
  return `${many(total, noun, noun === 'address' ? 'addresses' : `${noun}s`)}${named}`;
}

function floodSources(measure: FloodMeasure): string {
  if (measure.kind === 'network')
    return `the network ${sourcesOf(measure, 'network')}`.replace(/^the network (\d+ networks)/, '$1');
  if (measure.kind === 'distributed') {
    return sourcesOf(measure, measure.sources.some((source) => source.includes('/')) ? 'network' : 'address');
  }
  return sourcesOf(measure);
}

export const TRAFFIC_WORDS: WordsOf<
  | 'request-flood'
  | 'endpoint-abuse'
  | 'login-failures'
  | 'pingback-requests'
  | 'scan-probes'
  | 'crawler-storm'
  | 'traffic-spike'
  | 'half-open-connections'
  | 'slow-clients'
> = {
  'request-flood'({ measure, span }, clock) {
    const source = floodSources(measure);
    if (measure.inFlight !== undefined) {
      const what = measure.endpoint === '' ? '' : `, ${percent(measure.endpointShare)} of them ${measure.endpoint}`;
      return `${many(measure.inFlight, 'request')} of ${source} ${measure.inFlight === 1 ? 'is' : 'are'} in flight at once (${many(measure.requests, 'was', 'were')} seen ${clock.during(span)}${what}): ${percent(measure.costShare)} of the time of all busy workers. The log has them only when they end.`;
    }
    const where = measure.endpoint === '' ? '' : `, ${percent(measure.endpointShare)} of them ${measure.endpoint}`;
    return `${many(measure.requests, 'request')} from ${source} ${clock.during(span)}, ${often(measure.ratePerS)}${where}: ${percent(measure.costShare)} of the worker time (${count(measure.workerS)} worker-seconds).`;
  },
  'endpoint-abuse'({ measure, span }, clock) {
    const before = measure.normalShare === undefined ? '' : `, ${percent(measure.normalShare)} before`;
    return `${measure.endpoint} took ${percent(measure.costShare)} of the worker time ${clock.during(span)}${before}: ${many(measure.requests, 'request')} from ${many(measure.sources, 'address', 'addresses')}, ${percent(measure.topShare)} of it for ${measure.topSource}.`;
  },
  'login-failures'({ measure, span }, clock) {
    const passed = measure.succeeded > 0 ? ` ${many(measure.succeeded, 'login was', 'logins were')} ACCEPTED.` : '';
    const tried = measure.guesses > measure.requests ? ` in ${many(measure.requests, 'request')}` : '';
    return `${many(measure.guesses, 'password was', 'passwords were')} tried${tried} ${LOGIN_AT[measure.where]} ${clock.during(span)} by ${sourcesOf(measure)}.${passed}`;
  },
  'pingback-requests'({ measure, span }, clock) {
    if (measure.inFlight !== undefined)
      return `${many(measure.inFlight, 'pingback call')} of ${sourcesOf(measure)} in flight at once ${clock.during(span)}, ${often(measure.ratePerS)}: XML-RPC requests that hold their workers for up to ${duration(measure.heldS)} so far, while the host calls others on the web. The log has them only when they end.`;
    const failed = measure.requests - measure.bySize;
    const rest =
      failed > 0 ? ` (${count(measure.bySize)} by the size of the reply; ${count(failed)} were not answered)` : '';
    return `${many(measure.requests, 'pingback call')}${rest} from ${sourcesOf(measure)} ${clock.during(span)}, ${often(measure.ratePerS)}; each holds its worker for ${duration(measure.heldS)} (${HELD_FROM[measure.heldFrom]}).`;
  },
  'scan-probes': ({ measure, span }, clock) =>
    `${many(measure.requests, 'request')} for ${many(measure.different, 'thing')} that attackers look for, from ${sourcesOf(measure)} ${clock.during(span)}.`,
  'crawler-storm': ({ measure, span }, clock) =>
    `The robot ${quoted(measure.robot, 60)} made ${many(measure.requests, 'request')} from ${sourcesOf(measure)} ${clock.during(span)}: ${percent(measure.costShare)} of the worker time.`,
  'traffic-spike'({ measure, span }, clock) {
    const referer = measure.referer ? `, sent by ${measure.referer}` : '';
    return `${many(measure.visitors, 'different visitor')} in ${duration(measure.perSeconds)} ${clock.during(span)}, normally ${count(measure.normalVisitors)}${referer}.`;
  },
  'half-open-connections'({ measure, span }, clock) {
    const top = measure.topSource ? `, most by ${measure.topSource}` : '';
    return `Up to ${many(measure.peak, 'half-open connection')} from ${many(measure.sources, 'address', 'addresses')} ${clock.during(span)}${top}.`;
  },
  'slow-clients'({ measure, span }, clock) {
    const timeouts =
      measure.timeouts > 0 ? `; ${many(measure.timeouts, 'request was', 'requests were')} never finished` : '';
    const top = measure.topSource
      ? `; ${measure.topShare === undefined ? 'most' : percent(measure.topShare)} by ${measure.topSource}`
      : '';
    return `${many(measure.connections, 'connection was', 'connections were')} held open without a finished request ${clock.during(span)}${timeouts}${top}.`;
  },
};

// PHP waits for something outside of this host: an HTTP service, mail, DNS. By its own complaints, FPM's slow log, or sockets.

import { isLocalAddress } from '../model/address.ts';
import type { Dossier } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Symptom } from '../model/symptom.ts';
import { spanOf } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, mostFrequentIn, quotes, totalOf } from './view/events.ts';
import { calm } from './view/series.ts';

const TIMES_MIN = 3;
/** Functions in which PHP waits for the network. */
const WAITS_OUTSIDE =
  /curl_|fsockopen|stream_socket|file_get_contents|fopen|fread|fgets|stream_get|SoapClient|gethostby|dns_|smtp|mail\(/i;
/** Ports of services that a site calls. */
const OUTSIDE_PORTS = new Set([80, 443, 25, 465, 587, 53, 8080, 8443]);
const CONNECTIONS_MIN = 5;

export const backendTimeouts: Detector<'backend-timeouts'> = {
  id: 'backend-timeouts',
  detect(dossier) {
    const logged = fromLogs(dossier);
    return logged.length > 0 ? logged : fromSockets(dossier);
  },
};

function fromLogs(dossier: Dossier): Symptom<'backend-timeouts'>[] {
  const php = eventsOf(dossier, 'php', (event) => event.what === 'backend-timeout');
  const fpm = eventsOf(
    dossier,
    'fpm',
    (event) => event.what === 'slow-request' && WAITS_OUTSIDE.test(event.waitsFor ?? ''),
  );
  const all = [...php, ...fpm].sort((a, b) => a.at - b.at);
  if (totalOf(all) < TIMES_MIN) return [];
  const peer = mostFrequentIn(php, (event) => event.peer) ?? busiestPeer(dossier)?.peer;
  const component = mostFrequentIn(php, (event) => event.component);
  return [
    {
      id: 'backend-timeouts',
      span: eventSpan(all),
      certainty: 'observed',
      measure: {
        times: totalOf(all),
        ...(peer !== undefined && { peer }),
        ...(component !== undefined && { component }),
      },
      evidence: quotes(all),
    },
  ];
}

interface Waiting {
  readonly peer: string;
  readonly most: number;
  readonly points: readonly { readonly at: number; readonly value: number; readonly evidence: Evidence }[];
}

/** The foreign service to which most connections were open at once, beyond the normal. */
function busiestPeer(dossier: Dossier): Waiting | undefined {
  const byPeer = new Map<string, { at: number; value: number; evidence: Evidence }[]>();
  for (const sample of dossier.samples) {
    const counts = new Map<string, number>();
    for (const connection of sample.connections ?? []) {
      if (!OUTSIDE_PORTS.has(connection.peerPort ?? 0) || isLocalAddress(connection.peer)) continue;
      if (connection.state !== 'ESTAB' && connection.state !== 'ESTABLISHED' && !connection.state.startsWith('SYN'))
        continue;
      counts.set(connection.peer, (counts.get(connection.peer) ?? 0) + connection.count);
    }
    for (const [peer, value] of counts) {
      const points = byPeer.get(peer) ?? [];
      points.push({ at: sample.at, value, evidence: sample.evidence });
      byPeer.set(peer, points);
    }
  }
  return [...byPeer]
    .map(([peer, points]) => ({ peer, points, most: Math.max(...points.map((point) => point.value)) }))
    .filter(
      ({ most, points }) =>
        most >= CONNECTIONS_MIN && (points.length < 4 || most >= 3 * (calm(points.map((point) => point.value)) ?? 0)),
    )
    .sort((a, b) => b.most - a.most)[0];
}

function fromSockets(dossier: Dossier): Symptom<'backend-timeouts'>[] {
  const waiting = busiestPeer(dossier);
  const busy = waiting?.points.filter((point) => point.value >= waiting.most / 2) ?? [];
  const span = spanOf(busy.map((point) => point.at));
  if (!waiting || !span) return fromPackets(dossier);
  return [
    {
      id: 'backend-timeouts',
      span,
      certainty: 'inferred',
      measure: { times: waiting.most, peer: waiting.peer },
      evidence: quotes(busy),
    },
  ];
}

/** The server calls, and nobody answers. */
function fromPackets(dossier: Dossier): Symptom<'backend-timeouts'>[] {
  const calls = (dossier.packets?.outgoing ?? [])
    .filter((call) => call.syns >= 10 && call.established < call.syns * 0.5)
    .sort((a, b) => b.syns - a.syns)[0];
  if (!calls) return [];
  return [
    {
      id: 'backend-timeouts',
      span: { from: calls.first, to: calls.last },
      certainty: 'inferred',
      measure: { times: Math.max(0, calls.calls - calls.established), peer: calls.address },
      evidence: [calls.evidence],
    },
  ];
}

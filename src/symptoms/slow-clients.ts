// Connections that are held open without a finished request, until no worker is free for anybody else.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, mostFrequentIn, quotes, totalOf } from './view/events.ts';
import { calm, isBrief, sampledEpisodes } from './view/series.ts';
import { trafficView } from './view/traffic-view.ts';
import { isPhpProgram, liveOf } from './view/workers.ts';

const TIMEOUTS_MIN = 20;
const CONNECTIONS_MIN = 50;
/** Browsers open connections in advance and let them time out: many addresses with one each. */
const TOP_SHARE = 0.3;

export const slowClients: Detector<'slow-clients'> = {
  id: 'slow-clients',
  detect(dossier) {
    const held = fromConnections(dossier);
    if (held.length > 0) return held;
    const logged = fromLog(dossier);
    return logged.length > 0 ? logged : fromErrorLog(dossier);
  },
};

/** One peer holds very many connections, and hardly a request of it is logged. */
function fromConnections(dossier: Dossier): Symptom<'slow-clients'>[] {
  const view = trafficView(dossier);
  const points = dossier.samples.flatMap((sample) => {
    const open =
      sample.connections?.filter(
        (connection) => connection.state.startsWith('ESTAB') && !isOutgoing(connection.peerPort),
      ) ?? [];
    const byPeer = new Map<string, number>();
    for (const connection of open) byPeer.set(connection.peer, (byPeer.get(connection.peer) ?? 0) + connection.count);
    const top = [...byPeer].sort((a, b) => b[1] - a[1])[0];
    return top
      ? [
          {
            at: sample.at,
            peer: top[0],
            value: top[1],
            all: open.reduce((sum, connection) => sum + connection.count, 0),
            evidence: sample.evidence,
          },
        ]
      : [];
  });
  const normal = isBrief(points) ? 0 : (calm(points.map((point) => point.value)) ?? 0);
  const many = sampledEpisodes(points, (point) => point.value >= Math.max(CONNECTIONS_MIN, normal * 3), 120_000).sort(
    (a, b) => b.length - a.length,
  )[0];
  const first = many?.[0];
  const last = many?.at(-1);
  if (!many || !first || !last) return [];
  const worst = many.reduce((most, point) => (point.value > most.value ? point : most));
  const detail = view?.traffic.sources.entries.get(worst.peer);
  // A flood has many connections as well, but each of them asks for something and is logged as such.
  const asked = detail ? detail.requests - detail.clientTimeouts - detail.refused : 0;
  if (asked > worst.value || isServed(dossier, worst.at, worst.value)) return [];
  return [
    {
      id: 'slow-clients',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: {
        connections: worst.value,
        timeouts: detail?.clientTimeouts ?? 0,
        topSource: worst.peer,
        topShare: worst.value / Math.max(1, worst.all),
      },
      evidence: [...quotes([first, worst]), ...(detail?.examples.slice(0, 1) ?? [])],
    },
  ];
}

/** PHP at work for a good part of the connections: their requests did come. */
function isServed(dossier: Dossier, at: number, connections: number): boolean {
  const near = dossier.samples.filter((sample) => sample.programs && Math.abs(sample.at - at) <= 30_000);
  const php = Math.max(
    0,
    ...near.flatMap((sample) => sample.programs?.filter((program) => isPhpProgram(program.name)).map(liveOf) ?? []),
  );
  return php >= connections * 0.25;
}

function isOutgoing(peerPort: number | undefined): boolean {
  return peerPort !== undefined && peerPort < 1024;
}

/** Status 408: the request never came. */
function fromLog(dossier: Dossier): Symptom<'slow-clients'>[] {
  const view = trafficView(dossier);
  const total = view?.traffic.whole.total;
  if (!view || !total || total.clientTimeouts < TIMEOUTS_MIN) return [];
  const late = [...view.traffic.sources.entries]
    .filter(([, detail]) => detail.clientTimeouts > 0)
    .sort((a, b) => b[1].clientTimeouts - a[1].clientTimeouts);
  const [topSource, top] = late[0] ?? [];
  const few = late.slice(0, 5).reduce((sum, [, detail]) => sum + detail.clientTimeouts, 0);
  if (
    topSource === undefined ||
    !top ||
    few < total.clientTimeouts * TOP_SHARE ||
    top.clientTimeouts < TIMEOUTS_MIN / 2
  )
    return [];
  return [
    {
      id: 'slow-clients',
      span: { from: top.first, to: top.last },
      certainty: 'observed',
      measure: {
        connections: 0,
        timeouts: total.clientTimeouts,
        topSource,
        topShare: top.clientTimeouts / total.clientTimeouts,
      },
      evidence: top.examples.slice(0, 3),
    },
  ];
}

function fromErrorLog(dossier: Dossier): Symptom<'slow-clients'>[] {
  const late = eventsOf(dossier, 'web', (event) => event.what === 'client-timeout');
  const topSource = mostFrequentIn(late, (event) => event.client);
  const own = late.filter((event) => event.client === topSource);
  if (totalOf(late) < TIMEOUTS_MIN || topSource === undefined || totalOf(own) < totalOf(late) * TOP_SHARE) return [];
  return [
    {
      id: 'slow-clients',
      span: eventSpan(late),
      certainty: 'observed',
      measure: { connections: 0, timeouts: totalOf(late), topSource, topShare: totalOf(own) / totalOf(late) },
      evidence: quotes(own),
    },
  ];
}

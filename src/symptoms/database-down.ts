// The database should be up and is not, or does not answer.
import type { Dossier } from '../model/dossier.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Symptom } from '../model/symptom.ts';
import type { EpochMs } from '../model/time.ts';
import { databaseAt, databaseLife } from './view/database.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, recordEnd, totalOf } from './view/events.ts';
import { trafficView } from './view/traffic-view.ts';

/** A restart by hand or by a package takes less; visitors hardly notice it. */
const RESTART_MS = 20_000;

export const databaseDown: Detector<'database-down'> = {
  id: 'database-down',
  detect(dossier) {
    const known = fromLife(dossier);
    if (known.length > 0) return known;
    const clients = fromClients(dossier);
    return clients.length > 0 ? clients : fromReplies(dossier);
  },
};

function fromLife(dossier: Dossier): Symptom<'database-down'>[] {
  const outages: {
    from: EpochMs;
    to: EpochMs;
    lastAlive: EpochMs | undefined;
    service: string;
    how: 'process' | 'unit' | 'log';
    evidence: Evidence[];
  }[] = [];
  let open: (typeof outages)[number] | undefined;
  let alive: EpochMs | undefined;
  for (const moment of databaseLife(dossier)) {
    if (moment.is === 'up') {
      if (open && moment.at >= open.from) {
        outages.push({ ...open, to: moment.at });
        open = undefined;
      }
      alive = moment.at;
    } else if (moment.is === 'down') {
      open ??= {
        from: moment.at,
        to: recordEnd(dossier),
        lastAlive: alive,
        service: moment.service,
        how: moment.how === 'absent' ? 'process' : 'log',
        evidence: [],
      };
      open.evidence.push(moment.evidence);
    }
  }
  if (open) outages.push({ ...open, to: Math.max(open.from, recordEnd(dossier)) });
  const real = outages.filter(
    (outage) => outage.to - outage.from > RESTART_MS || (outage === outages.at(-1) && open !== undefined),
  );
  const longest = real.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  const first = real[0];
  if (!longest || !first) return [];
  return [
    {
      id: 'database-down',
      span: { from: first.from, to: real.at(-1)?.to ?? first.to },
      certainty: 'observed',
      measure: {
        service: first.service,
        how: first.how,
        ...(first.lastAlive !== undefined && { lastAlive: first.lastAlive }),
      },
      evidence: first.evidence.slice(0, 4),
    },
  ];
}

/** PHP says that it can't reach the database, and nothing says that the database is alive at that moment. */
function fromClients(dossier: Dossier): Symptom<'database-down'>[] {
  const complaints = eventsOf(dossier, 'php', (event) => event.what === 'database-unreachable').filter(
    (event) => databaseAt(dossier, event.at)?.is !== 'up',
  );
  if (totalOf(complaints) < 2) return [];
  return [
    {
      id: 'database-down',
      span: eventSpan(complaints),
      certainty: 'inferred',
      measure: { service: 'mysqld', how: 'clients' },
      evidence: quotes(complaints),
    },
  ];
}

/**
 * The access log alone tells: with the database gone, WordPress answers XML-RPC with status 200 and no body, where it
 * had answered with one before.
 */
function fromReplies(dossier: Dossier): Symptom<'database-down'>[] {
  const view = trafficView(dossier);
  if (!view) return [];
  const replies = [...view.traffic.xmlrpc.entries].map(([key, reply]) => ({
    kind: view.reading.meaningOf(key).kind,
    reply,
  }));
  const empty = replies.filter(({ kind }) => kind === 'empty').map(({ reply }) => reply);
  const good = replies
    .filter(({ kind }) => kind !== 'empty' && kind !== 'failed' && kind !== 'refused')
    .map(({ reply }) => reply);
  const from = Math.min(...empty.map((reply) => reply.first));
  const to = Math.max(...empty.map((reply) => reply.last));
  if (!Number.isFinite(from) || empty.reduce((sum, reply) => sum + reply.count, 0) < 2 || good.length === 0) return [];
  const lastAlive = Math.max(
    ...good.map((reply) => (reply.first < from ? Math.min(reply.last, from) : Number.NEGATIVE_INFINITY)),
  );
  return [
    {
      id: 'database-down',
      span: { from, to },
      certainty: 'inferred',
      measure: { service: 'mysqld', how: 'replies', ...(Number.isFinite(lastAlive) && { lastAlive }) },
      evidence: empty.flatMap((reply) => reply.examples).slice(0, 3),
    },
  ];
}

// The database refuses connections because as many as it allows are open.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';

const TIMES_MIN = 2;

export const tooManyConnections: Detector<'too-many-connections'> = {
  id: 'too-many-connections',
  detect(dossier) {
    const all = [
      ...eventsOf(dossier, 'database', (event) => event.what === 'too-many-connections'),
      ...eventsOf(dossier, 'php', (event) => event.what === 'database-too-many'),
    ].sort((a, b) => a.at - b.at);
    if (totalOf(all) < TIMES_MIN) return fromSamples(dossier);
    const full = fullest(dossier);
    return [
      {
        id: 'too-many-connections',
        span: eventSpan(all),
        certainty: 'observed',
        measure: { times: totalOf(all), ...full },
        evidence: quotes(all),
      },
    ];
  },
};

function fullest(dossier: Dossier): { used?: number; limit?: number } {
  const used = Math.max(0, ...dossier.samples.map((sample) => sample.database?.threadsConnected ?? 0));
  const limit = dossier.samples.find((sample) => sample.database?.maxConnections !== undefined)?.database
    ?.maxConnections;
  return { ...(used > 0 && { used }), ...(limit !== undefined && { limit }) };
}

/** Status figures alone: all connections are in use. */
function fromSamples(dossier: Dossier): Symptom<'too-many-connections'>[] {
  const full = dossier.samples.filter(
    ({ database }) =>
      database?.maxConnections !== undefined && (database.threadsConnected ?? 0) >= database.maxConnections,
  );
  const first = full[0];
  const last = full.at(-1);
  if (!first || !last || full.length < TIMES_MIN) return [];
  return [
    {
      id: 'too-many-connections',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: { times: full.length, ...fullest(dossier) },
      evidence: quotes(full),
    },
  ];
}

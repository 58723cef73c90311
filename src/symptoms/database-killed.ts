// The database ended by a signal that it could not catch (9), not by a shutdown.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import { spanOf } from '../model/time.ts';
import { databaseLife } from './view/database.ts';
import type { Detector } from './view/detector.ts';
import { quotes } from './view/events.ts';

/** The kernel's line and the service manager's are about the same death when they are this close. */
const SAME_DEATH_MS = 15_000;

export const databaseKilled: Detector<'database-killed'> = {
  id: 'database-killed',
  detect(dossier) {
    const deaths = databaseLife(dossier).filter((moment) => moment.is === 'down' && moment.how === 'killed');
    const span = spanOf(deaths.map((death) => death.at));
    if (!span) return inferred(dossier);
    let times = 0;
    let previous = Number.NEGATIVE_INFINITY;
    for (const death of deaths) {
      if (death.at - previous > SAME_DEATH_MS) times++;
      previous = death.at;
    }
    const first = deaths[0];
    const service = first?.is === 'down' ? first.service : 'mysqld';
    const signal = first?.is === 'down' ? (first.signal ?? 9) : 9;
    return [
      {
        id: 'database-killed',
        span,
        certainty: 'observed',
        measure: { service, signal, times },
        evidence: quotes(deaths),
      },
    ];
  },
};

/**
 * A database that is killed by signal 9 writes nothing. What tells is its next start: it recovers from a crash, though
 * its log held neither a shutdown nor a fault since the start before.
 */
function inferred(dossier: Dossier): Symptom<'database-killed'>[] {
  const life = databaseLife(dossier).filter((moment) => !(moment.is === 'down' && moment.how === 'absent'));
  const boots = dossier.events.filter((event) => event.kind === 'kernel' && event.what === 'boot');
  const recoveries = life.filter((moment, i) => {
    if (moment.is !== 'starting' || !moment.recovering) return false;
    const before = life.slice(0, i).findLast((other) => other.is !== 'starting');
    return before?.is === 'up' && !boots.some((boot) => boot.at >= before.at && boot.at <= moment.at);
  });
  const span = spanOf(recoveries.map((moment) => moment.at));
  if (!span) return [];
  return [
    {
      id: 'database-killed',
      span,
      certainty: 'inferred',
      measure: { service: 'mysqld', signal: 9, times: recoveries.length },
      evidence: quotes(recoveries),
    },
  ];
}

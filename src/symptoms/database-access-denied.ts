// The database is up and refuses the site's user, or the site asks at the wrong door (socket, host, database name).
import { isLocalAddress } from '../model/address.ts';
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import { databaseAt, databaseLife } from './view/database.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, mostFrequentIn, quotes, totalOf } from './view/events.ts';

const TIMES_MIN = 3;

export const databaseAccessDenied: Detector<'database-access-denied'> = {
  id: 'database-access-denied',
  detect(dossier) {
    const refused = refusedUser(dossier);
    return refused.length > 0 ? refused : wrongDoor(dossier);
  },
};

function refusedUser(dossier: Dossier): Symptom<'database-access-denied'>[] {
  const php = eventsOf(dossier, 'php', (event) => event.what === 'database-denied');
  // The site's own user, from where the site is: strangers who try root from the network are no matter of the site.
  const log = eventsOf(
    dossier,
    'database',
    (event) =>
      event.what === 'access-denied' &&
      (event.host === undefined || event.host.startsWith('localhost') || isLocalAddress(event.host)),
  );
  const user = mostFrequentIn(log, (event) => event.user);
  const own = log.filter((event) => event.user === user);
  const all = [...php, ...own].sort((a, b) => a.at - b.at);
  if (totalOf(all) < TIMES_MIN) return [];
  const named = user ?? /for user '([^']{1,64})'/.exec(php[0]?.message ?? '')?.[1];
  return [
    {
      id: 'database-access-denied',
      span: eventSpan(all),
      certainty: 'observed',
      measure: {
        times: Math.max(totalOf(php), totalOf(own)),
        how: 'refused-user',
        ...(named !== undefined && { user: named }),
      },
      evidence: quotes([...php.slice(0, 2), ...own.slice(0, 2)]),
    },
  ];
}

/** PHP finds no database at its door, while the database is known to be up at that time. */
function wrongDoor(dossier: Dossier): Symptom<'database-access-denied'>[] {
  const complaints = eventsOf(dossier, 'php', (event) => event.what === 'database-unreachable');
  const life = databaseLife(dossier);
  const alive = complaints.filter((event) => {
    const before = databaseAt(dossier, event.at);
    const after = life.find((moment) => moment.at > event.at);
    return before?.is === 'up' && (after === undefined || after.is !== 'starting' || after.recovering === false);
  });
  if (totalOf(alive) < TIMES_MIN || totalOf(alive) < totalOf(complaints) * 0.8) return [];
  return [
    {
      id: 'database-access-denied',
      span: eventSpan(alive),
      certainty: 'observed',
      measure: { times: totalOf(alive), how: 'wrong-door', detail: alive[0]?.message ?? '' },
      evidence: quotes(alive),
    },
  ];
}

// Statements that take seconds, or wait for locks, by the slow query log or what the database and PHP complain of.
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';

const SECONDS = 2;
const QUERIES_MIN = 5;
/** Few that are enough when one of them takes this long. */
const VERY_LONG_S = 60;

export const slowQueries: Detector<'slow-queries'> = {
  id: 'slow-queries',
  detect(dossier) {
    const slow = eventsOf(dossier, 'slow-query', (event) => event.seconds >= SECONDS);
    const waits = eventsOf(dossier, 'database', (event) => event.what === 'lock-wait-timeout');
    const longest = slow.toSorted((a, b) => b.seconds - a.seconds)[0];
    if (totalOf(slow) < QUERIES_MIN && (longest?.seconds ?? 0) < VERY_LONG_S) return [];
    if (!longest) return [];
    const waited = slow.reduce((sum, event) => sum + event.lockSeconds * event.count, 0);
    const took = slow.reduce((sum, event) => sum + event.seconds * event.count, 0);
    return [
      {
        id: 'slow-queries',
        span: eventSpan([...slow, ...waits]),
        certainty: 'observed',
        measure: {
          queries: totalOf(slow),
          longestS: longest.seconds,
          locked: waited > took * 0.4 || totalOf(waits) >= 3,
          statement: longest.statement,
        },
        evidence: quotes([longest, ...slow.filter((event) => event !== longest)]),
      },
    ];
  },
};

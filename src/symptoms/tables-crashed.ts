// Tables that are marked as crashed, or were not closed properly.
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes } from './view/events.ts';

export const tablesCrashed: Detector<'tables-crashed'> = {
  id: 'tables-crashed',
  detect(dossier) {
    const crashed = eventsOf(dossier, 'database', (event) => event.what === 'table-crashed');
    if (crashed.length === 0) return [];
    const tables = [...new Set(crashed.flatMap((event) => (event.table === undefined ? [] : [event.table])))];
    return [
      {
        id: 'tables-crashed',
        span: eventSpan(crashed),
        certainty: 'observed',
        measure: { tables: tables.slice(0, 50) },
        evidence: quotes(crashed),
      },
    ];
  },
};

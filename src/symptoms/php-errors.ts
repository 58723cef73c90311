// PHP code fails: fatal errors beyond the host's normal, which no want of memory, database or disk explains.
import type { EventOf } from '../model/event.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, mostFrequentIn, quotes, totalOf } from './view/events.ts';
import { episodes } from './view/series.ts';

const OWN_FAULTS: readonly EventOf<'php'>['what'][] = [
  'uncaught',
  'syntax',
  'missing-file',
  'missing-extension',
  'memory-exhausted',
  'max-execution-time',
  'other',
];
const ERRORS_MIN = 5;

export const phpErrors: Detector<'php-errors'> = {
  id: 'php-errors',
  detect(dossier) {
    const fatal = eventsOf(
      dossier,
      'php',
      (event) =>
        (event.level === 'fatal' || event.level === 'parse') &&
        OWN_FAULTS.includes(event.what) &&
        !isDatabaseTalk(event.message),
    );
    const worst = episodes(fatal, () => true, 600_000).sort((a, b) => totalOf(b) - totalOf(a))[0];
    if (!worst || totalOf(worst) < ERRORS_MIN) return [];
    const what = mostFrequentIn(worst, (event) => event.what) ?? 'other';
    const main = worst.filter((event) => event.what === what);
    const component = mostFrequentIn(main, (event) => event.component);
    return [
      {
        id: 'php-errors',
        span: eventSpan(worst),
        certainty: 'observed',
        measure: {
          errors: totalOf(worst),
          what,
          message: main[0]?.message ?? '',
          ...(component !== undefined && { component }),
        },
        evidence: quotes(main),
      },
    ];
  },
};

/** An uncaught mysqli_sql_exception is the database's matter, whatever file threw it. */
function isDatabaseTalk(message: string): boolean {
  return /mysqli|PDOException|SQLSTATE|wpdb/i.test(message);
}

// A start of the database was tried, and failed or timed out.
import type { DatabaseEvent, LogEvent } from '../model/event.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes } from './view/events.ts';

/** Lines of one attempt stand this close together. */
const ATTEMPT_MS = 30_000;

/** Complaints of a start, the telling ones first. */
const REASONS: readonly DatabaseEvent['what'][] = [
  'disk-full',
  'bad-setting',
  'port-in-use',
  'lock-held',
  'permission',
  'corruption',
  'upgrade-needed',
  'missing-files',
  'out-of-memory',
];

export const databaseRestartFailed: Detector<'database-restart-failed'> = {
  id: 'database-restart-failed',
  detect(dossier) {
    const units = eventsOf(
      dossier,
      'unit',
      (event) =>
        event.role === 'database' &&
        (event.change === 'start-failed' || event.change === 'start-timeout' || event.change === 'restart-limit'),
    );
    const aborts = eventsOf(dossier, 'database', (event) => event.what === 'aborting');
    const failures: LogEvent[] = [...units, ...aborts].sort((a, b) => a.at - b.at);
    const first = failures[0];
    if (!first) return [];
    let attempts = 0;
    let previous = Number.NEGATIVE_INFINITY;
    for (const failure of failures) {
      if (failure.at - previous > ATTEMPT_MS) attempts++;
      previous = failure.at;
    }
    const complaints = eventsOf(dossier, 'database', (event) => REASONS.includes(event.what)).filter((event) =>
      failures.some((failure) => Math.abs(failure.at - event.at) <= ATTEMPT_MS),
    );
    const telling = complaints.toSorted((a, b) => REASONS.indexOf(a.what) - REASONS.indexOf(b.what))[0];
    const timedOut = units.some((event) => event.change === 'start-timeout');
    const unit = units[0];
    return [
      {
        id: 'database-restart-failed',
        span: eventSpan([...failures, ...complaints]),
        certainty: 'observed',
        measure: {
          service: unit?.kind === 'unit' ? unit.unit : 'mysqld',
          attempts,
          reason: telling
            ? `${telling.what}${telling.detail === undefined ? '' : `: ${telling.detail}`}`
            : timedOut
              ? 'timed out'
              : 'not said',
        },
        evidence: [...(telling ? [telling.evidence] : []), ...quotes(failures)].slice(0, 5),
      },
    ];
  },
};

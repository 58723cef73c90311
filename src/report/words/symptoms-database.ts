// Sentences on the database.
import { count, duration, many, quoted, some, timesWord } from '../../model/figures.ts';
import { signalName } from './signal.ts';
import type { WordsOf } from './symptom-words.ts';

const DOWN_BY = {
  process: 'no process of it was running',
  unit: 'the service manager says so',
  log: 'its log says so',
  replies: "the site's replies show it",
  clients: 'its clients found nobody there',
} as const;

const STALLED = {
  'page-cleaner': 'its page cleaner came late',
  locks: 'threads waited for locks',
  disk: 'it waited for the disk',
  threads: 'its threads piled up',
} as const;

export const DATABASE_WORDS: WordsOf<
  | 'database-down'
  | 'database-killed'
  | 'database-restart-failed'
  | 'database-stalled'
  | 'tables-crashed'
  | 'database-access-denied'
  | 'slow-queries'
  | 'too-many-connections'
> = {
  'database-down'({ measure, span }, clock) {
    const alive = measure.lastAlive === undefined ? '' : `; last seen at work at ${clock.time(measure.lastAlive)}`;
    return `The database (${measure.service}) was down ${clock.during(span)}: ${DOWN_BY[measure.how]}${alive}.`;
  },
  'database-killed': ({ measure, span }, clock) =>
    `The database (${measure.service}) was ${measure.signal === 9 ? 'killed (signal 9)' : `ended by signal ${measure.signal}${signalName(measure.signal)}`}${measure.times > 1 ? ` ${timesWord(measure.times)}` : ''} ${clock.during(span)}; it was not shut down.`,
  'database-restart-failed': ({ measure, span }, clock) =>
    `${measure.attempts > 1 ? `${many(measure.attempts, 'attempt')} to start` : 'The attempt to start'} the database (${measure.service}) failed ${clock.during(span)}: ${measure.reason.replace(/\.$/, '')}.`,
  'database-stalled'({ measure, span }, clock) {
    const took = measure.tookMs === undefined ? '' : `, ${duration(measure.tookMs / 1000)} in the worst case`;
    const threads = measure.threads === undefined ? '' : `, ${many(measure.threads, 'thread')}`;
    return `The database hardly got on ${clock.during(span)}: ${STALLED[measure.what]}${took}${threads}.`;
  },
  'tables-crashed'({ measure }) {
    const n = measure.tables.length;
    if (n === 0) return 'Tables were left marked as crashed; they need a repair.';
    return `${many(n, 'table was', 'tables were')} left marked as crashed and need${n === 1 ? 's' : ''} a repair: ${some(measure.tables, n, 4)}.`;
  },
  'database-access-denied'({ measure, span }, clock) {
    const detail = measure.detail ? `: ${measure.detail.replace(/\.$/, '')}` : '';
    const times = measure.times > 1 ? ` ${timesWord(measure.times)}` : '';
    return measure.how === 'refused-user'
      ? `The database is up and refused ${measure.user ? `the user ${quoted(measure.user, 60)}` : "the site's user"}${times} ${clock.during(span)}${detail}.`
      : `The site asked for its database at the wrong door${times} ${clock.during(span)}${detail}.`;
  },
  'slow-queries'({ measure, span }, clock) {
    const locked = measure.locked ? ', most of it waiting for locks' : '';
    const statement = measure.statement ? `: ${quoted(measure.statement, 120)}` : '';
    return `${many(measure.queries, 'slow query', 'slow queries')} ${clock.during(span)}, the longest ${duration(measure.longestS)}${locked}${statement}.`;
  },
  'too-many-connections'({ measure, span }, clock) {
    const limit =
      measure.limit === undefined
        ? ''
        : measure.used === undefined
          ? ` (limit ${count(measure.limit)})`
          : ` (${count(measure.used)} of ${count(measure.limit)} in use)`;
    return `The database refused ${many(measure.times, 'connection')} ${clock.during(span)} because too many were open${limit}.`;
  },
};

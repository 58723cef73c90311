// Sentences on what visitors saw, and on the application that served them.
import { count, duration, many, percent, quoted, timesWord } from '../../model/figures.ts';
import { signalName } from './signal.ts';
import type { WordsOf } from './symptom-words.ts';

const SEEN_BY = {
  'access-log': 'by the access log',
  probe: 'by the probe',
  'error-log': 'by the error log',
  packets: 'in the packet capture',
  connections: 'in the list of connections',
} as const;

export const SITE_WORDS: WordsOf<
  'site-error' | 'site-slow' | 'site-unreachable' | 'php-errors' | 'backend-timeouts' | 'service-crashed'
> = {
  'site-error'({ measure, span }, clock) {
    const statuses = Object.entries(measure.statuses)
      .filter(([, times]) => times > 0)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 4)
      .map(([status, times]) => `${count(times)} x ${status}`);
    const kinds = statuses.length > 0 ? ` (${statuses.join(', ')})` : '';
    const when = clock.during(span);
    const asked = measure.seenBy === 'probe' ? 'probe' : 'request';
    const share =
      measure.requests > 0
        ? `${count(measure.errors)} of ${many(measure.requests, asked)} failed ${when}${kinds}, ${percent(measure.share)} where ${percent(measure.normalShare)} is normal`
        : `${many(measure.errors, 'error')} ${when}${kinds}, ${SEEN_BY[measure.seenBy]}`;
    const visitors =
      measure.visitors > 0 && measure.seenBy !== 'probe' ? `; ${many(measure.visitors, 'visitor')} saw an error` : '';
    const pages =
      measure.databasePages > 0
        ? `; ${many(measure.databasePages, 'reply was', 'replies were')} the database error page`
        : '';
    return `${share}${visitors}${pages}.`;
  },
  'site-slow'({ measure, span }, clock) {
    const parts: string[] = [];
    if (measure.slowMs !== undefined) {
      const normal = measure.normalMs === undefined ? '' : `, normally ${duration(measure.normalMs / 1000)}`;
      parts.push(`an answer took ${duration(measure.slowMs / 1000)}${normal}`);
    }
    if (measure.gaveUp > 0) parts.push(`${many(measure.gaveUp, 'client')} gave up waiting`);
    const what = parts.length > 0 ? `: ${parts.join('; ')}` : '';
    return `The site was slow ${clock.during(span)}${what}.`;
  },
  'site-unreachable': ({ measure, span }, clock) =>
    measure.seenBy === 'access-log'
      ? `The access log fell nearly silent at once ${clock.during(span)}: about ${count(measure.failures)} of the ${many(measure.attempts, 'visitor')} to be expected are missing.`
      : `The site could not be reached ${clock.during(span)}: ${count(measure.failures)} of ${many(measure.attempts, 'attempt')} got no answer, as seen ${SEEN_BY[measure.seenBy]}.`,
  'php-errors'({ measure, span }, clock) {
    const where = measure.component ? ` in ${measure.component}` : '';
    return `PHP failed ${timesWord(measure.errors)}${where} ${clock.during(span)} (${measure.what}): ${quoted(measure.message)}.`;
  },
  'backend-timeouts'({ measure, span }, clock) {
    const peer = measure.peer ? `for ${measure.peer}` : 'for a service outside';
    const by = measure.component ? `, asked by ${measure.component}` : '';
    return `PHP waited in vain ${peer} ${timesWord(measure.times)} ${clock.during(span)}${by}.`;
  },
  'service-crashed'({ measure, span }, clock) {
    const role = { web: ' (web server)', php: ' (PHP)', database: ' (database)', other: '' }[measure.role];
    const by =
      measure.signal === undefined
        ? 'of a fault of its own'
        : `by signal ${measure.signal}${signalName(measure.signal)}`;
    return `${measure.service}${role} died ${measure.times > 1 ? `${timesWord(measure.times)} ` : ''}${by} ${clock.during(span)}.`;
  },
};

// Visitors, or the probe, get 5xx or the database error page, beyond the host's own normal.
import { countDistinct } from '../model/distinct.ts';
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import { overlaps } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';
import { episodes, trafficWindows } from './view/series.ts';

const ERRORS_MIN = 3;
/** Share of the requests of the episode. A flood's own requests count too, so it is low. */
const SHARE_MIN = 0.05;
const DATABASE_PAGE = /Error establishing a database connection|database connection error/i;
/** The fixed page of WordPress is some kilobytes; a web server's own are some hundred bytes. */
const PAGE_MIN_BYTES = 1500;
const PAGE_MAX_BYTES = 6000;

export const siteError: Detector<'site-error'> = {
  id: 'site-error',
  detect(dossier) {
    const found = [...fromLog(dossier), ...fromProbe(dossier)];
    return found.length > 0 ? found : fromErrorLog(dossier);
  },
};

function fromLog(dossier: Dossier): Symptom<'site-error'>[] {
  const traffic = dossier.traffic;
  if (!traffic) return [];
  const windows = trafficWindows(dossier);
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  const gapMs = Math.max(300_000, traffic.sliceMs * 2);
  const rated = episodes(windows, (window) => window.failed > 0, gapMs).map((episode) => {
    const from = episode[0]?.at ?? 0;
    const to = (episode.at(-1)?.at ?? 0) + traffic.sliceMs;
    const inside = windows.filter((window) => window.at >= from && window.at < to);
    const errors = inside.reduce((sum, window) => sum + window.failed, 0);
    const all = inside.reduce((sum, window) => sum + window.requests, 0);
    const share = errors / Math.max(1, all);
    // Who floods the site gets most of its answers: the others tell how visitors fared.
    const others = inside.reduce((sum, window) => sum + window.otherRequests, 0);
    const ofOthers = inside.reduce((sum, window) => sum + window.otherFailed, 0);
    const felt = ofOthers >= ERRORS_MIN ? Math.max(share, ofOthers / Math.max(1, others)) : share;
    return { span: { from, to }, errors, requests: all, share: felt };
  });
  const outside = rated.reduce((sum, episode) => sum + episode.errors, 0);
  const bad = rated.filter(
    (episode) =>
      episode.errors >= ERRORS_MIN &&
      (episode.share >= 0.2 ||
        (episode.share >= SHARE_MIN && episode.errors >= 8) ||
        (episode.share >= 0.02 && episode.errors >= 50)),
  );
  const worst = bad.toSorted((a, b) => b.errors - a.errors)[0];
  const first = bad[0];
  const last = bad.at(-1);
  if (!worst || !first || !last) return [];
  const span = { from: first.span.from, to: last.span.to };
  const errors = bad.reduce((sum, episode) => sum + episode.errors, 0);
  const inBad = bad.reduce((sum, episode) => sum + episode.requests, 0);
  const replies = [...traffic.failures.entries].filter(([, reply]) =>
    overlaps({ from: reply.first, to: reply.last }, span),
  );
  const statuses: Record<string, number> = {};
  for (const [key, reply] of replies) {
    const status = key.slice(0, 3);
    statuses[status] = (statuses[status] ?? 0) + reply.count;
  }
  const pages = replies.filter(([key, reply]) => looksLikeErrorPage(key, reply.count, countDistinct(reply.targets)));
  const main = replies.toSorted((a, b) => b[1].count - a[1].count).flatMap(([, reply]) => reply.examples.slice(0, 2));
  return [
    {
      id: 'site-error',
      span: {
        from: Math.max(span.from, Math.min(...replies.map(([, reply]) => reply.first))),
        to: Math.min(span.to, Math.max(...replies.map(([, reply]) => reply.last))),
      },
      certainty: 'observed',
      measure: {
        errors,
        requests: inBad,
        share: errors / Math.max(1, inBad),
        normalShare: (outside - errors) / Math.max(1, requests - inBad),
        visitors: Math.max(0, ...replies.map(([, reply]) => countDistinct(reply.sources))),
        databasePages: pages.reduce((sum, [, reply]) => sum + reply.count, 0),
        seenBy: 'access-log',
        statuses,
      },
      evidence: main.slice(0, 4),
    },
  ];
}

/** Status 500 with one size for different pages, larger than a web server's own error page: a page that the application made. */
function looksLikeErrorPage(key: string, count: number, targets: number): boolean {
  const bytes = Number(key.slice(4));
  return key.startsWith('500 ') && bytes >= PAGE_MIN_BYTES && bytes <= PAGE_MAX_BYTES && count >= 2 && targets >= 2;
}

function fromProbe(dossier: Dossier): Symptom<'site-error'>[] {
  const probes = dossier.samples.filter((sample) => sample.probe !== undefined);
  const failed = probes.filter(
    (sample) => (sample.probe?.status ?? 0) >= 500 || DATABASE_PAGE.test(sample.probe?.body ?? ''),
  );
  const first = failed[0];
  const last = failed.at(-1);
  if (!first || !last || failed.length < 2) return [];
  const statuses: Record<string, number> = {};
  for (const { probe } of failed)
    statuses[String(probe?.status ?? 0)] = (statuses[String(probe?.status ?? 0)] ?? 0) + 1;
  return [
    {
      id: 'site-error',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: {
        errors: failed.length,
        requests: probes.length,
        share: failed.length / probes.length,
        normalShare: 0,
        visitors: 1,
        databasePages: failed.filter((sample) => DATABASE_PAGE.test(sample.probe?.body ?? '')).length,
        seenBy: 'probe',
        statuses,
      },
      evidence: quotes(failed),
    },
  ];
}

/** Without an access log and a probe: what the web server complains of is what visitors got. */
function fromErrorLog(dossier: Dossier): Symptom<'site-error'>[] {
  if (dossier.traffic) return [];
  const web = eventsOf(dossier, 'web', (event) =>
    ['upstream-timeout', 'upstream-refused', 'upstream-closed', 'script-timeout', 'premature-end'].includes(event.what),
  );
  const php = eventsOf(
    dossier,
    'php',
    (event) => event.level === 'fatal' || event.level === 'parse' || event.what.startsWith('database-'),
  );
  const all = [...web, ...php].sort((a, b) => a.at - b.at);
  const errors = totalOf(all);
  if (errors < ERRORS_MIN) return [];
  return [
    {
      id: 'site-error',
      span: eventSpan(all),
      certainty: 'inferred',
      measure: {
        errors,
        requests: errors,
        share: 1,
        normalShare: 0,
        visitors: 0,
        databasePages: 0,
        seenBy: 'error-log',
        statuses: {},
      },
      evidence: quotes(all),
    },
  ];
}

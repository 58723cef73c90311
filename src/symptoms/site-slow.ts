// Answers take far longer than this host's baseline, or clients give up waiting.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { SliceProfile } from '../model/traffic.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';
import { calm, dominant, episodes, joinedSlices, median, sampledEpisodes } from './view/series.ts';

const SLOW_MS = 2000;
const TIMES_NORMAL = 4;
const GAVE_UP_MIN = 10;
/** Requests in a slice that make a quantile worth something. */
const REQUESTS_MIN = 5;
/** Narrower slices hold too few requests to compare. */
const WINDOW_MS = 10_000;

export const siteSlow: Detector<'site-slow'> = {
  id: 'site-slow',
  detect(dossier) {
    const found = [...fromProbe(dossier), ...fromLog(dossier)];
    return found.length > 0 ? found : fromErrorLog(dossier);
  },
};

function fromProbe(dossier: Dossier): Symptom<'site-slow'>[] {
  const points = dossier.samples.flatMap((sample) =>
    sample.probe ? [{ at: sample.at, value: sample.probe.ms, evidence: sample.evidence }] : [],
  );
  const normal = calm(points.map((point) => point.value)) ?? 0;
  const slow = sampledEpisodes(points, (point) => point.value >= Math.max(SLOW_MS, normal * TIMES_NORMAL), 60_000).sort(
    (a, b) => b.length - a.length,
  )[0];
  const first = slow?.[0];
  const last = slow?.at(-1);
  if (!slow || slow.length < 2 || !first || !last) return [];
  const slowMs = median(slow.map((point) => point.value)) ?? SLOW_MS;
  return [
    {
      id: 'site-slow',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: { slowMs, normalMs: normal, gaveUp: 0, seenBy: 'probe' },
      evidence: quotes(slow),
    },
  ];
}

function fromLog(dossier: Dossier): Symptom<'site-slow'>[] {
  const traffic = dossier.traffic;
  if (!traffic) return [];
  const slices = joinedSlices(traffic, WINDOW_MS);
  const widthMs = slices[0]?.widthMs ?? traffic.sliceMs;
  const points = slices.map((slice) => ({
    at: slice.from,
    slowMs: slowTenth(slice.profile),
    gaveUp: slice.profile.total.gaveUp,
    ...visitorsOf(slice.profile),
  }));
  const normalMs = calm(points.flatMap((point) => (point.slowMs === undefined ? [] : [point.slowMs])));
  const gapMs = Math.max(120_000, widthMs * 2);
  const slow = episodes(
    points,
    (point) =>
      (point.slowMs !== undefined && point.slowMs >= Math.max(SLOW_MS, (normalMs ?? 0) * TIMES_NORMAL)) ||
      (point.gaveUp >= 2 && point.gaveUp >= point.requests * 0.05) ||
      (point.visitorsGaveUp >= 1 && point.visitorsGaveUp >= point.visitorRequests * 0.05),
    gapMs,
  )
    .map((episode) => ({
      episode,
      gaveUp: episode.reduce((sum, point) => sum + point.gaveUp, 0),
      timed: episode.filter((point) => point.slowMs !== undefined && point.slowMs >= SLOW_MS).length,
    }))
    .filter(({ gaveUp, timed }) => gaveUp >= GAVE_UP_MIN || timed >= 2)
    .sort((a, b) => b.episode.length - a.episode.length)[0];
  const first = slow?.episode[0];
  const last = slow?.episode.at(-1);
  if (!slow || !first || !last) return [];
  const slowMs = median(slow.episode.flatMap((point) => (point.slowMs === undefined ? [] : [point.slowMs])));
  const waiting = [...traffic.sources.entries.values()]
    .filter((detail) => detail.gaveUp > 0)
    .sort((a, b) => b.gaveUp - a.gaveUp)[0];
  return [
    {
      id: 'site-slow',
      span: { from: first.at, to: Math.min(last.at + widthMs, traffic.whole.total.last) },
      certainty: 'observed',
      measure: {
        gaveUp: slow.gaveUp,
        seenBy: 'access-log',
        ...(slowMs !== undefined && { slowMs }),
        ...(normalMs !== undefined && { normalMs }),
      },
      evidence: waiting?.examples.slice(0, 2) ?? [],
    },
  ];
}

/** All requests, and those of others than the network that asks most. */
function visitorsOf(profile: SliceProfile): { requests: number; visitorRequests: number; visitorsGaveUp: number } {
  const apart = dominant(profile);
  const { requests, gaveUp } = profile.total;
  return {
    requests,
    visitorRequests: requests - (apart?.requests ?? 0),
    visitorsGaveUp: gaveUp - (apart?.gaveUp ?? 0),
  };
}

/** The time that nine tenths of the requests stayed below, ms (to a power of two). */
function slowTenth(profile: SliceProfile): number | undefined {
  const all = profile.durations.reduce((sum, times) => sum + times, 0);
  if (all < REQUESTS_MIN) return undefined;
  let seen = 0;
  for (let i = 0; i < profile.durations.length; i++) {
    seen += profile.durations[i] ?? 0;
    if (seen >= all * 0.9) return 2 ** i;
  }
  return undefined;
}

/** Without times: PHP-FPM's slow log and scripts that ran into their time-out. */
function fromErrorLog(dossier: Dossier): Symptom<'site-slow'>[] {
  const slow = [
    ...eventsOf(dossier, 'fpm', (event) => event.what === 'slow-request' || event.what === 'terminated'),
    ...eventsOf(dossier, 'web', (event) => event.what === 'upstream-timeout' || event.what === 'script-timeout'),
    ...eventsOf(dossier, 'php', (event) => event.what === 'max-execution-time'),
  ].sort((a, b) => a.at - b.at);
  if (totalOf(slow) < 3) return [];
  return [
    {
      id: 'site-slow',
      span: eventSpan(slow),
      certainty: 'inferred',
      measure: { gaveUp: 0, seenBy: 'error-log' },
      evidence: quotes(slow),
    },
  ];
}

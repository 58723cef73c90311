// Many more distinct visitors than normal, at once.
import { countDistinct, distinct, mergeDistinct } from '../model/distinct.ts';
import { heaviest } from '../model/table.ts';
import { profileWithin, type Traffic, weightOf } from '../model/traffic.ts';
import type { Detector } from './view/detector.ts';
import { calm, episodes } from './view/series.ts';

const RATIO_MIN = 3;
/** Distinct addresses within a window; fewer are chance. */
const VISITORS_MIN = 25;
/** Windows to compare: enough of them to know what is normal, and each long enough to hold some visitors. */
const WINDOWS = 48;
const WINDOW_MIN_MS = 15_000;

export const trafficSpike: Detector<'traffic-spike'> = {
  id: 'traffic-spike',
  detect(dossier) {
    const traffic = dossier.traffic;
    if (!traffic) return [];
    const { windows, widthMs } = visitorWindows(traffic);
    if (windows.length < 4) return [];
    const normal = calm(windows.map((window) => window.value)) ?? 0;
    const holds = (window: (typeof windows)[number]): boolean =>
      window.value >= Math.max(VISITORS_MIN, normal * RATIO_MIN);
    const spike = episodes(windows, holds, widthMs * 2).sort((a, b) => peakOf(b) - peakOf(a))[0];
    const first = spike?.[0];
    const last = spike?.at(-1);
    if (!spike || !first || !last) return [];
    const span = { from: first.at, to: last.at + widthMs };
    const peak = peakOf(spike);
    const during = profileWithin(traffic, span.from, span.to);
    const [host, referred] = heaviest(during.referers, weightOf, 1)[0] ?? [];
    const led = host !== undefined && referred !== undefined && referred.requests >= during.total.requests * 0.3;
    const newcomer = [...traffic.sources.entries.values()].find(
      (detail) => detail.first >= span.from && detail.first <= span.to,
    );
    return [
      {
        id: 'traffic-spike',
        span,
        certainty: 'observed',
        measure: {
          visitors: peak,
          normalVisitors: normal,
          perSeconds: widthMs / 1000,
          ratio: peak / Math.max(1, normal),
          ...(led && { referer: host }),
        },
        evidence: newcomer?.examples.slice(0, 2) ?? [],
      },
    ];
  },
};

function peakOf(windows: readonly { readonly value: number }[]): number {
  return Math.max(...windows.map((window) => window.value));
}

/** Distinct addresses in windows of equal width over the whole record, empty ones included. */
function visitorWindows(traffic: Traffic): { windows: { at: number; value: number }[]; widthMs: number } {
  const first = traffic.slices[0]?.from ?? 0;
  const last = (traffic.slices.at(-1)?.from ?? first) + traffic.sliceMs;
  const slicesEach = Math.max(1, Math.ceil(Math.max((last - first) / WINDOWS, WINDOW_MIN_MS) / traffic.sliceMs));
  const widthMs = slicesEach * traffic.sliceMs;
  const windows: { at: number; value: number }[] = [];
  for (let at = first; at < last; at += widthMs) {
    const members = distinct(12);
    for (const slice of traffic.slices)
      if (slice.from >= at && slice.from < at + widthMs) mergeDistinct(members, slice.profile.total.members);
    windows.push({ at, value: countDistinct(members) });
  }
  return { windows, widthMs };
}

// Many more distinct visitors than normal, at once.
import { heaviest } from '../model/table.ts';
import { type EpochMs, within } from '../model/time.ts';
import { profileWithin, type Traffic, weightOf } from '../model/traffic.ts';
import { behaviourOf } from './view/behaviour.ts';
import type { Detector } from './view/detector.ts';
import { episodes, median, quantile, visitorWindows } from './view/series.ts';

const RATIO_MIN = 3;
/** Above the busiest other time by this factor: a day that fills up from night to noon is no rush. */
const ABOVE_REST = 1.6;
/** A crowd is there within minutes; a day takes hours to fill up. */
const RISE_MS = 15 * 60_000;
/** Up to so much above the usual a window is calm. */
const CALM_TIMES = 1.5;
/** Distinct addresses within a window; fewer are chance. */
const VISITORS_MIN = 25;
/** Of `Behaviour.human`: callers that act like programs are no visitors. */
const HUMAN_MIN = 0.4;
/** A rush may falter for so many windows: while the site is down, nobody is logged. */
const PAUSE = 6;

export const trafficSpike: Detector<'traffic-spike'> = {
  id: 'traffic-spike',
  detect(dossier) {
    const traffic = dossier.traffic;
    if (!traffic) return [];
    const { windows, widthMs } = visitorWindows(traffic);
    const spike = spikeIn(windows, widthMs);
    const first = spike?.rush[0];
    const last = spike?.rush.at(-1);
    if (!spike || !first || !last) return [];
    const span = { from: first.at, to: last.at + widthMs };
    const newcomers = [...traffic.sources.entries.values()].filter((detail) => within(span, detail.first));
    const peak = peakOf(spike.rush);
    const visitors =
      peak * peopleShare(traffic, spike.rush.find(({ value }) => value === peak)?.at ?? first.at, widthMs);
    if (visitors < Math.max(VISITORS_MIN, spike.normal * RATIO_MIN)) return [];
    const during = profileWithin(traffic, span.from, span.to);
    const [host, referred] = heaviest(during.referers, weightOf, 1)[0] ?? [];
    const led = host !== undefined && referred !== undefined && referred.requests >= during.total.requests * 0.3;
    return [
      {
        id: 'traffic-spike',
        span,
        certainty: 'observed',
        measure: {
          visitors: peak,
          normalVisitors: spike.normal,
          perSeconds: widthMs / 1000,
          ratio: peak / Math.max(1, spike.normal),
          ...(led && { referer: host }),
        },
        evidence: newcomers[0]?.examples.slice(0, 2) ?? [],
      },
    ];
  },
};

/** Of the addresses that are about in a window, the share that acts like people. */
function peopleShare(traffic: Traffic, at: EpochMs, widthMs: number): number {
  const about = [...traffic.sources.entries.values()].filter(
    (detail) => detail.first <= at + widthMs && detail.last >= at,
  );
  const people = about.filter((detail) => behaviourOf([detail]).human >= HUMAN_MIN);
  return people.length / Math.max(1, about.length);
}

interface Window {
  readonly at: EpochMs;
  readonly value: number;
}

/** The stretch around the busiest window, if it stands out from all other times. */
function spikeIn(windows: readonly Window[], widthMs: number): { rush: readonly Window[]; normal: number } | undefined {
  if (windows.length < 4) return undefined;
  const peak = peakOf(windows);
  const rush = episodes(windows, (window) => window.value >= peak / 2, widthMs * PAUSE).find(
    (episode) => peakOf(episode) === peak,
  );
  const first = rush?.[0];
  const last = rush?.at(-1);
  if (!rush || !first || !last) return undefined;
  // The windows beside it belong to its rise and fall; where nothing was logged, nothing is known of what is normal.
  const rest = windows.filter(({ at, value }) => value > 0 && (at < first.at - widthMs || at > last.at + widthMs));
  const values = rest.map(({ value }) => value);
  const normal = median(values);
  if (normal === undefined || rest.length < Math.max(3, rush.length / 2)) return undefined;
  const before = windows.filter(({ at }) => at < first.at && at >= first.at - widthMs * 2);
  const busiest = quantile(values, 0.95) ?? normal;
  const standsOut = peak >= Math.max(VISITORS_MIN, normal * RATIO_MIN, busiest * ABOVE_REST);
  return standsOut && !isQueueLetIn(before, normal) && risesAtOnce(windows, first.at, normal, widthMs)
    ? { rush, normal }
    : undefined;
}

function risesAtOnce(windows: readonly Window[], from: EpochMs, normal: number, widthMs: number): boolean {
  const before = windows.filter(({ at }) => at < from);
  const calm = before.findLast(({ value }) => value <= normal * CALM_TIMES);
  return calm === undefined ? before.length <= 2 : from - calm.at <= Math.max(RISE_MS, widthMs * 2);
}

/** Right after an outage, those who had waited come in at once. */
function isQueueLetIn(before: readonly Window[], normal: number): boolean {
  return before.length > 0 && before.every(({ value }) => value < normal * 0.2);
}

function peakOf(windows: readonly Window[]): number {
  return Math.max(...windows.map((window) => window.value));
}

// The host swaps in and out at once, steadily: it moves memory instead of working.
import type { Detector } from './view/detector.ts';
import { quotes } from './view/events.ts';
import { sampledEpisodes } from './view/series.ts';

/** Pages a second, each way: some megabytes. */
const PAGES_PER_S = 200;
/** A swap that is this full, while memory is scarce or waited for. */
const SWAP_USED = 0.6;

export const swapThrash: Detector<'swap-thrash'> = {
  id: 'swap-thrash',
  detect(dossier) {
    const points = dossier.samples.map((sample) => {
      const { swapTotalKb, swapFreeKb, availableKb, totalKb } = sample.memory ?? {};
      const usedKb =
        swapTotalKb !== undefined && swapTotalKb > 0 && swapFreeKb !== undefined ? swapTotalKb - swapFreeKb : undefined;
      const full = usedKb !== undefined && swapTotalKb !== undefined && usedKb / swapTotalKb >= SWAP_USED;
      const scarce = availableKb !== undefined && totalKb !== undefined && availableKb / totalKb < 0.1;
      const waits = (sample.pressure?.memorySome ?? 0) >= 20;
      const both = (sample.swapping?.inPerS ?? 0) >= PAGES_PER_S && (sample.swapping?.outPerS ?? 0) >= PAGES_PER_S;
      return {
        at: sample.at,
        evidence: sample.evidence,
        usedKb,
        swapping: sample.swapping,
        holds: both || (full && scarce && waits) || (full && scarce && sample.pressure === undefined),
      };
    });
    const worst = sampledEpisodes(points, (point) => point.holds, 120_000).sort((a, b) => b.length - a.length)[0];
    const first = worst?.[0];
    const last = worst?.at(-1);
    if (!worst || !first || !last) return [];
    const most = Math.max(...worst.map((point) => point.usedKb ?? 0));
    const inPerS = Math.max(...worst.map((point) => point.swapping?.inPerS ?? 0));
    const outPerS = Math.max(...worst.map((point) => point.swapping?.outPerS ?? 0));
    return [
      {
        id: 'swap-thrash',
        span: { from: first.at, to: last.at },
        certainty: inPerS > 0 ? 'observed' : 'inferred',
        measure: { ...(inPerS > 0 && { inPerS, outPerS }), ...(most > 0 && { swapUsedKb: most }) },
        evidence: quotes(worst),
      },
    ];
  },
};

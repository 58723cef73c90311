// The load average is far above the host's cores and its own normal, and rising where there is more than one look at it.
import type { Detector } from './view/detector.ts';
import { quotes } from './view/events.ts';
import { calm, isBrief, sampledEpisodes } from './view/series.ts';

/** Runnable and waiting processes per core. */
const PER_CORE = 4;
/** Cores of a small server, where nothing says how many there are. */
const CPUS_ASSUMED = 3;

export const loadSpike: Detector<'load-spike'> = {
  id: 'load-spike',
  detect(dossier) {
    const cpus = dossier.host.cpus;
    const points = dossier.samples.flatMap((sample) =>
      sample.load ? [{ at: sample.at, load: sample.load, evidence: sample.evidence }] : [],
    );
    const normal = calm(points.map((point) => point.load[0]));
    const brief = isBrief(points);
    const high = PER_CORE * (cpus ?? CPUS_ASSUMED);
    const holds = ({ load }: (typeof points)[number]): boolean =>
      load[0] >= high && load[0] >= (brief ? 0 : (normal ?? 0) * 2) && (brief || load[0] >= load[2] * 1.2);
    const worst = sampledEpisodes(points, holds, 120_000).sort((a, b) => peakOf(b) - peakOf(a))[0];
    const first = worst?.[0];
    const last = worst?.at(-1);
    if (!worst || !first || !last) return [];
    return [
      {
        id: 'load-spike',
        span: { from: first.at, to: last.at },
        certainty: 'observed',
        measure: {
          peak: peakOf(worst),
          ...(!brief && normal !== undefined && { normal }),
          ...(cpus !== undefined && { cpus }),
        },
        evidence: quotes(worst),
      },
    ];
  },
};

function peakOf(points: readonly { readonly load: readonly [number, number, number] }[]): number {
  return Math.max(...points.map((point) => point.load[0]));
}

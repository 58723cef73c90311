// Requests for things that are not there and that attackers look for, beyond the trickle that every server gets.
import { countDistinct, distinct, mergeDistinct } from '../model/distinct.ts';
import { SOURCES_NAMED } from '../model/symptom.ts';
import { spanUnion } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { type SourceView, trafficView } from './view/traffic-view.ts';

/** One source that tries this much, with this many different targets, is at work. */
const SOURCE_MIN = 40;
const DIFFERENT_MIN = 15;
/** All sources together, and as a share of all requests. */
const TOTAL_MIN = 150;
const TOTAL_SHARE = 0.1;
/** Many who call one script that is gone are visitors of it. */
const DIFFERENT_TOGETHER = 5;

export const scanProbes: Detector<'scan-probes'> = {
  id: 'scan-probes',
  detect(dossier) {
    const view = trafficView(dossier);
    if (!view) return [];
    const probing = view.addresses.filter((source) => probesOf(source) > 0).sort((a, b) => probesOf(b) - probesOf(a));
    const total = probing.reduce((sum, source) => sum + probesOf(source), 0);
    const single = probing.filter((source) => probesOf(source) >= SOURCE_MIN && differentOf(source) >= DIFFERENT_MIN);
    const all = view.traffic.whole.total.requests;
    const scanners =
      single.length > 0
        ? single
        : total >= TOTAL_MIN && total >= all * TOTAL_SHARE
          ? together(probing.filter((source) => probesOf(source) >= source.requests * 0.5))
          : [];
    const span = spanUnion(scanners.map((source) => source.core));
    if (!span) return [];
    return [
      {
        id: 'scan-probes',
        span,
        certainty: 'observed',
        measure: {
          requests: scanners.reduce((sum, source) => sum + probesOf(source), 0),
          sources: scanners.slice(0, SOURCES_NAMED).map((source) => source.id),
          sourceCount: scanners.length,
          different: Math.max(...scanners.map(differentOf)),
        },
        evidence: scanners.slice(0, 3).flatMap((source) => source.details[0]?.examples.slice(0, 2) ?? []),
      },
    ];
  },
};

function together(sources: readonly SourceView[]): readonly SourceView[] {
  const different = distinct();
  for (const source of sources) for (const detail of source.details) mergeDistinct(different, detail.probed);
  return countDistinct(different) >= DIFFERENT_TOGETHER ? sources : [];
}

function probesOf(source: SourceView): number {
  return source.details.reduce((sum, detail) => sum + detail.probes, 0);
}

function differentOf(source: SourceView): number {
  return source.details.reduce((sum, detail) => sum + countDistinct(detail.probed), 0);
}

// A declared robot asks beyond its normal share: enough of it to matter.

import { declaredRobot } from '../model/robots.ts';
import { SOURCES_NAMED, type Symptom } from '../model/symptom.ts';
import { spanUnion } from '../model/time.ts';
import type { Detector } from './view/detector.ts';
import { type SourceView, trafficView } from './view/traffic-view.ts';

const REQUESTS_MIN = 150;
const COST_SHARE = 0.35;
/** Workers held on average. */
const HELD_MIN = 0.25;

export const crawlerStorm: Detector<'crawler-storm'> = {
  id: 'crawler-storm',
  detect(dossier) {
    const view = trafficView(dossier);
    if (!view) return [];
    const byRobot = new Map<string, SourceView[]>();
    for (const source of view.addresses) {
      const robot = declaredRobot(source.agent);
      if (robot === undefined) continue;
      const list = byRobot.get(robot) ?? [];
      list.push(source);
      byRobot.set(robot, list);
    }
    const storms = [...byRobot].flatMap(([robot, sources]): Symptom<'crawler-storm'>[] => {
      const span = spanUnion(sources.map((source) => source.core));
      const requests = sources.reduce((sum, source) => sum + source.requests, 0);
      if (!span || requests < REQUESTS_MIN) return [];
      const workerS = sources.reduce((sum, source) => sum + source.workerS, 0);
      const costShare = workerS / Math.max(0.001, view.costWithin(span));
      const held = workerS / Math.max(1, (span.to - span.from) / 1000);
      if (costShare < COST_SHARE || held < HELD_MIN) return [];
      return [
        {
          id: 'crawler-storm',
          span,
          certainty: 'observed',
          measure: {
            robot,
            agent: sources[0]?.agent ?? robot,
            requests,
            costShare: Math.min(1, costShare),
            sources: sources.slice(0, SOURCES_NAMED).map((source) => source.id),
            sourceCount: sources.length,
          },
          evidence: sources.slice(0, 2).flatMap((source) => source.details[0]?.examples.slice(0, 2) ?? []),
        },
      ];
    });
    return storms.sort((a, b) => b.measure.costShare - a.measure.costShare).slice(0, 3);
  },
};

// Robots that ask for too much: those that look for holes, and those that say who they are and crawl beyond the host's means.
import { count, percent } from '../../model/figures.ts';
import { blame, costOf } from '../blame.ts';
import { type CauseRule, type Hypothesis, weighed } from '../hypothesis.ts';
import type { Scene } from '../scene.ts';
import { timeDoubts, weightDoubts, wouldShowWaiting } from './traffic.ts';

export const vulnerabilityScan: CauseRule = {
  causes: ['vulnerability-scan'],
  weigh(scene) {
    const root = scene.first('scan-probes');
    if (!root) return [];
    const cost = costOf(scene, root.measure.sources, root.span);
    const { score, doubts } = weighed(scene.harm ? 0.9 : 0.7, [
      ...timeDoubts(scene, root, 'the probes'),
      ...weightDoubts(scene, cost, 'the probes'),
    ]);
    const culprits = blame(scene, root.measure.sources, root.span, (source) => {
      const probes = source.details.reduce((sum, detail) => sum + detail.probes, 0);
      return [`${count(probes)} of its requests were for things that attackers look for.`];
    });
    return [{ cause: 'vulnerability-scan', score, root, culprits, remarks: [], doubts }];
  },
};

export const aggressiveCrawler: CauseRule = {
  causes: ['aggressive-crawler'],
  weigh: (scene) => scene.all('crawler-storm').map((root) => crawlerHypothesis(scene, root)),
};

function crawlerHypothesis(scene: Scene, root: ReturnType<Scene['all']>[number] & { id: 'crawler-storm' }): Hypothesis {
  const cost = costOf(scene, root.measure.sources, root.span);
  const base = scene.harm ? 0.9 : wouldShowWaiting(scene) ? 0.3 : 0.5;
  const { score, doubts } = weighed(base, [
    ...timeDoubts(scene, root, 'the crawl'),
    ...weightDoubts(scene, { ...cost, share: Math.max(cost.share, root.measure.costShare) }, 'the crawl'),
    scene.harm ? undefined : [1, ''],
  ]);
  const culprits = blame(scene, root.measure.sources, root.span);
  const proved = root.measure.sources.length > 0 && culprits.length === 0;
  const remarks = proved
    ? [
        `The robot is who it says: it is never blocked, but it can be asked to go slower (${percent(root.measure.costShare)} of the worker time).`,
      ]
    : [];
  return { cause: 'aggressive-crawler', score, root, culprits, remarks, doubts };
}

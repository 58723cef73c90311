// A crowd: many real visitors at once. Nobody is to blame, and nobody may be blocked.
import { percent } from '../../model/figures.ts';
import { within } from '../../model/time.ts';
import { behaviourOf } from '../../symptoms/view/behaviour.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import type { Scene } from '../scene.ts';
import { timeDoubts } from './traffic.ts';

/** One source with such a share of the worker time is no crowd. */
const TOP_SHARE_MAX = 0.3;
/** Of `Behaviour.human`: people in front of browsers. */
const HUMAN_MIN = 0.5;

export const flashCrowd: CauseRule = {
  causes: ['flash-crowd'],
  weigh(scene) {
    const root = scene.first('traffic-spike');
    if (!root || !scene.harm) return [];
    const behaviour = behaviourOf(newcomers(scene));
    const top = topShare(scene);
    const { score, doubts } = weighed(0.82, [
      ...timeDoubts(scene, root, 'the rush'),
      behaviour.human >= HUMAN_MIN
        ? undefined
        : [
            0.4,
            `the newcomers do not act like people: ${percent(behaviour.fetchesAssets)} of them loaded what belongs to a page`,
          ],
      top.share <= TOP_SHARE_MAX
        ? undefined
        : [0.5, `one source, ${top.id}, took ${percent(top.share)} of the worker time`],
    ]);
    const remarks = [
      'A browser loads what belongs to a page, and comes by a link: these did. Nobody is blocked for coming.',
    ];
    return [{ cause: 'flash-crowd', score, root, culprits: [], remarks, doubts }];
  },
};

/** Who came first during the rush. */
function newcomers(scene: Scene) {
  const root = scene.first('traffic-spike');
  if (!root || !scene.traffic) return [];
  return [...scene.traffic.traffic.sources.entries.values()].filter((detail) => within(root.span, detail.first));
}

function topShare(scene: Scene): { id: string; share: number } {
  const root = scene.first('traffic-spike');
  const inside =
    scene.traffic?.addresses.filter(
      (source) => root && source.core.from <= root.span.to && source.core.to >= root.span.from,
    ) ?? [];
  const total = root ? (scene.traffic?.costWithin(root.span) ?? 0) : 0;
  const top = inside.toSorted((a, b) => b.workerS - a.workerS)[0];
  return top ? { id: top.id, share: Math.min(1, top.workerS / Math.max(1, total)) } : { id: '', share: 0 };
}

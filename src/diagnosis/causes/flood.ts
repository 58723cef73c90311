// Floods: one source, one network whose addresses rotate, or many unrelated ones ask for more work than the host has.

import { count, percent } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { blame, costByOwner, ownerWords } from '../blame.ts';
import { type CauseRule, type Hypothesis, weighed } from '../hypothesis.ts';
import { beginOf, type Scene } from '../scene.ts';
import { timeDoubts, weightDoubts, wouldShowWaiting } from './traffic.ts';

export const flood: CauseRule = {
  causes: ['request-flood', 'distributed-flood'],
  weigh: (scene) => scene.all('request-flood').map((root) => floodHypothesis(scene, root)),
};

function floodHypothesis(scene: Scene, root: Symptom<'request-flood'>): Hypothesis {
  const distributed = root.measure.kind === 'distributed';
  const cost = { workerS: root.measure.workerS, share: root.measure.costShare, requests: root.measure.requests };
  const base = scene.harm ? (distributed ? 0.84 : 0.87) : wouldShowWaiting(scene) ? 0.3 : 0.5;
  const { score, doubts } = weighed(base, [
    ...timeDoubts(scene, root, 'these requests'),
    ...weightDoubts(scene, cost, 'they'),
    explainedBetter(scene, root),
  ]);
  // None of many unrelated sources matters alone, and among them are networks of visitors.
  const culprits = distributed ? [] : blame(scene, root.measure.sources, root.span);
  return {
    cause: distributed ? 'distributed-flood' : 'request-flood',
    score,
    root,
    culprits,
    remarks: distributed ? ownerRemarks(scene) : [],
    doubts,
  };
}

/** The same requests have a class of their own: what they are says more than how many they are. */
function explainedBetter(scene: Scene, root: Symptom<'request-flood'>): readonly [number, string] | undefined {
  const sources = new Set(root.measure.sources);
  const shares = (ids: readonly string[] | undefined): boolean => ids?.some((id) => sources.has(id)) ?? false;
  if (shares(scene.first('pingback-requests')?.measure.sources))
    return [0.5, 'the same requests are pingback calls, which says more'];
  if (shares(scene.first('login-failures')?.measure.sources))
    return [0.5, 'the same requests are password guesses, which says more'];
  if (shares(scene.first('scan-probes')?.measure.sources))
    return [0.5, 'the same requests are probes for holes, which says more'];
  if (scene.all('crawler-storm').some((storm) => shares(storm.measure.sources)))
    return [0.5, 'the same requests are those of a robot that says what it is'];
  const slow = scene.first('slow-clients');
  if (
    slow &&
    (slow.measure.topSource === undefined ||
      sources.has(slow.measure.topSource) ||
      beginOf(scene, ['slow-clients']) === scene.harm?.from)
  ) {
    return [0.5, 'the same source held its connections open without asking for anything, which says more'];
  }
  return undefined;
}

/** Many networks may still have one owner: then that is who can be told. */
function ownerRemarks(scene: Scene): string[] {
  const [first] = costByOwner(scene);
  if (!first || first.addresses < 5 || first.share < 0.3) return [];
  return [
    `${count(first.addresses)} addresses of ${ownerWords(first)} took ${percent(first.share)} of the worker time: that owner can be told, but visitors may share the network.`,
  ];
}

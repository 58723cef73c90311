// The chain: from the root, step by step along the mechanisms, to everything that it explains.
import type { Symptom } from '../model/symptom.ts';
import type { ChainLink } from '../model/verdict.ts';
import { HOST_MECHANISMS } from './mechanisms/host.ts';
import { holds, type Mechanism } from './mechanisms/mechanism.ts';
import { TRAFFIC_MECHANISMS } from './mechanisms/traffic.ts';
import type { Scene } from './scene.ts';

const MECHANISMS: readonly Mechanism[] = [...TRAFFIC_MECHANISMS, ...HOST_MECHANISMS];

interface Step {
  readonly symptom: Symptom;
  readonly from: Step | undefined;
  readonly because: string | undefined;
  /** Nothing follows from it: it is its cause seen from another side. */
  readonly aspect: boolean;
}

/**
 * Links in causal order: each follows from an earlier one. What no mechanism ties to the root is not in the chain.
 * A symptom hangs on the nearest of its causes: the one that was found last on the way from the root.
 */
export function chainFrom(root: Symptom | undefined, scene: Scene): ChainLink[] {
  if (!root) return [];
  const steps: Step[] = [{ symptom: root, from: undefined, because: undefined, aspect: false }];
  const waiting = onePerId(scene, root);
  for (let next = nextStep(steps, waiting, scene); next; next = nextStep(steps, waiting, scene)) {
    steps.push(next);
    waiting.splice(waiting.indexOf(next.symptom), 1);
  }
  return ordered(steps);
}

/** The earliest symptom that some mechanism ties to the chain, hung on the latest cause that explains it. */
function nextStep(steps: readonly Step[], waiting: readonly Symptom[], scene: Scene): Step | undefined {
  for (const symptom of waiting) {
    for (const from of steps.toReversed()) {
      if (from.aspect) continue;
      for (const mechanism of MECHANISMS) {
        const because = holds(mechanism, from.symptom, symptom, scene);
        if (because !== undefined) return { symptom, from, because, aspect: mechanism.aspect === true };
      }
    }
  }
  return undefined;
}

/** One symptom of each kind, in order of time; of several the one that `first` gives. */
function onePerId(scene: Scene, root: Symptom): Symptom[] {
  const seen = new Set<string>([root.id]);
  return scene.symptoms.flatMap((symptom) => {
    if (seen.has(symptom.id)) return [];
    seen.add(symptom.id);
    const best = scene.first(symptom.id);
    return best ? [best] : [];
  });
}

/** By depth in the tree, then by time, so that a reader meets each cause before its effects. */
function ordered(steps: readonly Step[]): ChainLink[] {
  const depth = (step: Step): number => (step.from ? depth(step.from) + 1 : 0);
  const sorted = [...steps].sort(
    (a, b) =>
      Number(b.from === undefined) - Number(a.from === undefined) ||
      a.symptom.span.from - b.symptom.span.from ||
      depth(a) - depth(b),
  );
  const placed: Step[] = [];
  // Times of different sources may cross: an effect waits for its cause.
  while (sorted.length > 0) {
    const at = sorted.findIndex((step) => step.from === undefined || placed.includes(step.from));
    placed.push(...sorted.splice(Math.max(0, at), 1));
  }
  return placed.map(({ symptom, from, because }) => ({
    symptom,
    ...(from && { after: placed.indexOf(from) }),
    ...(because !== undefined && { because }),
  }));
}

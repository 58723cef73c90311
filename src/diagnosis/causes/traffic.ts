// What a hypothesis about traffic must stand: it came before the harm, was still there, and took a share that matters.
import { percent } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import type { Cost } from '../blame.ts';
import type { Scene } from '../scene.ts';

/** Traffic that ended this long before the harm began did not bring it about. */
const AFTERWARDS_MS = 600_000;
/** The share of the worker time from which on a source can be what a host suffers from. */
const SHARE_THAT_MATTERS = 0.3;

type Doubt = readonly [factor: number, doubt: string];

/** Doubts by order in time; none when nobody suffered. `subject`: "the pingbacks". */
export function timeDoubts(scene: Scene, root: Symptom, subject: string): (Doubt | undefined)[] {
  const { harm } = scene;
  if (!harm) return [];
  const late = root.span.from - harm.from;
  const early = harm.from - root.span.to;
  return [
    late > scene.toleranceMs * 2
      ? [late > 300_000 ? 0.35 : 0.6, `${subject} began only after the trouble had begun`]
      : undefined,
    early > AFTERWARDS_MS ? [0.4, `${subject} had ended long before the trouble began`] : undefined,
  ];
}

/** Doubts by weight; none when nobody suffered. */
export function weightDoubts(scene: Scene, cost: Cost, subject: string): (Doubt | undefined)[] {
  if (!scene.harm || cost.share >= SHARE_THAT_MATTERS) return [];
  const factor = Math.max(0.35, cost.share / SHARE_THAT_MATTERS);
  return [[factor, `${subject} took ${percent(cost.share)} of the worker time, too little for what the host suffered`]];
}

/** Whether the log or a probe would show visitors who wait. */
export function wouldShowWaiting(scene: Scene): boolean {
  const timing = scene.dossier.traffic?.timing;
  const logged = timing !== undefined && timing.logged > timing.fromOrder + timing.estimated;
  return logged || scene.dossier.samples.some((sample) => sample.probe !== undefined);
}

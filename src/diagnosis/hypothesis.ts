// A hypothesis: one cause, how well it fits the evidence, and what would have to be said if it won or lost.
import type { Symptom } from '../model/symptom.ts';
import type { TimeSpan } from '../model/time.ts';
import type { Cause, Culprit } from '../model/verdict.ts';
import type { Scene } from './scene.ts';

export interface Hypothesis {
  readonly cause: Cause;
  /** 0 to 1: how well it fits. Below `SCORE_MIN` it is not believed even when no other does better. */
  readonly score: number;
  /** The symptom that the chain begins with. */
  readonly root: Symptom | undefined;
  readonly culprits: readonly Culprit[];
  /** What is special in this case, a sentence each, for the report. */
  readonly remarks: readonly string[];
  /** What speaks against it, a clause each: said when it loses. */
  readonly doubts: readonly string[];
  /** When it acted, where the root's span does not say it. */
  readonly span?: TimeSpan;
}

/** One file a cause, or a few that share their evidence. `undefined`: nothing in the evidence speaks for it. */
export interface CauseRule {
  readonly causes: readonly Cause[];
  weigh(scene: Scene): readonly Hypothesis[];
}

/** Below this, a hypothesis is a guess, and naming it could blame an innocent. */
export const SCORE_MIN = 0.4;

/** A score that is worn down by doubts, each with the factor that it costs. */
export interface Weighing {
  readonly score: number;
  readonly doubts: readonly string[];
}

/** `doubts` with a factor of 1 or more cost nothing and are left out. */
export function weighed(
  base: number,
  doubts: readonly (readonly [factor: number, doubt: string] | undefined)[],
): Weighing {
  const real = doubts.filter((doubt) => doubt !== undefined).filter(([factor]) => factor < 1);
  return { score: real.reduce((score, [factor]) => score * factor, base), doubts: real.map(([, doubt]) => doubt) };
}

// A mechanism: how one symptom brings about another. It holds only if the order in time and the arithmetic hold.
import type { Symptom, SymptomId } from '../../model/symptom.ts';
import type { Scene } from '../scene.ts';

export interface Mechanism<F extends SymptomId = SymptomId, T extends SymptomId = SymptomId> {
  readonly from: F;
  readonly to: T;
  /** The effect may begin this long after the cause has ended, s. */
  readonly withinS: number;
  /** The effect may have begun before, for another reason, and goes on because of this cause. */
  readonly keepsUp?: boolean;
  /** The effect is the cause seen from another side (the same requests, counted otherwise): nothing follows from it. */
  readonly aspect?: boolean;
  /** Why the one follows from the other, with the figures; `undefined` when the arithmetic does not hold. */
  because(cause: Symptom<F>, effect: Symptom<T>, scene: Scene): string | undefined;
}

const WITHIN_S = 600;

/** One rule for several causes and one effect. */
export function rule<F extends SymptomId, T extends SymptomId>(
  from: readonly F[],
  to: T,
  because: (cause: Symptom<F>, effect: Symptom<T>, scene: Scene) => string | undefined,
  withinS = WITHIN_S,
): Mechanism[] {
  // The table holds rules of all kinds; `holds` gives each only the symptoms that it names.
  return from.map((id) => ({ from: id, to, withinS, because }) as unknown as Mechanism);
}

/** The same rules, for effects that had begun for another reason and go on because of the cause. */
export function keepingUp(mechanisms: readonly Mechanism[]): Mechanism[] {
  return mechanisms.map((mechanism) => ({ ...mechanism, keepsUp: true }));
}

/** The same rules, for effects that are the cause seen from another side. */
export function aspects(mechanisms: readonly Mechanism[]): Mechanism[] {
  return mechanisms.map((mechanism) => ({ ...mechanism, aspect: true }));
}

/** The words when the mechanism holds between the two, in order of time too; `undefined` when it does not. */
export function holds(mechanism: Mechanism, cause: Symptom, effect: Symptom, scene: Scene): string | undefined {
  if (mechanism.from !== cause.id || mechanism.to !== effect.id) return undefined;
  const before = effect.span.from < cause.span.from - scene.toleranceMs;
  if (before && !(mechanism.keepsUp && effect.span.to >= cause.span.from)) return undefined;
  if (effect.span.from > cause.span.to + mechanism.withinS * 1000) return undefined;
  return mechanism.because(cause, effect, scene);
}

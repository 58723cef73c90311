// The type of a sentence on a symptom, one for each id.
import type { Symptom, SymptomId } from '../../model/symptom.ts';
import type { Clock } from '../text/clock.ts';

/** Says one symptom; the words of an inference are added by `symptomSentence`, unless `sayInferred` is there. */
export type SymptomWords<K extends SymptomId> = (symptom: Symptom<K>, clock: Clock) => string;

export type WordsOf<K extends SymptomId> = { readonly [I in K]: SymptomWords<I> };

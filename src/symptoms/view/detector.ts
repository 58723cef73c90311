// What every detector is: one file, one symptom, a pure function.
import type { Dossier } from '../../model/dossier.ts';
import type { Symptom, SymptomId } from '../../model/symptom.ts';

/** What looks for one kind of symptom in a dossier. Pure: it reads no clock, no file, no environment. */
export interface Detector<K extends SymptomId = SymptomId> {
  readonly id: K;
  detect(dossier: Dossier): readonly Symptom<K>[];
}

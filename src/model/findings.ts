// Findings: all that one diagnosis yields, and all that a report may speak of.
import type { Dossier } from './dossier.ts';
import type { Preview, Reach, RemedyPlan } from './remedy.ts';
import type { Symptom } from './symptom.ts';
import type { Verdict } from './verdict.ts';

/** A remedy that the verdict recommends, with what it would do and whom it would have hit. */
export interface AdvisedRemedy {
  readonly plan: RemedyPlan;
  readonly preview: Preview;
  readonly reach?: Reach;
}

export interface Findings {
  readonly dossier: Dossier;
  readonly symptoms: readonly Symptom[];
  readonly verdict: Verdict;
  readonly remedies: readonly AdvisedRemedy[];
}

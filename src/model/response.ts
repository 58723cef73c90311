// Responding: the steps that bring a site back, what became of each, and whether the site is well again.
import type { Prepared, Proof } from './act.ts';
import type { AdvisedRemedy } from './findings.ts';
import type { RemedyKind, RemedyPlan } from './remedy.ts';
import type { EpochMs } from './time.ts';

/** In the order that works: measured with others, the site was down again at once (docs/respond.md). */
export const STAGES = ['stop', 'limit', 'clear', 'start', 'repair'] as const;

/** stop the cause; limit the workers; clear pile and queue; start what is down; repair what was left open. */
export type Stage = (typeof STAGES)[number];

export interface ResponseStep {
  readonly stage: Stage;
  readonly plan: RemedyPlan;
  /** What it does on any host; what it does on this one is known when it is prepared. */
  readonly title: string;
  /** It is taken only when no remedy of these kinds was, for all whom it is meant for: it hits more people. */
  readonly insteadOf?: readonly RemedyKind[];
}

/** What will be done, and what is left to a person. */
export interface ResponsePlan {
  readonly steps: readonly ResponseStep[];
  /** Recommended too, but not done here: with the commands to type. */
  readonly byHand: readonly AdvisedRemedy[];
  /** Steps that would hit visitors if the diagnosis were wrong, and are left out because it is not sure enough. */
  readonly unsure: readonly ResponseStep[];
}

export type StepOutcome =
  /** `act`: its number in the journal, by which it is undone. */
  | { readonly kind: 'done'; readonly act: number; readonly proofs: readonly Proof[] }
  /** It was done, and what was looked at says that it does not work. It stays until it is undone. */
  | { readonly kind: 'unproved'; readonly act: number; readonly proofs: readonly Proof[] }
  /** It could not be done; what was begun is taken back as far as `why` doesn't say otherwise. */
  | { readonly kind: 'failed'; readonly act?: number; readonly why: string }
  /** It may not or can't be done here. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It is so already, or one before is enough. */
  | { readonly kind: 'unneeded'; readonly why: string }
  | { readonly kind: 'unneeded'; readonly because: RemedyKind }
  | { readonly kind: 'declined' }
  /** A dry run. */
  | { readonly kind: 'planned' };

export interface StepReport {
  readonly step: ResponseStep;
  readonly prepared?: Prepared;
  readonly outcome: StepOutcome;
}

/** One thing that should be well again, with its figures before and now. */
export interface CalmSign {
  readonly of: 'site' | 'workers' | 'memory' | 'pressure' | 'database';
  readonly well: boolean;
  /** "22 php-cgi -> 2". */
  readonly text: string;
}

export interface Calm {
  readonly well: boolean;
  readonly signs: readonly CalmSign[];
  /** Since when it is well without a break. */
  readonly since?: EpochMs;
  /** How long it was watched, in seconds. */
  readonly watchedS: number;
  /** What shows that the trouble goes on: a reason to look again, now that it can be seen at work. */
  readonly relapse?: string;
}

// The verdict: the cause, the chain that leads from it to what visitors saw, who is to blame, and why it is not another.
import type { Evidence } from './evidence.ts';
import type { RemedyPlan } from './remedy.ts';
import type { Symptom } from './symptom.ts';
import type { TimeSpan } from './time.ts';

/** The closed list of causes; what each is stands in docs/causes.md. */
export const CAUSES = [
  'request-flood',
  'distributed-flood',
  'login-brute-force',
  'pingback-abuse',
  'vulnerability-scan',
  'aggressive-crawler',
  'flash-crowd',
  'slow-client-attack',
  'syn-flood',
  'worker-limit-too-high',
  'memory-hog',
  'slow-backend',
  'slow-database',
  'connection-limit',
  'database-access',
  'database-wont-start',
  'service-crashed',
  'application-error',
  'disk-full',
  'service-stopped',
  'none',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];

/** One link of the chain: a symptom, and the step that leads to it from an earlier link. */
export interface ChainLink {
  readonly symptom: Symptom;
  /** Index in the chain of the link that it follows from; absent for the first. */
  readonly after?: number;
  /** Why it follows from that link: the rule, and the arithmetic with its figures. */
  readonly because?: string;
}

export interface Rival {
  readonly cause: Cause;
  /** 0 to 1, on the scale of the verdict's confidence. */
  readonly score: number;
  /** Why it lost. */
  readonly lost: string;
}

/** Evidence that would make the verdict surer, and how to get it. */
export interface Missing {
  readonly what: string;
  /** A command that brings it; run it where the evidence is from. */
  readonly command: string;
}

export interface Culprit {
  readonly kind: 'address' | 'network' | 'process' | 'service';
  /** An address, a CIDR, a program's name, a unit or host name. */
  readonly id: string;
  /** Share of the cost, 0 to 1: worker-seconds for traffic, memory for a process. */
  readonly share: number;
  readonly requests?: number;
  readonly workerSeconds?: number;
  /** What is known about it, a sentence each. */
  readonly facts: readonly string[];
}

export interface Verdict {
  readonly cause: Cause;
  /** 0 to 1. */
  readonly confidence: number;
  /** Whether a guessed password was accepted. `unknown`: guesses were seen, and the evidence can't tell. */
  readonly compromised: 'no' | 'possible' | 'unknown';
  /** What shows it, when `possible`. */
  readonly compromiseEvidence: readonly Evidence[];
  readonly chain: readonly ChainLink[];
  readonly rivals: readonly Rival[];
  readonly missing: readonly Missing[];
  readonly culprits: readonly Culprit[];
  /** When it happened. */
  readonly span?: TimeSpan;
  /** What happened in the cause's own terms, where the symptoms don't say it: "the disk was filled by /var/www/debug.log". */
  readonly remarks: readonly string[];
  /** Acts that would help, in the order to take them. */
  readonly plans: readonly RemedyPlan[];
}

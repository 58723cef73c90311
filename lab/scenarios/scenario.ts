// What a scenario is: trouble of one kind for a lab's server, with the truth about it.
import type { Lab, LabOptions } from '../index.ts';
import type { Traffic } from '../traffic.ts';

/** As `expected.json` of a recorded case has it (CONTRIBUTING.md). */
export interface Truth {
  readonly cause: string;
  readonly culprits: readonly string[];
  readonly innocent: readonly string[];
  readonly symptoms_required: readonly string[];
  readonly symptoms_forbidden: readonly string[];
  readonly compromised?: 'no';
}

/** Trouble that was begun. */
export interface Trouble {
  readonly traffic: readonly Traffic[];
  /** Puts right what would stay when the traffic has ended. */
  readonly repair?: () => Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** One line for the list. */
  readonly about: string;
  /** The server that it is made for. */
  readonly lab: Omit<LabOptions, 'keepAs'>;
  /** How long the trouble lasts when nobody says so. */
  readonly seconds: number;
  begin(lab: Lab, seconds: number): Promise<Trouble>;
  readonly truth: Truth;
  /** How it comes about, and what is difficult about it. */
  readonly notes: string;
}

/** Addresses a.b.c.from to a.b.c.to of a network of this kind. */
export function addresses(prefix: string, from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`);
}

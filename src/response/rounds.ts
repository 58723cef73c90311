// Responds in rounds: when the trouble goes on after all steps, it is looked at again, now that it is at work and can be seen.
import type { Findings } from '../model/findings.ts';
import type { Calm, ResponsePlan } from '../model/response.ts';
import type { Run } from './run.ts';

/** More would only restart the same services again and again. */
const ROUNDS_MAX = 3;

export interface Round {
  readonly findings: Findings;
  readonly plan: ResponsePlan;
  readonly run: Run;
  /** Absent when nothing was done, or a step failed. */
  readonly calm?: Calm;
}

export interface Doing {
  /** `round` counts from 1. */
  diagnose(round: number): Promise<Findings>;
  act(findings: Findings): Promise<{ readonly plan: ResponsePlan; readonly run: Run }>;
  watch(findings: Findings): Promise<Calm>;
}

/** At least one round. A dry run, a step that failed and a diagnosis without a step end it. */
export async function respondInRounds(doing: Doing): Promise<readonly [Round, ...Round[]]> {
  const first = await roundOf(1, doing);
  const rounds: [Round, ...Round[]] = [first];
  for (let last = first; last.calm?.relapse !== undefined && rounds.length < ROUNDS_MAX; ) {
    last = await roundOf(rounds.length + 1, doing);
    rounds.push(last);
  }
  return rounds;
}

async function roundOf(round: number, doing: Doing): Promise<Round> {
  const findings = await doing.diagnose(round);
  const { plan, run } = await doing.act(findings);
  const acted = run.reports.some(({ outcome }) => outcome.kind === 'done' || outcome.kind === 'unproved');
  return acted && run.whole ? { findings, plan, run, calm: await doing.watch(findings) } : { findings, plan, run };
}

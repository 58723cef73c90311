// Takes the steps of a response one after the other: shown, asked for, done, proved; and stops at the first that fails.
import type { Act, Prepared, Proof, Refusal } from '../model/act.ts';
import type { RemedyKind, RemedyPlan } from '../model/remedy.ts';
import type { ResponseStep, StepOutcome, StepReport } from '../model/response.ts';

/** What acting needs; `perform` writes the act down before it does anything. */
export interface Hands {
  prepare(plan: RemedyPlan): Promise<Prepared | Refusal>;
  perform(plan: RemedyPlan, prepared: Prepared): Promise<Act>;
  verify(plan: RemedyPlan, prepared: Prepared): Promise<readonly Proof[]>;
}

/** The person, or whoever speaks for them. */
export interface Person {
  /** What a step would do: before it is asked for, and in a dry run. */
  shows(step: ResponseStep, prepared: Prepared): void;
  /** `quit`: neither this one nor any other. */
  decides(step: ResponseStep): Promise<'yes' | 'no' | 'quit'>;
  /** `again`: what an earlier step had left open was looked at once more. */
  hears(report: StepReport, again?: 'again'): void;
}

export interface RunOptions {
  readonly dryRun: boolean;
}

export interface Run {
  readonly reports: readonly StepReport[];
  /** Whether every step was taken that could be: nothing failed, and nobody quit. */
  readonly whole: boolean;
}

export async function runSteps(
  steps: readonly ResponseStep[],
  hands: Hands,
  person: Person,
  options: RunOptions,
): Promise<Run> {
  const reports: StepReport[] = [];
  const taken = new Set<RemedyKind>();
  for (const [i, step] of steps.entries()) {
    const better = step.insteadOf?.find((kind) => taken.has(kind));
    const { report, quits } =
      better === undefined ? await take(step, hands, person, options) : { report: enough(step, better), quits: false };
    if (TAKEN.has(report.outcome.kind) && !report.prepared?.partly) taken.add(step.plan.kind);
    reports.push(report);
    person.hears(report);
    if (quits || isEnd(report.outcome, steps.slice(i + 1))) return { reports, whole: false };
    if (report.outcome.kind === 'done' && !(await proveAgain(reports, step.plan.kind, hands, person)))
      return { reports, whole: false };
  }
  return { reports, whole: true };
}

/** What could not be proved before this kind of step was taken is looked at again. @returns whether all of it is well now. */
async function proveAgain(reports: StepReport[], taken: RemedyKind, hands: Hands, person: Person): Promise<boolean> {
  for (const [i, { step, prepared, outcome }] of reports.entries()) {
    if (outcome.kind !== 'unproved' || !prepared) continue;
    if (!outcome.proofs.some(({ ok, mendedBy }) => !ok && mendedBy === taken)) continue;
    const report = { step, prepared, outcome: proved(outcome.act, await hands.verify(step.plan, prepared)) };
    reports[i] = report;
    person.hears(report, 'again');
    if (report.outcome.kind === 'unproved') return false;
  }
  return true;
}

const TAKEN: ReadonlySet<StepOutcome['kind']> = new Set(['done', 'unproved', 'planned']);

function enough(step: ResponseStep, kind: RemedyKind): StepReport {
  return { step, outcome: { kind: 'unneeded', because: kind } };
}

/** What is not as it should be, and will not be by one of the steps to come. */
function isEnd(outcome: StepOutcome, coming: readonly ResponseStep[]): boolean {
  if (outcome.kind === 'failed') return true;
  if (outcome.kind !== 'unproved') return false;
  return outcome.proofs.some(({ ok, mendedBy }) => !ok && !coming.some(({ plan }) => plan.kind === mendedBy));
}

async function take(
  step: ResponseStep,
  hands: Hands,
  person: Person,
  options: RunOptions,
): Promise<{ readonly report: StepReport; readonly quits: boolean }> {
  const prepared = await hands.prepare(step.plan);
  if ('refused' in prepared)
    return { report: { step, outcome: { kind: 'refused', why: prepared.refused } }, quits: false };
  if (prepared.changes.length === 0)
    return { report: { step, outcome: { kind: 'unneeded', why: prepared.title } }, quits: false };
  person.shows(step, prepared);
  if (options.dryRun) return { report: { step, prepared, outcome: { kind: 'planned' } }, quits: false };
  const decision = await person.decides(step);
  if (decision !== 'yes')
    return { report: { step, prepared, outcome: { kind: 'declined' } }, quits: decision === 'quit' };
  return { report: { step, prepared, outcome: await act(step, prepared, hands) }, quits: false };
}

async function act({ plan }: ResponseStep, prepared: Prepared, hands: Hands): Promise<StepOutcome> {
  const done = await hands.perform(plan, prepared);
  if (done.state !== 'done')
    return { kind: 'failed', act: done.id, why: done.trouble ?? `it ended as "${done.state}", and does not say why` };
  return proved(done.id, await hands.verify(plan, prepared));
}

function proved(act: number, proofs: readonly Proof[]): StepOutcome {
  return { kind: proofs.every(({ ok }) => ok) ? 'done' : 'unproved', act, proofs };
}

// A response for programs: the diagnosis, what was done about it, and whether the site is well again.
import type { Prepared } from '../model/act.ts';
import type { Findings } from '../model/findings.ts';
import type { Calm, ResponsePlan, StepReport } from '../model/response.ts';
import { jsonReport } from './json.ts';
import type { ResponseData } from './response-schema.ts';
import { iso } from './text/clock.ts';
import { enoughWords } from './words/response.ts';

export interface ResponseToTell {
  readonly rounds: readonly [ToldRound, ...ToldRound[]];
  readonly putRight: readonly string[];
  /** Exactly what is run and written. */
  readonly lines: (prepared: Prepared) => readonly string[];
}

interface ToldRound {
  readonly findings: Findings;
  readonly plan: ResponsePlan;
  readonly run: { readonly reports: readonly StepReport[] };
  readonly calm?: Calm;
}

/** Text from logs in it is as it stood there: hostile. */
export function responseData({ rounds, putRight, lines }: ResponseToTell): ResponseData {
  const { findings, plan, run, calm } = rounds.at(-1) ?? rounds[0];
  const taken = new Set(run.reports.map(({ step }) => step));
  return {
    schema: 'seawall-response/1',
    incident: jsonReport(findings),
    steps: rounds.flatMap((round, i) =>
      round.run.reports.map((report) => ({ round: i + 1, ...stepData(report, lines) })),
    ),
    notTaken: plan.steps.filter((step) => !taken.has(step)).map(({ stage, plan: { kind } }) => ({ stage, kind })),
    unsure: plan.unsure.map(({ stage, plan: { kind } }) => ({ stage, kind })),
    byHand: plan.byHand.map(({ preview }) => ({ title: preview.title, commands: [...preview.commands] })),
    ...(calm && { calm: calmData(calm) }),
    putRight: [...putRight],
  };
}

function calmData({ well, since, watchedS, signs, relapse }: Calm): ResponseData['calm'] {
  return {
    well,
    ...(since !== undefined && { since: iso(since) }),
    watchedS,
    ...(relapse !== undefined && { relapse }),
    signs: signs.map((sign) => ({ ...sign })),
  };
}

function stepData(
  { step, prepared, outcome }: StepReport,
  lines: (prepared: Prepared) => readonly string[],
): Omit<ResponseData['steps'][number], 'round'> {
  return {
    stage: step.stage,
    kind: step.plan.kind,
    reason: step.plan.reason,
    ...(prepared && { title: prepared.title, changes: [...lines(prepared)], notes: [...prepared.notes] }),
    outcome: outcome.kind,
    ...('act' in outcome && outcome.act !== undefined && { act: outcome.act }),
    ...('why' in outcome && { why: outcome.why }),
    ...('because' in outcome && { why: enoughWords(outcome.because) }),
    ...('proofs' in outcome && { proofs: outcome.proofs.map(({ ok, text }) => ({ ok, text })) }),
  };
}

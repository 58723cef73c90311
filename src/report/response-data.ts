// A response for programs: the diagnosis, what was done about it, and whether the site is well again.
import type { Prepared } from '../model/act.ts';
import type { Findings } from '../model/findings.ts';
import type { Calm, ResponsePlan, StepReport } from '../model/response.ts';
import { jsonReport } from './json.ts';
import type { ResponseData } from './response-schema.ts';
import { iso } from './text/clock.ts';
import { enoughWords } from './words/response.ts';

export interface ResponseToTell {
  readonly findings: Findings;
  readonly plan: ResponsePlan;
  readonly reports: readonly StepReport[];
  readonly calm?: Calm;
  readonly putRight: readonly string[];
  /** Exactly what is run and written. */
  readonly lines: (prepared: Prepared) => readonly string[];
}

/** Text from logs in it is as it stood there: hostile. */
export function responseData({ findings, plan, reports, calm, putRight, lines }: ResponseToTell): ResponseData {
  const taken = new Set(reports.map(({ step }) => step));
  return {
    schema: 'seawall-response/1',
    incident: jsonReport(findings),
    steps: reports.map((report) => stepData(report, lines)),
    notTaken: plan.steps.filter((step) => !taken.has(step)).map(({ stage, plan: { kind } }) => ({ stage, kind })),
    unsure: plan.unsure.map(({ stage, plan: { kind } }) => ({ stage, kind })),
    byHand: plan.byHand.map(({ preview }) => ({ title: preview.title, commands: [...preview.commands] })),
    ...(calm && {
      calm: {
        well: calm.well,
        ...(calm.since !== undefined && { since: iso(calm.since) }),
        watchedS: calm.watchedS,
        signs: calm.signs.map((sign) => ({ ...sign })),
      },
    }),
    putRight: [...putRight],
  };
}

function stepData(
  { step, prepared, outcome }: StepReport,
  lines: (prepared: Prepared) => readonly string[],
): ResponseData['steps'][number] {
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

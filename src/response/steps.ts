// From a verdict to the steps that are taken on this host now, in the order that works.
import type { Findings } from '../model/findings.ts';
import type { RemedyKind } from '../model/remedy.ts';
import { type ResponsePlan, type ResponseStep, STAGES, type Stage } from '../model/response.ts';

/** What is done in which stage. All else is for a person, or for good, and not for tonight. */
const STAGE_OF: { readonly [K in RemedyKind]?: Stage } = {
  block: 'stop',
  'deny-forwarded': 'stop',
  'deny-endpoint': 'stop',
  'limit-endpoint': 'stop',
  'limit-workers': 'limit',
  'restart-web': 'clear',
  'start-service': 'start',
  'repair-tables': 'repair',
};

/** Of what stops a cause, the firewall first: it needs no web server that is too busy to read its configuration. */
const FIREWALL_FIRST: readonly RemedyKind[] = ['block', 'deny-forwarded', 'deny-endpoint', 'limit-endpoint'];

/** These keep somebody out. With a wrong diagnosis that is a visitor. */
const KEEPS_OUT: ReadonlySet<RemedyKind> = new Set(FIREWALL_FIRST);

/** They hit everybody: the phone app, Jetpack, visitors who wait. Not where keeping out the culprits is enough. */
const HITS_ALL: ReadonlySet<RemedyKind> = new Set(['deny-endpoint', 'limit-endpoint', 'limit-workers']);

/** These hit nobody but the culprits. */
const KEEPS_OUT_CULPRITS: readonly RemedyKind[] = ['block', 'deny-forwarded'];

/** Less sure than this, nobody is kept out without a person who says so. */
const SURE_ENOUGH = 0.6;

/**
 * @param can which kinds of remedy can be carried out on a live host.
 * @param isAsked whether a person says yes or no to each step: then an unsure one is theirs to decide.
 */
export function planResponse(
  { verdict, remedies }: Findings,
  can: (kind: RemedyKind) => boolean,
  isAsked: boolean,
): ResponsePlan {
  const all = verdict.plans.flatMap((plan): ResponseStep[] => {
    const stage = STAGE_OF[plan.kind];
    if (stage === undefined || !can(plan.kind)) return [];
    const title = remedies.find((advised) => advised.plan === plan)?.preview.title ?? plan.reason;
    return [{ stage, plan, title, ...(HITS_ALL.has(plan.kind) && { insteadOf: KEEPS_OUT_CULPRITS }) }];
  });
  const steps = [...all, ...implied(all, can)];
  const isUnsure = ({ plan }: ResponseStep): boolean =>
    !isAsked && verdict.confidence < SURE_ENOUGH && KEEPS_OUT.has(plan.kind);
  return {
    steps: steps.filter((step) => !isUnsure(step)).sort(byOrder),
    unsure: all.filter(isUnsure),
    byHand: remedies.filter(({ plan }) => !all.some((step) => step.plan === plan)),
  };
}

/**
 * Where workers pile up the database may be killed any moment, after the diagnosis too; and what was killed leaves tables open that
 * nobody knows of before it runs again. Each looks first, and does nothing where nothing is wrong.
 */
function implied(steps: readonly ResponseStep[], can: (kind: RemedyKind) => boolean): ResponseStep[] {
  const has = (kind: RemedyKind): boolean => steps.some(({ plan }) => plan.kind === kind);
  if (!has('restart-web') && !has('start-service')) return [];
  const reason = 'Memory that ran out takes the database first: it must run, with all its tables sound.';
  const all: ResponseStep[] = [
    {
      stage: 'start',
      plan: { kind: 'start-service', service: 'mariadb', reason },
      title: 'Start the database, when it is down',
    },
    {
      stage: 'repair',
      plan: { kind: 'repair-tables', tables: [], reason },
      title: 'Repair the tables that were not closed properly',
    },
  ];
  return all.filter(({ plan: { kind } }) => can(kind) && !has(kind));
}

/** Array.prototype.sort keeps the order of equals: that of the verdict. */
function byOrder(a: ResponseStep, b: ResponseStep): number {
  return (
    STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
    FIREWALL_FIRST.indexOf(a.plan.kind) - FIREWALL_FIRST.indexOf(b.plan.kind)
  );
}

// `seawall respond`: the guided way out. Diagnoses this host, takes the steps that bring it back, each with its proof, and watches it.
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import type { LiveRemedy, Prepared } from '../model/act.ts';
import { count } from '../model/figures.ts';
import type { Findings } from '../model/findings.ts';
import type { PlanOf, RemedyKind } from '../model/remedy.ts';
import type { Calm, ResponsePlan, ResponseStep } from '../model/response.ts';
import { carryOut } from '../remedies/acting/carry-out.ts';
import { describeChanges } from '../remedies/acting/describe.ts';
import { liveBlock } from '../remedies/live/block.ts';
import { denyForwardedLive } from '../remedies/live/deny-forwarded.ts';
import { SERVICE_REMEDIES } from '../remedies/live/index.ts';
import { terminalAnswer } from '../report/index.ts';
import { againText, calmText, type Look, leftOutText, outcomeText, stepText, undoText } from '../report/response.ts';
import { responseData } from '../report/response-data.ts';
import { respondInRounds } from '../response/rounds.ts';
import { type Hands, type Person, runSteps } from '../response/run.ts';
import { planResponse } from '../response/steps.ts';
import { watchUntilCalm } from '../response/watch.ts';
import { OptionError } from '../sources/given.ts';
import { neverOptions, printJson, type Session, toldWhenItFails, withSession } from './acting.ts';
import { askStep } from './ask-step.ts';
import { wantsColour, watchOption, widthOption } from './common-options.ts';
import { diagnoseHost, exitCodeOf } from './diagnose.ts';
import { EXIT } from './exit.ts';
import { progressOn } from './progress.ts';

const OPTIONS = z.object({
  yes: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  json: z.boolean().optional(),
  watch: z.string().optional(),
  verify: z.string().optional(),
  since: z.string().optional(),
  timezone: z.string().optional(),
  trustedProxy: z.array(z.string()).optional(),
  width: z.string().optional(),
});

type Options = z.infer<typeof OPTIONS>;

/** How long it is watched whether the site is well again, when nobody says it. */
const VERIFY_MS = 60_000;

/** @throws OptionError for what a person gave wrongly. */
export async function respondCommand(given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  if (!options.yes && !options.dryRun) {
    if (options.json) throw new OptionError('respond --json: nobody can be asked. Add --yes or --dry-run.');
    if (process.stdin.isTTY !== true)
      throw new OptionError(
        'respond: there is no terminal to ask on, and nothing was done. Add --yes to take all steps, or --dry-run to see them.',
      );
  }
  const verifyMs = watchOption(options.verify, VERIFY_MS, '--verify');
  const look = { width: widthOption(options.width), colour: wantsColour() };
  if (options.dryRun) return await toldWhenItFails(() => respond(options, look, verifyMs, undefined));
  return await withSession('respond', (session) => respond(options, look, verifyMs, session));
}

async function respond(options: Options, look: Look, verifyMs: number, session: Session | undefined): Promise<number> {
  const progress = progressOn(process.stderr);
  const tell = (text: string): void => {
    if (!options.json && text !== '') process.stdout.write(text);
  };
  const remedies = liveRemedies();
  const isAsked = !options.yes || options.dryRun === true;
  const rounds = await respondInRounds({
    async diagnose(round) {
      if (round > 1) tell(againText(look));
      const findings = await diagnoseHost(options, progress);
      progress.end();
      tell(terminalAnswer(findings, look));
      return findings;
    },
    async act(findings) {
      const plan = planResponse(findings, (kind) => remedies[kind] !== undefined, isAsked);
      const person = personOf(plan, options, look, tell);
      return {
        plan,
        run: await runSteps(plan.steps, handsOf(remedies, session), person, { dryRun: session === undefined }),
      };
    },
    async watch(findings) {
      const calm = await watch(findings, verifyMs);
      tell(calmText(calm, look));
      return calm;
    },
  });
  const last = rounds.at(-1) ?? rounds[0];
  const reports = rounds.flatMap(({ run }) => run.reports);
  tell(undoText(reports, look));
  tell(leftOutText(last.plan, look));
  if (options.json) printJson(responseData({ rounds, putRight: session?.putRight ?? [], lines: changeLines }));
  if (session === undefined || reports.length === 0) return exitCodeOf(last.findings.verdict.cause);
  return last.run.whole && last.calm?.well === true ? EXIT.done : EXIT.wrong;
}

type LiveRemedies = { readonly [K in RemedyKind]?: LiveRemedy<K> };

function liveRemedies(): LiveRemedies {
  const never = neverOptions();
  return { ...SERVICE_REMEDIES, block: liveBlock(never), 'deny-forwarded': denyForwardedLive(never) };
}

function handsOf(remedies: LiveRemedies, session: Session | undefined): Hands {
  const remedyFor = <K extends RemedyKind>(plan: PlanOf<K> & { readonly kind: K }): LiveRemedy<K> => {
    const remedy: LiveRemedies[K] = remedies[plan.kind];
    if (!remedy) throw new TypeError(`no live remedy of kind ${plan.kind}`);
    return remedy;
  };
  return {
    prepare: (plan) => remedyFor(plan).prepare(plan, liveHost),
    async perform(plan, prepared) {
      if (!session) throw new TypeError('a dry run performs nothing');
      return await carryOut(session.store.journal.plan(plan, prepared, liveHost.now()), session.acting);
    },
    verify: (plan, prepared) => remedyFor(plan).verify(plan, prepared, liveHost),
  };
}

function changeLines(prepared: Prepared): string[] {
  return describeChanges(prepared.changes, Date.now());
}

function personOf(plan: ResponsePlan, options: Options, look: Look, tell: (text: string) => void): Person {
  const numberOf = (step: ResponseStep): number => plan.steps.indexOf(step) + 1;
  return {
    shows: (step, prepared) =>
      tell(
        stepText({ number: numberOf(step), of: plan.steps.length, step, prepared, lines: changeLines(prepared) }, look),
      ),
    decides: async () => (options.yes ? 'yes' : await askStep('Take this step?')),
    hears: (report, again) => tell(outcomeText(report, look, again)),
  };
}

/** A line that tells how it stands, on a terminal. */
async function watch(findings: Findings, forMs: number): Promise<Calm> {
  const progress = progressOn(process.stderr);
  const pile = findings.symptoms.find((symptom) => symptom.id === 'worker-pileup');
  const calm = await watchUntilCalm(liveHost, {
    forMs,
    before: findings.dossier.samples,
    workers: pile?.measure.program,
    onLook: ({ signs }, leftMs) => {
      const bad = signs.filter(({ well }) => !well).map(({ of }) => of);
      progress.say(
        `watching whether it holds, ${count(Math.ceil(leftMs / 1000))} s at most${bad.length > 0 ? `; not yet: ${bad.join(', ')}` : ''}`,
      );
    },
  });
  progress.end();
  return calm;
}

// `seawall recover`: database and web server back, tables checked and repaired, nothing lost; step by step, each shown and proved.
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import type { LiveRemedy, Proof } from '../model/act.ts';
import type { Host } from '../model/host.ts';
import type { PlanOf, RemedyKind } from '../model/remedy.ts';
import { findDatabase } from '../remedies/live/database/database.ts';
import { databasePulse } from '../remedies/live/database/pulse.ts';
import { proveRows } from '../remedies/live/database/rows.ts';
import { repairTablesLive } from '../remedies/live/repair-tables.ts';
import { startServiceLive } from '../remedies/live/start-service.ts';
import { type ServicesState, servicesState } from '../remedies/live/state.ts';
import { proveOpen } from '../remedies/live/web/proof.ts';
import { OptionError } from '../sources/given.ts';
import { type ActOptions, actOn, isWell, type Outcome, onlyShow, outcomeData, showProofs } from './act-on.ts';
import { print, printJson, type Session, say, toldWhenItFails, withSession } from './acting.ts';
import { reasonOption } from './common-options.ts';
import { EXIT } from './exit.ts';

const OPTIONS = z.object({
  web: z.string().optional(),
  reason: z.string().optional(),
  dryRun: z.boolean().optional(),
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
});

type Options = z.infer<typeof OPTIONS>;

export async function recoverCommand(given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  if (options.web !== undefined && options.web !== 'apache' && options.web !== 'nginx')
    throw new OptionError(`--web ${options.web.slice(0, 40)}: give apache or nginx.`);
  if (options.dryRun) return await toldWhenItFails(() => recover(options, liveHost, undefined));
  return await withSession('recover', (session) => recover(options, session.host, session));
}

/** One step after another, in the order that works; without a session it only shows them. Stops at the first that fails. */
async function recover(options: Options, host: Host, session: Session | undefined): Promise<number> {
  const state = await servicesState(host);
  const outcomes: Outcome[] = [];
  const reason = reasonOption(options.reason, 'recover');
  const step = async <K extends RemedyKind>(
    remedy: LiveRemedy<K>,
    plan: PlanOf<K>,
    progress?: () => Promise<void>,
  ): Promise<boolean> => {
    const outcome = session
      ? await actOn(remedy, plan, session, options, progress)
      : await onlyShow(remedy, plan, host, options);
    outcomes.push(outcome);
    return isWell(outcome);
  };
  const well =
    (await recoverDatabase(state, step, options, host, reason, session !== undefined, outcomes)) &&
    (await startWeb(state, step, options, reason, outcomes));
  const proofs = session && well ? await proveSites(host, options) : [];
  if (options.json)
    printJson({
      done: session !== undefined && well && proofs.every(({ ok }) => ok),
      steps: outcomes.map((one) => outcomeData(one, host.now())),
      proofs,
      putRight: session?.putRight ?? [],
    });
  else if (!well) say(stopped(outcomes));
  if (outcomes.at(-1)?.state === 'declined') return EXIT.usage;
  return well && proofs.every(({ ok }) => ok) ? EXIT.done : EXIT.wrong;
}

type Step = <K extends RemedyKind>(
  remedy: LiveRemedy<K>,
  plan: PlanOf<K>,
  progress?: () => Promise<void>,
) => Promise<boolean>;

function stopped(outcomes: readonly Outcome[]): string {
  const done = outcomes.flatMap(({ act, state }) => (state === 'done' && act ? [act.id] : []));
  const stays =
    done.length === 0
      ? 'Nothing was changed before it.'
      : `What was done before it stays: ${done.map((id) => `act ${id}`).join(', ')} (seawall undo ID takes one back).`;
  return `recover stopped here. ${stays}`;
}

async function recoverDatabase(
  { database, databaseAnswers, unclosed }: ServicesState,
  step: Step,
  options: ActOptions,
  host: Host,
  reason: string,
  acting: boolean,
  outcomes: Outcome[],
): Promise<boolean> {
  const tell = (text: string): void => void (options.json || print(text));
  if (database === undefined) {
    tell('No MariaDB or MySQL server is installed here: nothing to recover of it.');
    return true;
  }
  if (database.main === undefined) {
    if (!(await step(startServiceLive, { kind: 'start-service', service: database.service.name, reason }, pulse(host))))
      return false;
    if (!acting) {
      tell('Then each table that was not closed is checked, and repaired if it needs it.');
      return true;
    }
  } else if (databaseAnswers)
    tell(`${database.product} ${database.version} runs (process ${database.main.pid}) and answers.`);
  else {
    tell(`${database.product} runs (process ${database.main.pid}), but does not answer yet.`);
    const proofs = await startServiceLive.verify(
      { kind: 'start-service', service: database.service.name, reason },
      NOTHING,
      host,
    );
    if (!options.json) showProofs(proofs);
    if (!proofs.every(({ ok }) => ok)) return false;
  }
  const tables = unclosed.map((table) => `${table.database}.${table.table}`);
  if (!(await step(repairTablesLive, { kind: 'repair-tables', tables, reason }))) return false;
  const now = unclosed.length === 0 ? undefined : await findDatabase(host);
  const proofs: readonly Proof[] = now === undefined ? [] : await proveRows(host, now, unclosed);
  if (!options.json) showProofs(proofs);
  if (proofs.length > 0)
    outcomes.push({ state: 'nothing-to-do', title: 'Count the rows of the tables that were open', proofs });
  return proofs.every(({ ok }) => ok);
}

const NOTHING = { title: '', changes: [], notes: [] };

/** A line whenever the database says something new, on a terminal only. */
function pulse(host: Host): () => Promise<void> {
  let last: string | undefined;
  return async () => {
    if (process.stderr.isTTY !== true) return;
    const database = await findDatabase(host);
    const line = database && (await databasePulse(host, database));
    if (line === undefined || line === last) return;
    last = line;
    say(`database: ${line}`);
  };
}

/** PHP first: a web server without it answers 502. */
async function startWeb(
  { webServers, fpms }: ServicesState,
  step: Step,
  options: Options,
  reason: string,
  outcomes: Outcome[],
): Promise<boolean> {
  const tell = (text: string): void => void (options.json || print(text));
  for (const { service, main } of fpms) {
    if (main) tell(`${service.name} runs (process ${main.pid}).`);
    else if (!(await step(startServiceLive, { kind: 'start-service', service: service.name, reason }))) return false;
  }
  const wanted = options.web === undefined ? webServers : webServers.filter(({ kind }) => kind === options.web);
  const [server, other] = wanted;
  if (server === undefined) {
    tell('No web server is installed here: nothing to start.');
    return true;
  }
  if (server.main) {
    for (const { service, main } of wanted) tell(`${service.name} runs (process ${main?.pid}).`);
    return true;
  }
  if (other !== undefined) {
    const title =
      'Apache and nginx are both installed, and neither runs. Say which one serves the site: --web apache, or --web nginx.';
    if (!options.json) say(title);
    outcomes.push({ state: 'refused', title, proofs: [] });
    return false;
  }
  return await step(startServiceLive, { kind: 'start-service', service: server.service.name, reason });
}

async function proveSites(host: Host, { json }: Options): Promise<readonly Proof[]> {
  const { webServers } = await servicesState(host);
  const [server] = webServers.filter(({ main }) => main !== undefined);
  if (server === undefined) return [];
  const proofs = await proveOpen(host, server, true);
  if (!json) {
    print('The site:');
    showProofs(proofs);
  }
  return proofs;
}

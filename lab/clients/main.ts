// The program that sends: runs in a namespace of the lab, reads its plan as JSON from standard input, prints each answer as a line.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACTORS, type ActorName } from './actors.ts';
import { type Answer, exchange, type RequestPlan } from './exchange.ts';
import { checkPlace, type Passport } from './guard.ts';

/** Calls at a steady pace; the sources take turns. */
export interface Stream {
  readonly actor: ActorName;
  readonly perSecond: number;
  /** Seconds after the beginning. */
  readonly from?: number;
  readonly sources: readonly string[];
  /** Address of a proxy that forwards all of it; one of those that send. */
  readonly via?: string;
}

export interface ClientPlan {
  readonly passport: Passport;
  /** Each once, one after the other. */
  readonly requests?: readonly RequestPlan[];
  readonly target?: string;
  readonly seconds?: number;
  readonly streams?: readonly Stream[];
}

/** More than any scenario needs: a slip in a plan must not become a flood. */
const MAX_CALLS = 20_000;
const MAX_SECONDS = 900;

const plan = JSON.parse(readFileSync(0, 'utf8')) as ClientPlan;
checkPlace(plan.passport);
for (const request of plan.requests ?? []) tell(await exchange(request), true);
await Promise.all((plan.streams ?? []).map(runStream));
// Answers that never come are not waited for.
process.exit(0);

async function runStream({ actor, perSecond, from = 0, sources, via }: Stream): Promise<void> {
  const { target = '' } = plan;
  const seconds = Math.min(plan.seconds ?? 0, MAX_SECONDS);
  const began = Date.now();
  const underWay = new Set<Promise<void>>();
  for (let n = 0; n < MAX_CALLS; n++) {
    const due = began + (from + n / perSecond) * 1000;
    if (due >= began + seconds * 1000) break;
    await sleep(Math.max(0, due - Date.now()));
    const source = sources[n % sources.length];
    if (source === undefined) break;
    const call = ACTORS[actor]({ source, target, n, ...(via !== undefined && { via }) }).then((answers) => {
      for (const answer of answers) tell(answer, false);
    });
    underWay.add(call);
    call.finally(() => underWay.delete(call));
  }
  await Promise.race([Promise.all(underWay), sleep(5_000)]);
}

function tell({ body, headers, ...answer }: Answer, whole: boolean): void {
  process.stdout.write(`${JSON.stringify(whole ? { ...answer, headers, body } : answer)}\n`);
}

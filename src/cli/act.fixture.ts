// For system tests: carries one plan out on the host that it runs on, or takes the last act back, and prints what came of it.
import { liveHost } from '../host/index.ts';
import type { LiveRemedy } from '../model/act.ts';
import type { RemedyPlan } from '../model/remedy.ts';
import { carryOut, takeBack } from '../remedies/acting/carry-out.ts';
import { changersFor } from '../remedies/acting/changers.ts';
import { denyForwardedLive } from '../remedies/live/deny-forwarded.ts';
import { SERVICE_REMEDIES } from '../remedies/live/index.ts';
import { openStore } from '../store/index.ts';

const [planText = '', verb] = process.argv.slice(2);
const plan = JSON.parse(planText) as RemedyPlan;
const never = { allowFile: '/etc/seawall/allow' };
const remedy = { ...SERVICE_REMEDIES, 'deny-forwarded': denyForwardedLive(never) }[plan.kind as 'deny-forwarded'] as
  | LiveRemedy
  | undefined;
const store = await openStore('/var/lib/seawall', 'test');
const acting = { host: liveHost, journal: store.journal, changers: changersFor(store.bans) };

async function outcome(): Promise<unknown> {
  const [last] = store.journal.acts();
  if (verb === 'undo') return last && (await takeBack(last, acting));
  const prepared = await remedy?.prepare(plan, liveHost);
  if (prepared === undefined || 'refused' in prepared) return prepared;
  const act = await carryOut(store.journal.plan(plan, prepared, liveHost.now()), acting);
  const proofs = act.state === 'done' ? await remedy?.verify(plan, prepared, liveHost) : [];
  return { title: prepared.title, state: act.state, trouble: act.trouble, proofs };
}

process.stdout.write(JSON.stringify((await outcome()) ?? {}));
store.close();

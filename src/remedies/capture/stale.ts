// Captures that nobody watches any more: their Seawall was killed. What they put in does nothing after its time, and is taken out.
import type { Act } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';

/** Acts of captures that are still on the host, and whose process is gone. */
export function abandonedCaptures(acts: readonly Act[], host: Pick<HostReader, 'process'>): Act[] {
  return acts.filter(({ plan, begun, state }) => {
    if (plan.kind !== 'capture' || (state !== 'done' && begun === 0)) return false;
    return host.process(plan.holder.pid)?.startTicks !== plan.holder.startTicks;
  });
}

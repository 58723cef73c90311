// The pulse of a live host: one look at a time, light enough to be taken every second while the host is in need.
import type { HostReader } from '../../model/host.ts';
import { hostLimits } from './cgroup.ts';
import { databasePulse } from './database-pulse.ts';
import { probeSites } from './probe.ts';
import { processTable } from './processes.ts';
import { hostSampler, type TimedSample } from './sampler.ts';
import { sightOf } from './sight.ts';
import { findStack } from './stack.ts';

/** What is there is found once; after that each call samples the host, asks its first site for a page, and the database. */
export function hostPulse(host: HostReader): () => Promise<TimedSample> {
  const sight = sightOf(host);
  const table = processTable(sight);
  const stack = findStack(sight, table.look(undefined, undefined));
  const limits = hostLimits(sight, stack.pids);
  const sampler = hostSampler({ sight, limits, table, trustedProxies: [] });
  const ask = stack.database && databasePulse(sight, stack.database, true);
  return async () => {
    const [[probe], database] = await Promise.all([probeSites(host, stack.sites.slice(0, 1)), ask?.()]);
    return sampler.sample({ ...(probe && { probe }), ...(database && { database }) });
  };
}

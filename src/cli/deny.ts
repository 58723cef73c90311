// `seawall deny` and `seawall quiet`: an endpoint refused before PHP starts, and the pile of workers cleared.
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import { denyEndpointLive } from '../remedies/live/deny-endpoint.ts';
import { restartWebLive } from '../remedies/live/restart-web.ts';
import { parseTarget } from '../remedies/safe.ts';
import { OptionError } from '../sources/given.ts';
import { remedyCommand } from './act-on.ts';
import { reasonOption } from './common-options.ts';

const COMMON = {
  reason: z.string().optional(),
  dryRun: z.boolean().optional(),
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
};
const DENY = z.object({ ...COMMON, except: z.array(z.string()).optional() });
const QUIET = z.object(COMMON);

/** @throws OptionError for what a person gave wrongly. */
export async function denyCommand(path: string, given: unknown): Promise<number> {
  const options = DENY.parse(given);
  const except = (options.except ?? []).flatMap((text) => text.split(',')).filter((text) => text !== '');
  for (const text of except) {
    // An exception that is misread would lock somebody out.
    if (parseTarget(text) === undefined)
      throw new OptionError(`--except ${text.slice(0, 60)}: no address or network. Give 192.0.2.7 or 192.0.2.0/24.`);
  }
  const plan = { kind: 'deny-endpoint', path, except, reason: reasonOption(options.reason) } as const;
  return await remedyCommand('deny', denyEndpointLive, plan, options, liveHost);
}

export async function quietCommand(given: unknown): Promise<number> {
  const options = QUIET.parse(given);
  return await remedyCommand(
    'quiet',
    restartWebLive,
    { kind: 'restart-web', reason: reasonOption(options.reason) },
    options,
    liveHost,
  );
}

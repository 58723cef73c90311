// The web server that visitors of this host meet first.
import type { Refusal } from '../../../model/act.ts';
import type { HostReader } from '../../../model/host.ts';
import { brokenAlready } from '../refusals.ts';
import { findApache } from './apache.ts';
import { findNginx } from './nginx.ts';
import type { WebServer } from './server.ts';

/** All web servers that are installed here, those that run first; of several that run, the one in front (port 80 or 443) first. */
export async function findWebServers(host: HostReader): Promise<readonly WebServer[]> {
  const found: WebServer[] = [];
  for (const one of [await findNginx(host), await findApache(host)]) if (one) found.push(one);
  return found.toSorted((a, b) => rank(b) - rank(a));
}

/** The one in front, if its configuration is sound. `not`: "Not denied". */
export async function serverToChange(host: HostReader, not: string): Promise<WebServer | Refusal> {
  const [server] = await findWebServers(host);
  if (server === undefined) return { refused: `${not}: neither Apache nor nginx was found on this host.` };
  return brokenAlready(not, server) ?? server;
}

function rank({ main, sites }: WebServer): number {
  return (main ? 2 : 0) + (sites.some(({ port }) => port === 80 || port === 443) ? 1 : 0);
}

// Limits how often an address may ask for an endpoint, in the web server of this host: nginx, or Apache where mod_security runs.
import { lastOf } from '../../config/apache.ts';
import { serversOf } from '../../config/nginx-sites.ts';
import type { Change, LiveRemedy, Prepared, Refusal } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import { apacheLimit, burstOf, nameOfLimit, nginxLimit, perMinute } from '../limit-endpoint.ts';
import { safeUrlPath } from '../safe.ts';
import { ownFile, takenOver } from './changes.ts';
import { noFolder } from './refusals.ts';
import { findWebServers, serverToChange } from './web/index.ts';
import { proveOpen, sitesToAsk, told, urlOf } from './web/proof.ts';
import type { Apache, Nginx } from './web/server.ts';

export const limitEndpointLive: LiveRemedy<'limit-endpoint'> = {
  kind: 'limit-endpoint',

  async prepare(plan, host): Promise<Prepared | Refusal> {
    const path = safeUrlPath(plan.path);
    if (path === undefined)
      return { refused: 'Not limited: the path is the front page, or no plain path such as /wp-login.php.' };
    const limit = perMinute(plan.perMinute);
    const server = await serverToChange(host, 'Not limited');
    if ('refused' in server) return server;
    const files =
      server.kind === 'apache' ? apacheFiles(server, path, limit, host) : nginxFiles(server, path, limit, host);
    if ('refused' in files) return files;
    return {
      title: `Let each address ask for ${path} at most ${limit} times a minute, in ${server.service.name}`,
      changes: files.length === 0 ? [] : [...files, ...takenOver(server)],
      notes: ['Visitors behind one proxy share one limit, unless the web server knows the forwarded address.'],
    };
  },

  /** Asked once more than a person may: each of these requests but the last is worked on. */
  async verify(plan, _done, host) {
    const path = safeUrlPath(plan.path);
    const [server] = await findWebServers(host);
    const site = server && sitesToAsk(server)[0];
    if (path === undefined || server?.main === undefined || site === undefined)
      return [{ ok: true, text: 'The web server does not run: nothing can be asked.' }];
    const most = server.kind === 'nginx' ? burstOf(perMinute(plan.perMinute)) + 2 : perMinute(plan.perMinute) + 2;
    if (most > ASKED_MAX) return proveOpen(host, server);
    // The old workers may take a request or two of ours during the reload.
    for (let asked = 1; asked <= most * 2; asked++) {
      const answer = await host.ask({ address: site.address, port: site.port, tls: site.tls, host: site.name, path });
      if ('status' in answer && (answer.status === 429 || answer.status === 503))
        return [
          { ok: true, text: `${urlOf(site, path)}: request ${asked} in a row is refused (${told(answer)})` },
          ...(await proveOpen(host, server)),
        ];
    }
    return [{ ok: false, text: `${urlOf(site, path)}: ${most * 2} requests in a row were all let through` }];
  },
};

const ASKED_MAX = 30;

function nginxFiles(server: Nginx, path: string, limit: number, host: HostReader): readonly Change[] | Refusal {
  if (server.folder === undefined) return noFolder('Not limited', server.mainFile);
  const own = serversOf(server.tree).filter(({ inner }) => inner?.some(({ name }) => name === 'limit_req'));
  if (own.length > 0)
    return {
      refused: `Not limited: a server in ${own[0]?.file} has a limit_req of its own, which would win over this one. Change it there.`,
    };
  const name = nameOfLimit(path);
  const change = ownFile(host, `${server.folder}/${name}.conf`, nginxLimit(path, limit, name.replace(/-/g, '_')));
  return change ? [change] : [];
}

function apacheFiles(server: Apache, path: string, limit: number, host: HostReader): readonly Change[] | Refusal {
  const engine = lastOf(server.tree.directives, 'SecRuleEngine')?.args[0]?.toLowerCase();
  if (!server.modules.has('security2_module') || engine !== 'on')
    return {
      refused: `Not limited: Apache counts requests by address only with mod_security${server.modules.has('security2_module') ? ', whose SecRuleEngine is not On' : ', which is not loaded'}. Deny the path with exceptions in its place: seawall deny ${path} --except YOUR_ADDRESS`,
    };
  if (server.folder === undefined) return noFolder('Not limited', server.mainFile);
  const name = nameOfLimit(path);
  const change = ownFile(host, `${server.folder}/${name}.conf`, apacheLimit(path, limit, name.replace(/-/g, '_')));
  return change ? [change] : [];
}

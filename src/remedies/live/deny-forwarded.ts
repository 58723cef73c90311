// Denies addresses that come through a proxy, in the web server of this host; believed only from proxies that are known.
import { lastOf } from '../../config/apache.ts';
import type { Change, LiveRemedy, Prepared, Proof, Refusal } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import type { PlanOf } from '../../model/remedy.ts';
import { deniable } from '../deny-forwarded.ts';
import { apacheByHeader, apacheForwarded, FORWARDED_NAME, nginxByHeader, nginxForwarded } from '../forwarded-lines.ts';
import { type NeverOptions, sortTargets } from '../never/never.ts';
import { distinctTargets } from '../reach.ts';
import type { Target } from '../safe.ts';
import { ownFile, takenOver } from './changes.ts';
import { noFolder } from './refusals.ts';
import { findWebServers, serverToChange } from './web/index.ts';
import { insertIntoServers } from './web/nginx-insert.ts';
import { proveOpen } from './web/proof.ts';
import type { Apache, Nginx } from './web/server.ts';

/** Who must not be blocked is not denied either. */
export function denyForwardedLive(options: NeverOptions): LiveRemedy<'deny-forwarded'> {
  return { kind: 'deny-forwarded', prepare: (plan, host) => prepare(plan, host, options), verify };
}

async function prepare(
  plan: PlanOf<'deny-forwarded'>,
  host: HostReader,
  options: NeverOptions,
): Promise<Prepared | Refusal> {
  const given = deniable(plan.targets);
  if (given.length === 0) return { refused: 'Not denied: no address or network was given that may be denied.' };
  const { fit: targets, refused } = await sortTargets(given, host, options);
  const leftOut = refused.slice(0, 20).map(({ target, why }) => `${target.text} is not denied: ${why}.`);
  if (targets.length === 0) return { refused: leftOut.join('\n') };
  const proxies = distinctTargets(plan.behind ?? []).map(({ text }) => text);
  // A proxy that is denied by its own address takes all visitors with it.
  if (targets.some(({ text }) => proxies.includes(text)))
    return { refused: 'Not denied: one of the addresses is that of a proxy itself, with everybody behind it.' };
  const server = await serverToChange(host, 'Not denied');
  if ('refused' in server) return server;
  const files =
    server.kind === 'apache' ? apacheFiles(server, targets, proxies, host) : nginxFiles(server, targets, proxies, host);
  if ('refused' in files) return files;
  return {
    title: `Answer 403 to ${targets.map(({ text }) => text).join(', ')} in ${server.service.name}, by the address that the proxy forwards`,
    changes: files.length === 0 ? [] : [...files, ...takenOver(server)],
    notes: [
      ...leftOut.map((text) => `Left out: ${text}`),
      knowsProxies(server)
        ? `${server.service.name} is set up to take the forwarded address from its own proxies.`
        : `${server.service.name} knows no proxy: the last address of X-Forwarded-For is believed from ${proxies.join(', ')} alone.`,
    ],
    ...(refused.length > 0 && { partly: true }),
  };
}

async function verify(_plan: PlanOf<'deny-forwarded'>, _done: Prepared, host: HostReader): Promise<readonly Proof[]> {
  const [server] = await findWebServers(host);
  if (server?.main === undefined)
    return [{ ok: true, text: 'The web server does not run: nobody gets in, and nothing can be asked.' }];
  const sound = server.broken === undefined;
  return [
    {
      ok: sound,
      text: sound
        ? `${server.service.name} has taken the rule over; its access log shows 403 for what it hits.`
        : `The configuration is broken: ${server.broken}`,
    },
    ...(await proveOpen(host, server)),
  ];
}

function knowsProxies(server: Apache | Nginx): boolean {
  if (server.kind === 'apache')
    return server.modules.has('remoteip_module') && lastOf(server.tree.directives, 'RemoteIPHeader') !== undefined;
  const http = server.tree.directives.find(({ name }) => name === 'http')?.inner ?? [];
  return ['set_real_ip_from', 'real_ip_header'].every((name) => http.some((one) => one.name === name));
}

function unknownProxies(targets: readonly Target[], proxies: readonly string[]): Refusal | undefined {
  if (proxies.length === 0)
    return {
      refused:
        'Not denied: the web server knows no proxy (Apache: RemoteIPHeader and RemoteIPTrustedProxy; nginx: real_ip_header and set_real_ip_from), and none is proved, so anybody could forge the address.',
    };
  if (targets.some(({ network }) => network))
    return {
      refused:
        'Not denied: without mod_remoteip or real_ip in the web server only single addresses can be told from the header, no networks.',
    };
  return undefined;
}

function apacheFiles(
  server: Apache,
  targets: readonly Target[],
  proxies: readonly string[],
  host: HostReader,
): readonly Change[] | Refusal {
  const texts = targets.map(({ text }) => text);
  const known = knowsProxies(server);
  const refusal = known ? undefined : unknownProxies(targets, proxies);
  if (refusal) return refusal;
  if (server.version.startsWith('2.2'))
    return { refused: 'Not denied: Apache 2.2 has no <If>; deny the address at the proxy.' };
  if (server.folder === undefined) return noFolder('Not denied', server.mainFile);
  const change = ownFile(
    host,
    `${server.folder}/${FORWARDED_NAME}.conf`,
    known ? apacheForwarded(texts) : apacheByHeader(texts, proxies),
  );
  return change ? [change] : [];
}

function nginxFiles(
  server: Nginx,
  targets: readonly Target[],
  proxies: readonly string[],
  host: HostReader,
): readonly Change[] | Refusal {
  const texts = targets.map(({ text }) => text);
  const known = knowsProxies(server);
  const refusal = known ? undefined : unknownProxies(targets, proxies);
  return (
    refusal ??
    insertIntoServers(host, server, FORWARDED_NAME, known ? nginxForwarded(texts) : nginxByHeader(texts, proxies))
  );
}

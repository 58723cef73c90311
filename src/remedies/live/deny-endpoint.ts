// Denies an endpoint in the web server of this host: files as data, tested before the reload, proved by requests.
import { compareVersions } from '../../config/apache.ts';
import type { Change, LiveRemedy, Prepared, Refusal } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import { pathToDeny } from '../deny-endpoint.ts';
import { apacheDenial, nameOfDenial, nginxDenial } from '../deny-lines.ts';
import { distinctTargets } from '../reach.ts';
import { fileChange, ownFile, takenOver } from './changes.ts';
import { findWebServers, serverToChange } from './web/index.ts';
import { insertIntoServers } from './web/nginx-insert.ts';
import { proveOpen, proveRefused } from './web/proof.ts';
import type { Apache, Nginx } from './web/server.ts';

export const denyEndpointLive: LiveRemedy<'deny-endpoint'> = {
  kind: 'deny-endpoint',

  async prepare(plan, host): Promise<Prepared | Refusal> {
    const path = pathToDeny(plan.path);
    if (path === undefined)
      return {
        refused: `Not denied: "${printable(plan.path)}" is the front page, or no plain path such as /xmlrpc.php.`,
      };
    const server = await serverToChange(host, 'Not denied');
    if ('refused' in server) return server;
    const except = distinctTargets(plan.except).map(({ text }) => text);
    const unreadable = plan.except.length - except.length;
    const files =
      server.kind === 'apache' ? apacheFiles(server, path, except, host) : nginxFiles(server, path, except, host);
    if ('refused' in files) return files;
    return {
      title: `Answer 403 to ${path} in ${server.service.name}, before PHP starts${except.length > 0 ? `, except to ${except.join(', ')}` : ''}`,
      changes: files.length === 0 ? [] : [...files, ...takenOver(server)],
      notes: [
        ...(files.length === 0 ? [`It is denied already, by ${nameOfDenial(path)}.`] : []),
        ...(unreadable > 0
          ? [`${unreadable} of the exceptions could not be read as an address or network, or came twice.`]
          : []),
        ...(server.main ? [] : [`${server.service.name} does not run: it takes effect when it is started.`]),
      ],
    };
  },

  async verify(plan, _done, host) {
    const [server] = await findWebServers(host);
    const path = pathToDeny(plan.path);
    if (server?.main === undefined || path === undefined)
      return [{ ok: true, text: 'The web server does not run: nobody gets in, and nothing can be asked.' }];
    return [...(await proveRefused(host, server, path)), ...(await proveOpen(host, server))];
  },
};

/** In a file that is read for the whole server, or at the end of the main file where there is no place for such files. */
function apacheFiles(
  server: Apache,
  path: string,
  except: readonly string[],
  host: HostReader,
): readonly Change[] | Refusal {
  const lines = apacheDenial(path, except, compareVersions(server.version, '2.3') < 0 ? '2.2' : '2.4');
  const name = nameOfDenial(path);
  const change =
    server.folder === undefined
      ? fileChange(host, server.mainFile, (before) => withBlock(before, name, lines))
      : ownFile(host, `${server.folder}/${name}.conf`, lines);
  return change === undefined ? [] : [change];
}

function nginxFiles(
  server: Nginx,
  path: string,
  except: readonly string[],
  host: HostReader,
): readonly Change[] | Refusal {
  const denial = nginxDenial(path, except);
  return insertIntoServers(host, server, nameOfDenial(path), denial);
}

/** Text with our lines at its end, in place of those that we put there before. */
function withBlock(before: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`# begin ${name}`, `# end ${name}`];
  const from = before.indexOf(`${begin}\n`);
  const to = before.indexOf(`${end}\n`, from);
  const rest = from >= 0 && to > from ? before.slice(0, from) + before.slice(to + end.length + 1) : before;
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${[begin, ...lines, end].join('\n')}\n`;
}

function printable(text: string): string {
  return text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
}

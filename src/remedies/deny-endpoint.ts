// Deny an endpoint in the web server, before PHP starts: a plugin would be too late, the process is already paid for.
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import type { Traffic } from '../model/traffic.ts';
import { apacheDenial, nameOfDenial, nginxDenial } from './deny-lines.ts';
import { costOfPath, distinctTargets, hitsAtPath, isAmong, othersAmong, reachOf } from './reach.ts';
import { safeUrlPath } from './safe.ts';
import { apacheFile, apacheUndo, forApache, forNginx, writeFile } from './shell.ts';

/** What a site loses with the endpoint, so that nobody is surprised. */
const LOSSES: Readonly<Record<string, string>> = {
  '/xmlrpc.php':
    'The WordPress phone app and Jetpack use this endpoint: except their addresses if the site needs them.',
  '/wp-login.php': 'This is the door for logins: except your own address, or nobody gets in.',
  '/wp-admin/admin-ajax.php': 'Visitors use this endpoint too (forms, carts, searches): deny it for minutes only.',
  '/wp-cron.php': 'Scheduled work stops: run wp-cron.php from a crontab meanwhile.',
};

/** Paths that are the site itself. */
const WHOLE_SITE = new Set(['/', '/index.php']);

export function pathToDeny(text: string): string | undefined {
  const path = safeUrlPath(text);
  return path === undefined || WHOLE_SITE.has(path) ? undefined : path;
}

function nginxCommands(path: string, except: readonly string[], name: string): string[] {
  const { http, server } = nginxDenial(path, except);
  return [
    '# nginx',
    ...(http.length > 0 ? writeFile(`/etc/nginx/conf.d/${name}.conf`, http) : []),
    '# This line goes first into the server { } of each site: it is decided before any location is chosen, so none wins over it',
    `#   ${server}`,
    'nginx -t && systemctl reload nginx',
  ];
}

export const denyEndpoint: Remedy<'deny-endpoint'> = {
  kind: 'deny-endpoint',

  preview(plan, host): Preview {
    const path = pathToDeny(plan.path);
    if (path === undefined) {
      return {
        title: 'Deny the abused path in the web server, by hand',
        commands: [
          '# The path is the front page, or holds characters that do not belong into a configuration file: it is not repeated here.',
          '# If the path is a file of its own, deny it with <Files> (Apache) or location (nginx). If it is the site itself, block or limit the source.',
        ],
        undo: [],
      };
    }
    const except = distinctTargets(plan.except).map((target) => target.text);
    const name = nameOfDenial(path);
    const loss = LOSSES[path];
    return {
      title: `Answer 403 to ${path} in the web server, before PHP starts${except.length > 0 ? `, except to ${except.join(', ')}` : ''}`,
      commands: [
        ...(loss === undefined ? [] : [`# ${loss}`]),
        ...forApache(host, [...apacheFile(name, apacheDenial(path, except))]),
        ...forNginx(host, nginxCommands(path, except, name)),
        `# Proof, from outside: https://SITE${path} gives 403, https://SITE/ still gives 200.`,
      ],
      undo: [
        ...forApache(host, apacheUndo(name)),
        ...forNginx(host, [
          `# nginx: take the line that ends with "# ${name}" out of each server { } first`,
          `rm -f /etc/nginx/conf.d/${name}.conf; nginx -t && systemctl reload nginx`,
        ]),
      ],
    };
  },

  reach(plan, traffic): Reach | undefined {
    const path = pathToDeny(plan.path);
    return path === undefined ? undefined : reachOfDenial(traffic, path, plan.except);
  },
};

function reachOfDenial(traffic: Traffic, path: string, except: readonly string[]): Reach {
  const spared = distinctTargets(except);
  const stopped = costOfPath(traffic, path);
  const hits = hitsAtPath(traffic, path);
  for (const hit of hits.filter(({ address }) => isAmong(address, spared))) {
    stopped.requests -= hit.requests;
    stopped.workerMs -= (hit.detail.workerMs * hit.requests) / Math.max(1, hit.detail.requests);
  }
  const others = othersAmong(hits).filter(({ address }) => !isAmong(address, spared));
  return reachOf(traffic, { requests: Math.max(0, stopped.requests), workerMs: Math.max(0, stopped.workerMs) }, others);
}

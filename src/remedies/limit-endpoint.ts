// Limit how often one address may ask for an endpoint: passwords can't be guessed fast, a person still gets in.
import { hash32 } from '../model/distinct.ts';
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import { hitsAtPath, othersAmong, reachOf } from './reach.ts';
import { escapeForRegex, safeUrlPath, slug } from './safe.ts';
import { apacheFile, apacheUndo, forApache, forNginx, nginxFile, nginxUndo } from './shell.ts';

export function perMinute(figure: number): number {
  return Number.isFinite(figure) ? Math.min(6000, Math.max(1, Math.round(figure))) : 10;
}

export function nameOfLimit(path: string): string {
  return `seawall-limit-${slug(path)}`;
}

/** ModSecurity 2 counts per address in a persistent collection. Each rule needs an id of its own; these are made from the path. */
export function apacheLimit(path: string, limit: number, counter: string): string[] {
  const id = 7_100_000 + (hash32(path) % 90_000) * 10;
  return [
    '<IfModule security2_module>',
    `  SecAction "id:${id},phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"`,
    `  SecRule REQUEST_FILENAME "@streq ${path}" "id:${id + 1},phase:1,pass,nolog,setvar:ip.${counter}=+1,expirevar:ip.${counter}=60"`,
    `  SecRule REQUEST_FILENAME "@streq ${path}" "id:${id + 2},phase:1,deny,status:429,log,msg:'seawall: too often',chain"`,
    `    SecRule IP:${counter.toUpperCase()} "@gt ${limit}"`,
    '</IfModule>',
  ];
}

/** For the context `http`; a `server` with a limit of its own doesn't take it over. */
export function nginxLimit(path: string, limit: number, variable: string): string[] {
  return [
    `map $uri $${variable} { default ""; "~^${escapeForRegex(path)}(/|$)" $binary_remote_addr; }`,
    `limit_req_zone $${variable} zone=${variable}:2m rate=${limit}r/m;`,
    `limit_req zone=${variable} burst=${burstOf(limit)} nodelay;`,
  ];
}

/** A person who mistypes is not held up at once. */
export function burstOf(limit: number): number {
  return Math.max(1, Math.min(5, limit));
}

export const limitEndpoint: Remedy<'limit-endpoint'> = {
  kind: 'limit-endpoint',

  preview(plan, host): Preview {
    const path = safeUrlPath(plan.path);
    const limit = perMinute(plan.perMinute);
    if (path === undefined) {
      return {
        title: `Limit the abused path to ${limit} requests a minute for each address, by hand`,
        commands: [
          '# The path is the front page, or holds characters that do not belong into a configuration file: it is not repeated here.',
          '# nginx: limit_req with a key of $binary_remote_addr in its location. Apache: a counter per address in mod_security.',
        ],
        undo: [],
      };
    }
    const name = nameOfLimit(path);
    const variable = name.replace(/-/g, '_');
    return {
      title: `Let each address ask for ${path} at most ${limit} times a minute`,
      commands: [
        ...forApache(host, [
          '# Apache counts with mod_security: switched on only where nobody has set it up (RHEL: dnf install mod_security)',
          'apt-get install --no-install-recommends libapache2-mod-security2',
          "grep -rqs '^ *SecRuleEngine' /etc/modsecurity/*.conf /etc/apache2/*-enabled/ || echo 'SecRuleEngine On' > /etc/modsecurity/seawall.conf",
          ...apacheFile(name, apacheLimit(path, limit, variable)),
        ]),
        ...forNginx(host, [
          ...nginxFile(name, nginxLimit(path, limit, variable)),
          '# nginx answers 503 to what is too often, unless limit_req_status 429 is set; a server { } with a limit_req of its own needs the line too.',
        ]),
        '# Behind a proxy, make the web server know the forwarded address first, or all visitors share one limit.',
      ],
      undo: [
        ...forApache(host, [
          ...apacheUndo(name),
          'rm -f /etc/modsecurity/seawall.conf; apache2ctl configtest && systemctl reload apache2',
        ]),
        ...forNginx(host, nginxUndo(name)),
      ],
    };
  },

  /** A lower bound: each address's requests are taken as spread evenly over the time in which it was seen. */
  reach(plan, traffic): Reach | undefined {
    const path = safeUrlPath(plan.path);
    if (path === undefined) return undefined;
    const limit = perMinute(plan.perMinute);
    const hits = hitsAtPath(traffic, path);
    const stopped = { requests: 0, workerMs: 0 };
    const limited = new Set<string>();
    for (const { address, detail, requests } of hits) {
      const minutes = Math.max(1, (detail.last - detail.first) / 60_000);
      const excess = requests - limit * minutes;
      if (!(excess >= 1)) continue;
      limited.add(address);
      stopped.requests += excess;
      stopped.workerMs += (detail.workerMs * excess) / Math.max(1, detail.requests);
    }
    const others = othersAmong(hits).filter(({ address }) => limited.has(address));
    return reachOf(traffic, stopped, others);
  },
};

// What a denial looks like in the configuration of each web server.

import { escapeForRegex, slug } from './safe.ts';

/** WordPress has these in the folder of every site, so they are meant wherever they lie. */
const ENTRY_POINTS = new Set(['xmlrpc.php', 'wp-login.php', 'wp-cron.php', 'wp-trackback.php', 'wp-comments-post.php']);

/** Names of files and variables for the denial of this path. */
export function nameOfDenial(path: string): string {
  return `seawall-deny-${slug(path)}`;
}

/** A PCRE that matches the path of a URL, with more path behind it too: PHP is handed /xmlrpc.php/x as well. */
function patternOf(path: string): string {
  return `${anyFolder(path) ? '' : '^/*'}${escapeForRegex(path)}(/|$)`;
}

function anyFolder(path: string): boolean {
  return path.lastIndexOf('/') === 0 && ENTRY_POINTS.has(path.slice(1));
}

/**
 * By file, which holds whatever URL leads there, and by URL, which holds where PHP is reached by ProxyPassMatch. With exceptions,
 * AuthMerging And keeps what other sections demand (a password, say) in force for those who are excepted.
 */
export function apacheDenial(path: string, except: readonly string[], syntax: '2.2' | '2.4' = '2.4'): string[] {
  const sections: (readonly [open: string, close: string])[] = [
    [`<LocationMatch "${patternOf(path)}">`, '</LocationMatch>'],
  ];
  if (anyFolder(path)) sections.unshift([`<Files "${path.slice(1)}">`, '</Files>']);
  const rules =
    syntax === '2.2'
      ? ['  Order Deny,Allow', '  Deny from all', ...except.map((one) => `  Allow from ${one}`), '  Satisfy All']
      : except.length > 0
        ? ['  AuthMerging And', `  Require ip ${except.join(' ')}`]
        : ['  Require all denied'];
  return sections.flatMap(([open, close]) => [open, ...rules, close]);
}

export interface NginxDenial {
  /** For the context `http`; empty where nothing is needed there. */
  readonly http: readonly string[];
  /** For each `server`, first in it: it is decided before any location is chosen, so none can win over it. */
  readonly server: string;
}

export function nginxDenial(path: string, except: readonly string[]): NginxDenial {
  const name = nameOfDenial(path);
  const pattern = patternOf(path);
  if (except.length === 0) return { http: [], server: `if ($uri ~ "${pattern}") { return 403; } # ${name}` };
  const variable = name.replace(/-/g, '_');
  return {
    http: [
      `geo $${variable}_except { default 0; ${except.map((address) => `${address} 1;`).join(' ')} }`,
      `map "$${variable}_except $uri" $${variable} { default 0; "~^0 ${anyFolder(path) ? '.*' : '/*'}${escapeForRegex(path)}(/|$)" 1; }`,
    ],
    server: `if ($${variable}) { return 403; } # ${name}`,
  };
}

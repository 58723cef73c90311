// How each web server denies an address that a proxy forwards: by what it knows of the proxy, or by the end of X-Forwarded-For.
import type { NginxDenial } from './deny-lines.ts';
import { escapeForRegex } from './safe.ts';

export const FORWARDED_NAME = 'seawall-deny-forwarded';

/**
 * Where the web server knows its proxies (mod_remoteip, real_ip), the client's address is the forwarded one. An <If> section leaves
 * all other access rules as they are when it does not hold.
 */
export function apacheForwarded(targets: readonly string[]): string[] {
  return ifDenied(targets.map((target) => `%{REMOTE_ADDR} -ipmatch '${target}'`).join(' || '));
}

/**
 * Where it doesn't: only from these proxies, and only the last address of the header, which is the one that the proxy itself saw.
 * Single addresses only, no networks.
 */
export function apacheByHeader(targets: readonly string[], proxies: readonly string[]): string[] {
  const from = proxies.map((proxy) => `%{REMOTE_ADDR} -ipmatch '${proxy}'`).join(' || ');
  return ifDenied(`(${from}) && %{HTTP:X-Forwarded-For} =~ m#(^|[ ,])(${targets.map(escapeForRegex).join('|')})$#`);
}

function ifDenied(condition: string): string[] {
  return [`<If "${condition}">`, '  Require all denied', '</If>'];
}

const VARIABLE = FORWARDED_NAME.replace(/-/g, '_');

export function nginxForwarded(targets: readonly string[]): NginxDenial {
  return {
    http: [`geo $${VARIABLE} { default 0; ${targets.map((target) => `${target} 1;`).join(' ')} }`],
    server: SERVER,
  };
}

export function nginxByHeader(targets: readonly string[], proxies: readonly string[]): NginxDenial {
  return {
    http: [
      `geo $${VARIABLE}_from { default 0; ${proxies.map((proxy) => `${proxy} 1;`).join(' ')} }`,
      `map "$${VARIABLE}_from $http_x_forwarded_for" $${VARIABLE} { default 0; "~^1 (.*[ ,])?(${targets.map(escapeForRegex).join('|')})$" 1; }`,
    ],
    server: SERVER,
  };
}

const SERVER = `if ($${VARIABLE}) { return 403; } # ${FORWARDED_NAME}`;

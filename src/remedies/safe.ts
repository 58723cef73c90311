// What may stand in a command: everything here may come from a log, so it is parsed or matched against a short list of characters.
import ipaddr from 'ipaddr.js';
import { canonicalAddress, networkOf } from '../model/address.ts';
import { frontProxyOwner } from '../model/known-networks.ts';

/** An address or network that was parsed and spelled anew. */
export interface Target {
  /** `203.0.113.7`, `2001:db8::/64`: canonical, with host bits cleared. */
  readonly text: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly network: boolean;
}

/** Reads an address or a CIDR; `undefined` when it is neither. */
export function parseTarget(text: string): Target | undefined {
  const slash = text.indexOf('/');
  const address = canonicalAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const family = address.includes(':') ? 6 : 4;
  const whole = family === 4 ? 32 : 128;
  if (slash < 0) return { text: address, family, prefix: whole, network: false };
  const bits = text.slice(slash + 1);
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(prefix <= whole)) return undefined;
  if (prefix === whole) return { text: address, family, prefix, network: false };
  const network = networkOf(address, { ipv4: prefix, ipv6: prefix });
  return network === undefined ? undefined : { text: network, family, prefix, network: true };
}

/** Narrower than this, a network may be one customer or one provider's block; wider, it is a part of the Internet. */
const WIDEST = { 4: 16, 6: 32 } as const;

/** Why a target must never be blocked, judged by the address alone; `undefined` when nothing speaks against it. */
export function unfitForBlock(target: Target): string | undefined {
  if (target.prefix < WIDEST[target.family])
    return `wider than a /${WIDEST[target.family]}: too many who have no part in it`;
  const slash = target.text.indexOf('/');
  const owner = frontProxyOwner(slash < 0 ? target.text : target.text.slice(0, slash));
  if (owner !== undefined) return `${owner}, which stands in front of sites: block behind it, by the forwarded address`;
  const range = ipaddr.parse(slash < 0 ? target.text : target.text.slice(0, slash)).range();
  if (range === 'loopback') return 'loopback: the host itself';
  if (range === 'unspecified' || range === 'broadcast' || range === 'multicast')
    return 'not the address of a single host';
  if (range === 'linkLocal') return 'link-local: the gateway may be reached by it';
  return undefined;
}

/**
 * A path of a URL in plain characters, without the method and, for a PHP file, without the query that an endpoint may have
 * ("POST /wp-login.php?action"). `undefined` for all others: /shop/?color is not all of /shop/.
 */
export function safeUrlPath(text: string): string | undefined {
  const path = text.replace(/^[A-Z]{3,7} /, '').replace(/(?<=\.php)\?.*$/s, '');
  return /^\/[A-Za-z0-9._~/-]{1,200}$/.test(path) && !path.includes('//') && !/\/\.{1,2}(?:\/|$)/.test(path)
    ? path
    : undefined;
}

/** An absolute path of a file or folder in plain characters. */
export function safeFilePath(text: string): string | undefined {
  return /^\/[A-Za-z0-9._@:+/-]{0,250}$/.test(text) && !/\/\.{1,2}(?:\/|$)/.test(text) ? text : undefined;
}

/** The name of a systemd unit, with or without its suffix (systemd.unit(5)). */
export function safeUnit(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9@:_.-]{0,127}$/.test(text) ? text : undefined;
}

/** The name of a program as the kernel or `ps` has it. */
export function safeProgram(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(text) ? text : undefined;
}

/** A DNS host name (RFC 1123). */
export function safeHost(text: string): string | undefined {
  return text.length <= 253 && /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/.test(text)
    ? text.toLowerCase()
    : undefined;
}

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** A table as error logs name it: `./wordpress/wp_options`, `wordpress.wp_options`, `wordpress/wp_options.MYI`, with or without quotes. */
export function safeTable(text: string): TableName | undefined {
  const parts =
    /^[`'"]?(?:\.\/)?([A-Za-z0-9_][A-Za-z0-9_-]{0,63})[`'"]?[./][`'"]?([A-Za-z0-9_][A-Za-z0-9_-]{0,63})(?:\.(?:MYI|MYD|MAI|MAD))?[`'"]?$/.exec(
      text,
    );
  const [, database, name] = parts ?? [];
  return database !== undefined && name !== undefined ? { database, table: name } : undefined;
}

/** A plugin or theme of WordPress: `plugin akismet`, `theme astra`. */
export function safeComponent(text: string): { readonly type: 'plugin' | 'theme'; readonly slug: string } | undefined {
  const parts = /^(plugin|theme) ([A-Za-z0-9][A-Za-z0-9_-]{0,99})$/.exec(text);
  const slug = parts?.[2];
  return slug === undefined ? undefined : { type: parts?.[1] === 'theme' ? 'theme' : 'plugin', slug };
}

/** Words that stand in the user agents of ordinary browsers, or in those of all robots. */
const COMMON_WORDS =
  /^(?:mozilla|applewebkit|safari|chrome|chromium|gecko|khtml|firefox|edge?|opera|opr|msie|trident|windows|linux|macintosh|android|iphone|ipad|compatible|like|version|mobile|https?|bot|robot|crawler|spider|the|and|com|www)$/i;

/**
 * The word by which a robot is known in a user agent: `GPTBot` in `Mozilla/5.0 (compatible; GPTBot/1.2; ...)`.
 * `undefined` when there is none that would not hit browsers as well.
 */
export function robotToken(agent: string): string | undefined {
  const head = agent.slice(0, 400);
  if (/^[A-Za-z][A-Za-z0-9_-]{2,63}$/.test(head)) return COMMON_WORDS.test(head) ? undefined : head;
  const words = head.match(/[A-Za-z][A-Za-z0-9_-]{2,63}/g) ?? [];
  const named = words.find((word) => /bot|crawl|spider|slurp|scrap/i.test(word) && !COMMON_WORDS.test(word));
  if (named !== undefined) return named;
  const first = /^([A-Za-z][A-Za-z0-9_-]{2,63})(?:\/|$)/.exec(head)?.[1];
  return first !== undefined && !COMMON_WORDS.test(first) ? first : undefined;
}

/** For names of files and variables: lower case, everything else a dash. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** For a regular expression of Apache or nginx (PCRE); the input is already of plain characters. */
export function escapeForRegex(text: string): string {
  return text.replace(/[.+*?^$()[\]{}|\\/-]/g, (character) =>
    character === '/' || character === '-' ? character : `\\${character}`,
  );
}

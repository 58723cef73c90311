// What lines of a made-up access log are put together from: times, addresses, agents, pages, and lines that are none.
import type { Random } from './random.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

let lastMs = Number.NaN;
let lastText = '';

export function clfTimeAt(ms: number): string {
  if (ms === lastMs) return lastText;
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  lastMs = ms;
  lastText =
    `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
  return lastText;
}

export const ASSETS = ['css', 'js', 'png', 'jpg', 'webp', 'woff2'] as const;
export const SITES = [
  'shop.example.com',
  'shop.example.com',
  'www.google.com',
  'duckduckgo.com',
  'forum.example.net',
] as const;
export const STATUSES = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 304, 304, 301, 302, 404, 403, 500];
export const WORDS = [
  'blue',
  'wool',
  'coat',
  'lamp',
  'oak',
  'table',
  'garden',
  'chair',
  'rug',
  'linen',
  'sale',
  'news',
] as const;

export function targetOf(random: Random, path: string): string {
  const kind = random.next();
  if (kind < 0.55) return path;
  if (kind < 0.7) return `${path}?orderby=price&filter_colour=${random.pick(WORDS)}&paged=${random.below(40)}`;
  if (kind < 0.8) return `/?s=${random.pick(WORDS)}+${random.pick(WORDS)}&post_type=product`;
  if (kind < 0.9) return `${path}?utm_source=letter&utm_medium=email&utm_id=${hex(random, 12)}`;
  if (kind < 0.97) return `/wp-admin/admin-ajax.php?action=cart&_=${1_764_000_000_000 + random.below(1e9)}`;
  return kind < 0.98 ? '/wp-login.php' : '/my-account/';
}

export function page(random: Random): string {
  return `/${random.pick(WORDS)}/${random.pick(WORDS)}-${random.pick(WORDS)}-${hex(random, 4)}/`;
}

export function agent(random: Random): string {
  const build = `${110 + random.below(40)}.0.${random.below(7000)}.${random.below(200)}`;
  return random.pick([
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${build} Safari/537.36`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${random.below(7)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.${random.below(7)} Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Linux; Android ${10 + random.below(6)}; SM-G${random.below(999)}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${build} Mobile Safari/537.36`,
    `Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/${build} Safari/537.36`,
  ]);
}

/** TLS on the plain port, a request that never came, a line cut by a crash, bytes that no server should have written. */
export function malformed(random: Random, address: string, time: string, kind: number): string {
  if (kind < 15)
    return `${address} - - [${time}] "\\x16\\x03\\x01\\x02\\x00\\x01\\xfc${hex(random, 40)}" 400 226 "-" "-"\n`;
  if (kind < 25) return `${address} - - [${time}] "-" 408 - "-" "-"\n`;
  if (kind < 38) return `${address} - - [${time}] "GET /${hex(random, 60)}\n`;
  return `${address} - - [${time}] "GET /caf\u00e9/\u6c34\ufffd HTTP/1.1" 404 196 "-" "\u{1f600}"\n`;
}

export function ipv4(random: Random): string {
  return `${11 + random.below(200)}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

export function ipv6(random: Random): string {
  const group = (): string => random.below(0x10000).toString(16);
  return `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
}

export function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += random.below(0x10000000).toString(16).padStart(7, '0');
  return text.slice(0, digits);
}

export function some<T>(count: number, make: (index: number) => T): [T, ...T[]] {
  const first = make(0);
  return [first, ...Array.from({ length: count - 1 }, (_, i) => make(i + 1))];
}

// Writes a large access log in Apache's combined format, as a busy shop with a password-guessing robot in it would.
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Random, seeded } from './random.ts';

export interface LogShape {
  readonly bytes: number;
  readonly hours: number;
  /** Every line from another address, and short: as many addresses as the file can hold. */
  readonly distinct: boolean;
}

const FIRST_MS = Date.UTC(2026, 10, 20, 6, 0, 0);
const FLUSH_BYTES = 1 << 20;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes the log and returns the number of its lines. */
export function writeAccessLog(path: string, shape: LogShape): number {
  const random = seeded(20261122);
  const lineOf = shape.distinct ? distinctLines(random) : shopLines(random);
  const fd = openSync(path, 'w', 0o600);
  let written = 0;
  let lines = 0;
  let pending = '';
  try {
    while (written + pending.length < shape.bytes) {
      const done = (written + pending.length) / shape.bytes;
      // Apache stamps a line with the begin of its request: some stand after younger ones.
      const late = random.next() < 0.05 ? random.below(6) * 1000 : 0;
      pending += lineOf(clfTimeAt(FIRST_MS + Math.floor(done * shape.hours * 3600) * 1000 - late), done);
      lines++;
      if (pending.length >= FLUSH_BYTES) {
        written += writeSync(fd, pending);
        pending = '';
      }
    }
    writeSync(fd, pending);
  } finally {
    closeSync(fd);
  }
  return lines;
}

let lastMs = Number.NaN;
let lastText = '';

function clfTimeAt(ms: number): string {
  if (ms === lastMs) return lastText;
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  lastMs = ms;
  lastText =
    `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
  return lastText;
}

type LineOf = (time: string, done: number) => string;

function distinctLines(random: Random): LineOf {
  return (time) =>
    random.next() < 0.85
      ? `${ipv4(random)} - - [${time}] "GET / HTTP/1.1" 200 612 "-" "curl/8"\n`
      : `${ipv6(random)} - - [${time}] "GET / HTTP/1.1" 200 612 "-" "curl/8"\n`;
}

interface Visit {
  readonly address: string;
  readonly agent: string;
}

const VISITS_AT_ONCE = 400;
const REQUESTS_A_VISIT = 25;

function shopLines(random: Random): LineOf {
  const addresses = some(150_000, () => (random.next() < 0.8 ? ipv4(random) : ipv6(random)));
  const agents = some(1500, () => agent(random));
  const paths = some(12_000, () => page(random));
  const assets = some(
    800,
    (i) => `/wp-content/themes/shop/assets/${i}-${hex(random, 8)}.${random.pick(ASSETS)}?ver=6.9`,
  );
  const referers = some(3000, () => `https://${random.pick(SITES)}${random.favourite(paths)}`);
  const visit = (): Visit => ({ address: random.favourite(addresses), agent: random.favourite(agents) });
  const visits = some(VISITS_AT_ONCE, visit);
  return (time, done) => {
    const odd = random.below(20_000);
    if (odd < 40) return malformed(random, random.favourite(addresses), time, odd);
    // The attack: one address, a third of all requests, in a tenth of the time.
    if (done > 0.55 && done < 0.65 && random.next() < 0.35)
      return `203.0.113.66 - - [${time}] "POST /xmlrpc.php HTTP/1.0" 200 370 "-" "Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)"\n`;
    // Visitors come, look at some pages with all that belongs to them, and go.
    const place = random.below(VISITS_AT_ONCE);
    if (random.next() < 1 / REQUESTS_A_VISIT) visits[place] = visit();
    const { address, agent } = visits[place] ?? visits[0];
    const asset = random.next() < 0.5;
    const target = asset ? random.favourite(assets) : targetOf(random, random.favourite(paths));
    const status = STATUSES[random.below(STATUSES.length)] ?? 200;
    const referer = random.next() < 0.6 ? random.favourite(referers) : '-';
    const method = asset || random.next() < 0.95 ? 'GET' : 'POST';
    return `${address} - - [${time}] "${method} ${target} HTTP/1.1" ${status} ${200 + random.below(90_000)} "${referer}" "${agent}"\n`;
  };
}

const ASSETS = ['css', 'js', 'png', 'jpg', 'webp', 'woff2'] as const;
const SITES = [
  'shop.example.com',
  'shop.example.com',
  'www.google.com',
  'duckduckgo.com',
  'forum.example.net',
] as const;
const STATUSES = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 304, 304, 301, 302, 404, 403, 500];
const WORDS = [
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

function targetOf(random: Random, path: string): string {
  const kind = random.next();
  if (kind < 0.55) return path;
  if (kind < 0.7) return `${path}?orderby=price&filter_colour=${random.pick(WORDS)}&paged=${random.below(40)}`;
  if (kind < 0.8) return `/?s=${random.pick(WORDS)}+${random.pick(WORDS)}&post_type=product`;
  if (kind < 0.9) return `${path}?utm_source=letter&utm_medium=email&utm_id=${hex(random, 12)}`;
  if (kind < 0.97) return `/wp-admin/admin-ajax.php?action=cart&_=${1_764_000_000_000 + random.below(1e9)}`;
  return kind < 0.98 ? '/wp-login.php' : `/.git/${hex(random, 6)}`;
}

function page(random: Random): string {
  return `/${random.pick(WORDS)}/${random.pick(WORDS)}-${random.pick(WORDS)}-${hex(random, 4)}/`;
}

function agent(random: Random): string {
  const build = `${110 + random.below(40)}.0.${random.below(7000)}.${random.below(200)}`;
  return random.pick([
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${build} Safari/537.36`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${random.below(7)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.${random.below(7)} Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Linux; Android ${10 + random.below(6)}; SM-G${random.below(999)}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${build} Mobile Safari/537.36`,
    `Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/${build} Safari/537.36`,
  ]);
}

/** TLS on the plain port, a request that never came, a line cut by a crash, bytes that no server should have written. */
function malformed(random: Random, address: string, time: string, kind: number): string {
  if (kind < 15)
    return `${address} - - [${time}] "\\x16\\x03\\x01\\x02\\x00\\x01\\xfc${hex(random, 40)}" 400 226 "-" "-"\n`;
  if (kind < 25) return `${address} - - [${time}] "-" 408 - "-" "-"\n`;
  if (kind < 38) return `${address} - - [${time}] "GET /${hex(random, 60)}\n`;
  return `${address} - - [${time}] "GET /caf\u00e9/\u6c34\ufffd HTTP/1.1" 404 196 "-" "\u{1f600}"\n`;
}

function ipv4(random: Random): string {
  return `${11 + random.below(200)}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

function ipv6(random: Random): string {
  const group = (): string => random.below(0x10000).toString(16);
  return `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
}

function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += random.below(0x10000000).toString(16).padStart(7, '0');
  return text.slice(0, digits);
}

function some<T>(count: number, make: (index: number) => T): [T, ...T[]] {
  const first = make(0);
  return [first, ...Array.from({ length: count - 1 }, (_, i) => make(i + 1))];
}

// Writes a large access log in Apache's combined format, as a busy shop with a password-guessing robot in it would.
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  ASSETS,
  agent,
  clfTimeAt,
  hex,
  ipv4,
  ipv6,
  malformed,
  page,
  SITES,
  STATUSES,
  some,
  targetOf,
} from './log-parts.ts';
import { type Random, seeded } from './random.ts';

export interface LogShape {
  readonly bytes: number;
  readonly hours: number;
  /** Every line from another address, and short: as many addresses as the file can hold. */
  readonly distinct: boolean;
}

const FIRST_MS = Date.UTC(2026, 10, 20, 6, 0, 0);
const FLUSH_BYTES = 1 << 20;

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

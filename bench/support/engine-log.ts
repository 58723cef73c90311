// Writes an access log of a shop for the log engine: visitors, crawlers, monitors, two attacks, scanners, and lines that are none.

import { longAgent, shortAgent } from './agents.ts';
import { clfTimeAt, hex, ipv4, ipv6, malformed, page, SITES, some, targetOf, WORDS } from './log-parts.ts';
import { type Random, seeded } from './random.ts';
import { writeLines } from './write-lines.ts';

export interface EngineLogShape {
  readonly lines: number;
  /** The time that the request took in microseconds (`%D`) ends each line. */
  readonly duration?: boolean;
  /** All clients have IPv6 addresses; else every fifth. */
  readonly ipv6?: boolean;
  /** Agents of 300 to 500 characters; else of browsers and apps. */
  readonly longAgents?: boolean;
}

const FIRST_MS = Date.UTC(2026, 10, 20, 6, 0, 0);
const HOURS = 26;
/** Of this many lines; together 0.2 %. */
const MALFORMED = { kinds: 40, of: 20_000 };

/** The same bytes for the same shape, in Apache's combined format. */
export async function writeEngineLog(path: string, shape: EngineLogShape): Promise<void> {
  const random = seeded(20261126);
  const request = shopRequests(random, shape);
  const secondOf = (line: number): number => Math.floor((line / shape.lines) * HOURS * 3600);
  await writeLines(path, shape.lines, (number) => {
    const { address, ask, status, bytes, referer, agent, micros, odd } = request(number / shape.lines);
    // A line is written when its request ends, and says when it began.
    const time = clfTimeAt(FIRST_MS + (secondOf(number) - Math.floor(micros / 1e6)) * 1000);
    const line =
      odd === undefined
        ? `${address} - - [${time}] "${ask} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}"\n`
        : malformed(random, address, time, odd);
    // A line that a crash cut has nothing at its end.
    return shape.duration && line.endsWith('"\n') ? `${line.slice(0, -1)} ${micros}\n` : line;
  });
}

interface Request {
  readonly address: string;
  /** Method and target. */
  readonly ask: string;
  readonly status: number;
  readonly bytes: number | '-';
  readonly referer: string;
  readonly agent: string;
  readonly micros: number;
  /** The kind of a line that is no request. */
  readonly odd?: number;
}

/** Requests by where in the log they stand, from 0 to 1. */
type Requests = (done: number) => Request;

const VISITS_AT_ONCE = 400;
const REQUESTS_A_VISIT = 25;

function shopRequests(random: Random, shape: EngineLogShape): Requests {
  const address = (): string => (shape.ipv6 || random.next() < 0.2 ? ipv6(random) : ipv4(random));
  const agentOf = (): string => (shape.longAgents ? longAgent(random) : shortAgent(random));
  const paths = some(12_000, () => page(random));
  const visit = visitors(random, some(150_000, address), some(1500, agentOf), paths);
  const crawl = crawlers(random, shape, paths);
  const attack = attackers(random, shape, agentOf);
  const scan = scanners(random, address, agentOf);
  const monitor: Request = {
    address: address(),
    ask: 'HEAD /',
    status: 200,
    bytes: '-',
    referer: '-',
    agent: shape.longAgents ? agentOf() : 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    micros: 90_000,
  };
  return (done) => {
    const odd = random.below(MALFORMED.of);
    if (odd < MALFORMED.kinds) return { ...monitor, address: address(), odd };
    const attacked = attack(done);
    if (attacked) return attacked;
    const kind = random.next();
    if (kind < 0.01) return monitor;
    if (kind < 0.03) return scan(done);
    return kind < 0.2 ? crawl(done) : visit(done);
  };
}

type List = readonly [string, ...string[]];

/** They come, look at some pages with all that belongs to them, and go. */
function visitors(random: Random, addresses: List, agents: List, paths: List): Requests {
  const home = `https://${SITES[0]}/`;
  const pages = some(3000, () => `https://${SITES[0]}${random.popular(paths)}`);
  const links = some(3000, () => `https://${random.pick(SITES)}${random.popular(paths)}`);
  const assets = some(
    800,
    (i) => `/${random.pick(FOLDERS)}/${random.pick(WORDS)}-${i}.${random.pick(KINDS)}${i % 3 === 0 ? '?ver=6.9' : ''}`,
  );
  const visit = () => ({
    address: random.favourite(addresses),
    agent: random.popular(agents),
    referer: random.next() < 0.5 ? random.popular(links) : '-',
  });
  const visits = some(VISITS_AT_ONCE, visit);
  return () => {
    const place = random.below(VISITS_AT_ONCE);
    if (random.next() < 1 / REQUESTS_A_VISIT) visits[place] = visit();
    const { address, agent, referer } = visits[place] ?? visits[0];
    if (random.next() < 0.6) {
      const cached = random.next() < 0.2;
      return {
        address,
        agent,
        ask: `GET ${random.popular(assets)}`,
        status: cached ? 304 : 200,
        bytes: cached ? '-' : 300 + random.below(90_000),
        referer: random.next() < 0.5 ? home : random.popular(pages),
        micros: 200 + random.below(4000),
      };
    }
    return {
      address,
      agent,
      ask: `${random.next() < 0.06 ? 'POST' : 'GET'} ${targetOf(random, random.popular(paths))}`,
      status: random.pick(STATUSES),
      bytes: 4000 + random.below(60_000),
      referer,
      micros: 90_000 + random.below(900_000),
    };
  };
}

/** Each from a /24 or /64 of its own, without a referer, through all pages. */
function crawlers(random: Random, shape: EngineLogShape, paths: List): Requests {
  const bots = some(CRAWLERS.length, (i) => ({
    network: shape.ipv6 ? `2001:db8:${(i + 1).toString(16)}:1::` : `198.18.${i}.`,
    agent: shape.longAgents ? longAgent(random) : (CRAWLERS[i] ?? ''),
  }));
  return () => {
    const { network, agent } = random.favourite(bots);
    return {
      address: `${network}${1 + random.below(60)}`,
      agent,
      ask: `GET ${random.next() < 0.03 ? '/robots.txt' : targetOf(random, random.pick(paths))}`,
      status: random.pick(STATUSES),
      bytes: 4000 + random.below(60_000),
      referer: '-',
      micros: 90_000 + random.below(900_000),
    };
  };
}

/** A flood of pingbacks from one address for some hours, then passwords guessed from 300. */
function attackers(
  random: Random,
  shape: EngineLogShape,
  agentOf: () => string,
): (done: number) => Request | undefined {
  const guessers = some(300, () => (shape.ipv6 ? ipv6(random) : ipv4(random)));
  const agent = agentOf();
  const robot = shape.longAgents ? agent : 'Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)';
  const flooder = shape.ipv6 ? '2001:db8::bad:cafe' : '203.0.113.66';
  return (done) => {
    if (done > 0.5 && done < 0.65 && random.next() < 0.5) {
      const micros = 2_000_000 + random.below(9_000_000);
      return { address: flooder, ask: 'POST /xmlrpc.php', status: 200, bytes: 370, referer: '-', agent: robot, micros };
    }
    if (done > 0.7 && done < 0.8 && random.next() < 0.2) {
      const micros = 400_000 + random.below(600_000);
      const referer = `https://${SITES[0]}/wp-login.php`;
      return {
        address: random.pick(guessers),
        ask: 'POST /wp-login.php',
        status: 200,
        bytes: 4523,
        referer,
        agent,
        micros,
      };
    }
    return undefined;
  };
}

/** One address at a time asks for what it hopes to find. */
function scanners(random: Random, address: () => string, agentOf: () => string): Requests {
  let scanner = { address: address(), agent: agentOf() };
  return () => {
    if (random.next() < 0.004) scanner = { address: address(), agent: agentOf() };
    const ask = `GET ${random.pick(PROBES)}${random.next() < 0.5 ? hex(random, 5) : ''}`;
    return {
      ...scanner,
      ask,
      status: 404,
      bytes: 196 + random.below(300),
      referer: '-',
      micros: 300 + random.below(900),
    };
  };
}

const FOLDERS = ['wp-content/uploads/2026/10', 'wp-content/themes/shop', 'img', 'assets'] as const;
const KINDS = ['css', 'js', 'png', 'jpg', 'webp', 'woff2'] as const;
const STATUSES = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 301, 302, 304, 404, 403, 500] as const;
const PROBES = [
  '/.env',
  '/.git/config',
  '/wp-config.php.',
  '/wp-content/plugins/',
  '/backup/',
  '/phpmyadmin/',
] as const;
const CRAWLERS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
  'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
] as const;

// The options of `seawall capture`, read and checked together.
import { z } from 'zod';
import { canonicalAddress } from '../model/address.ts';
import { safeUrlPath } from '../remedies/safe.ts';
import type { WantedRequests } from '../sources/capture/gather.ts';
import { OptionError } from '../sources/given.ts';
import { numberOption, proxyOption, widthOption } from './common-options.ts';

/** As commander hands them over. */
const OPTIONS = z.object({
  site: z.string().optional(),
  path: z.string().optional(),
  for: z.string().optional(),
  count: z.string().optional(),
  from: z.string().optional(),
  through: z.string().optional(),
  packets: z.string().optional(),
  port: z.string().optional(),
  forget: z.boolean().optional(),
  dryRun: z.boolean().optional(),
  yes: z.boolean().optional(),
  json: z.boolean().optional(),
  trustedProxy: z.array(z.string()).optional(),
  width: z.string().optional(),
});

export interface CaptureCommand {
  readonly way: 'drop-in' | 'packet-file' | 'packets-live' | 'forget';
  /** Absolute. */
  readonly site?: string;
  readonly through?: 'mu-plugin' | 'user-ini';
  readonly file: string;
  readonly port: number;
  readonly seconds: number;
  readonly wanted: WantedRequests;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly trustedProxies: readonly string[];
  readonly width: number;
}

const SECONDS = 60;
/** Longer is no moment; the drop-in would be forgotten. */
const SECONDS_MAX = 3600;
const COUNT = 50;
const COUNT_OF_FILE = 20_000;
const COUNT_MAX = 10_000;

/** @throws OptionError */
export function captureCommandOf(options: unknown): CaptureCommand {
  const given = OPTIONS.parse(options);
  const { packets, site, through, forget } = given;
  if (packets !== undefined && (site !== undefined || through !== undefined))
    throw new OptionError('--packets needs no site: leave out --site and --through, or --packets.');
  const way = forget
    ? 'forget'
    : packets === undefined
      ? 'drop-in'
      : packets === 'live'
        ? 'packets-live'
        : 'packet-file';
  const path = given.path === undefined ? undefined : pathOption(given.path);
  const from = given.from === undefined ? undefined : fromOption(given.from);
  const most = way === 'packet-file' ? COUNT_OF_FILE : COUNT;
  const count = given.count === undefined ? most : numberOption('--count', given.count, 'requests', COUNT_MAX);
  const way2 = throughOption(through);
  return {
    way,
    ...(site !== undefined && { site: siteOption(site) }),
    ...(way2 !== undefined && { through: way2 }),
    file: packets ?? '',
    port: given.port === undefined ? 80 : numberOption('--port', given.port, 'a TCP port', 65_535),
    seconds: given.for === undefined ? SECONDS : secondsOption(given.for),
    wanted: { count, ...(path !== undefined && { path }), ...(from !== undefined && { from }) },
    dryRun: given.dryRun === true,
    yes: given.yes === true,
    json: given.json === true,
    trustedProxies: (given.trustedProxy ?? []).map(proxyOption),
    width: widthOption(given.width),
  };
}

function siteOption(text: string): string {
  const path = text.replace(/(?<=.)\/+$/, '');
  if (/^\/[^\u0000-\u001f\u007f]{0,400}$/.test(path) && !/\/\.\.?(?:\/|$)/.test(path)) return path;
  throw new OptionError(`--site ${text}: give the absolute path of the site's root, such as /var/www/html.`);
}

function pathOption(text: string): string {
  const path = safeUrlPath(text);
  if (path !== undefined) return path;
  throw new OptionError(`--path ${text}: give the path of a URL without its query, such as /xmlrpc.php.`);
}

function fromOption(text: string): string {
  const address = canonicalAddress(text);
  if (address !== undefined) return address;
  throw new OptionError(`--from ${text}: no address. Give 192.0.2.10 or 2001:db8::10.`);
}

function throughOption(text: string | undefined): CaptureCommand['through'] {
  if (text === undefined || text === 'mu-plugin' || text === 'user-ini') return text;
  throw new OptionError(`--through ${text}: give mu-plugin (WordPress loads it) or user-ini (PHP prepends it).`);
}

function secondsOption(text: string): number {
  const [, digits, unit] = /^(\d{1,6})(s|m|)$/.exec(text) ?? [];
  const seconds = Number(digits) * (unit === 'm' ? 60 : 1);
  if (digits !== undefined && seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw new OptionError(`--for ${text}: give seconds or minutes, 1s to 60m.`);
}

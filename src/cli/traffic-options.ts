// The options of `seawall traffic`, read and checked together.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { OptionError } from '../sources/given.ts';
import type { TrafficOptions } from '../sources/read-traffic.ts';
import { numberOption, proxyOption, threadsOption, widthOption, windowOptions } from './common-options.ts';
import { trafficQuery } from './traffic-filter.ts';

const list = z.array(z.string()).optional();
const text = z.string().optional();
const flag = z.boolean().optional();

/** As commander hands them over. */
const OPTIONS = z.object({
  top: text,
  by: text,
  since: text,
  until: text,
  source: list,
  network: list,
  path: list,
  status: list,
  agent: list,
  method: list,
  host: list,
  json: flag,
  csv: flag,
  follow: flag,
  verifyBots: flag,
  timezone: text,
  logFormat: text,
  trustedProxy: list,
  width: text,
  threads: text,
  engine: text,
});

type Given = z.infer<typeof OPTIONS>;

export interface TrafficCommand {
  readonly paths: readonly string[];
  readonly query: TrafficQuery;
  readonly form: 'text' | 'json' | 'csv';
  readonly follow: boolean;
  readonly verifyBots: boolean;
  /** As it was given; by default 10 rows, and in CSV all. */
  readonly top: number | undefined;
  readonly width: number;
  /** Whether it was given: else it follows the terminal. */
  readonly widthGiven: boolean;
  readonly now: number;
  readonly reading: Omit<TrafficOptions, 'paths' | 'query' | 'now' | 'onProgress'>;
}

const LISTS = ['source', 'network', 'path', 'status', 'agent', 'method', 'host', 'trustedProxy'] as const;
const TOP_MAX = 10_000;
const ENGINES = ['auto', 'kernel', 'reference'] as const;

/**
 * `onTerminal`: standard input is one, so that nothing comes from it by itself.
 * @throws OptionError
 */
export function trafficCommandOf(
  paths: readonly string[],
  options: unknown,
  now: number,
  onTerminal: boolean,
): TrafficCommand {
  const given = OPTIONS.parse(options);
  const query = trafficQuery(given);
  checkTogether(given, paths);
  if (paths.length === 0 && onTerminal) throw new OptionError(swallowed(given) ?? NOTHING_TO_READ);
  const { timezone, logFormat, trustedProxy, threads, engine } = given;
  return {
    paths: paths.length === 0 ? ['-'] : paths,
    query,
    form: given.json ? 'json' : given.csv ? 'csv' : 'text',
    follow: given.follow === true,
    verifyBots: given.verifyBots === true,
    top: given.top === undefined ? undefined : numberOption('--top', given.top, 'rows', TOP_MAX),
    width: widthOption(given.width),
    widthGiven: given.width !== undefined,
    now,
    reading: {
      ...windowOptions(given, now),
      ...(timezone !== undefined && { timezone }),
      ...(logFormat !== undefined && { logFormat }),
      ...(trustedProxy !== undefined && { trustedProxies: trustedProxy.map(proxyOption) }),
      ...(threads !== undefined && { threads: threadsOption(threads) }),
      ...(engine !== undefined && { engine: engineOption(engine) }),
    },
  };
}

const NOTHING_TO_READ =
  'traffic: nothing to read. Name access logs or folders of them: seawall traffic /var/log/apache2/access.log, or pipe one in: zcat access.log.2.gz | seawall traffic';

/** An option that takes several values takes a log that is named after it as well. */
function swallowed(given: Given): string | undefined {
  for (const name of LISTS) {
    const file = given[name]?.find((value) => existsSync(value));
    if (file !== undefined)
      return `traffic: no log was named; --${name === 'trustedProxy' ? 'trusted-proxy' : name} took ${file} for one of its values. Name logs before the options, or after --.`;
  }
  return undefined;
}

function checkTogether(given: Given, paths: readonly string[]): void {
  if (given.json && given.csv) throw new OptionError('--json and --csv: give one of them.');
  if (!given.follow) return;
  for (const [name, value] of [
    ['--csv', given.csv],
    ['--by', given.by],
    ['--verify-bots', given.verifyBots],
  ] as const) {
    if (value) throw new OptionError(`${name} does not go with --follow: leave one of them out.`);
  }
  if (given.since !== undefined || given.until !== undefined)
    throw new OptionError(
      '--since and --until do not go with --follow: it begins at the end of the logs, with what comes now.',
    );
  if (paths.length === 0 || paths.includes('-'))
    throw new OptionError('--follow: name the logs to follow: seawall traffic --follow /var/log/apache2/access.log');
}

function engineOption(text: string): (typeof ENGINES)[number] {
  const known = ENGINES.find((engine) => engine === text);
  if (known !== undefined) return known;
  throw new OptionError(`--engine ${text}: give ${ENGINES.join(', ')}.`);
}

// What a person asks of the traffic, from the texts of the command line: filters and what is counted by.
import { networkOf } from '../model/address.ts';
import { DIMENSIONS, type Dimension, type TrafficFilter, type TrafficQuery } from '../model/traffic-query.ts';
import { parseTarget } from '../remedies/safe.ts';
import { OptionError } from '../sources/given.ts';

/** As commander hands them over; each list as often as it was given. */
export interface FilterOptions {
  readonly source?: readonly string[] | undefined;
  readonly network?: readonly string[] | undefined;
  readonly path?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly agent?: readonly string[] | undefined;
  readonly method?: readonly string[] | undefined;
  readonly host?: readonly string[] | undefined;
  readonly by?: string | undefined;
}

/** @throws OptionError that names the value and says what would do. */
export function trafficQuery(options: FilterOptions): TrafficQuery {
  const sources = [...(options.source ?? []).map(sourceOption), ...(options.network ?? []).map(networkOption)];
  const filter: TrafficFilter = {
    ...(sources.length > 0 && { sources }),
    ...(options.path && { paths: options.path.map(pathOption) }),
    ...(options.status && { statuses: options.status.flatMap((list) => list.split(',').map(statusOption)) }),
    ...(options.agent && { agents: options.agent.map((agent) => (agent === '-' ? '' : agent)) }),
    ...(options.method && { methods: options.method.flatMap((list) => list.split(',').map(methodOption)) }),
    ...(options.host && { hosts: options.host.map(hostOption) }),
  };
  return {
    ...(Object.keys(filter).length > 0 && { filter }),
    ...(options.by !== undefined && { by: byOption(options.by) }),
  };
}

function sourceOption(text: string): string {
  const target = parseTarget(text);
  if (target) return target.text;
  throw new OptionError(`--source ${text}: no address or network. Give 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.`);
}

/** An address stands for the /24 or /64 that it lies in. */
function networkOption(text: string): string {
  const target = parseTarget(text);
  const network = target && (target.network ? target.text : networkOf(target.text));
  if (network !== undefined) return network;
  throw new OptionError(`--network ${text}: no network. Give 203.0.113.0/24 or 2001:db8::/32.`);
}

function pathOption(text: string): string {
  if (/^[/*]/.test(text) && !/[?#]/.test(text)) return text;
  const why = /[?#]/.test(text) ? 'a path is compared without its query' : 'a path begins with / or *';
  throw new OptionError(`--path ${text}: ${why}. Give /wp-login.php or '/shop/*'.`);
}

function statusOption(text: string): { from: number; to: number } {
  const part = text.trim();
  const family = /^([1-5])xx$/i.exec(part);
  if (family) return { from: Number(family[1]) * 100, to: Number(family[1]) * 100 + 99 };
  const range = /^(\d{3})(?:-(\d{3}))?$/.exec(part);
  const from = Number(range?.[1]);
  const to = Number(range?.[2] ?? range?.[1]);
  if (range && from <= to) return { from, to };
  throw new OptionError(`--status ${text}: no status. Give 404, 5xx or 500-503, or several: 404,5xx.`);
}

function methodOption(text: string): string {
  const method = text.trim().toUpperCase();
  if (/^[A-Z][A-Z-]{0,31}$/.test(method)) return method;
  throw new OptionError(`--method ${text}: no method. Give POST, or several: GET,HEAD.`);
}

function hostOption(text: string): string {
  if (/^[^\s/]+$/.test(text)) return text;
  throw new OptionError(`--host ${text}: no host name. Give www.example.org or '*.example.org'.`);
}

function byOption(text: string): NonNullable<TrafficQuery['by']> {
  const [first, second, ...more] = text.split(',').map((name) => dimensionOption(text, name.trim()));
  if (first === undefined || more.length > 0 || first === second)
    throw new OptionError(`--by ${text}: give one or two different ones of ${DIMENSIONS.join(', ')}.`);
  return second === undefined ? [first] : [first, second];
}

function dimensionOption(whole: string, name: string): Dimension {
  const known = DIMENSIONS.find((dimension) => dimension === name);
  if (known !== undefined) return known;
  throw new OptionError(
    `--by ${whole}: "${name}" is nothing to count by. Give one or two of ${DIMENSIONS.join(', ')}.`,
  );
}

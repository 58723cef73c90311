// Which requests count: one question for each thing that a request has, so that the answer can be kept with the thing.
import { networkLookup } from '../model/address.ts';
import type { TrafficFilter } from '../model/traffic-query.ts';

/** Each is absent when the filter asks nothing of the thing. */
export interface RequestFilter {
  /** `client` is an address in canonical spelling, or a host name. */
  readonly client?: (client: string) => boolean;
  readonly path?: (path: string) => boolean;
  /** Empty when there is none. */
  readonly agent?: (agent: string) => boolean;
  readonly host?: (host: string) => boolean;
  readonly method?: (method: string) => boolean;
  readonly status?: (status: number) => boolean;
}

export function requestFilter(of: TrafficFilter): RequestFilter {
  const { sources, paths, agents, hosts, methods, statuses } = of;
  return {
    ...(sources && { client: clientFilter(sources) }),
    ...(paths && { path: anyOf(paths.map((path) => glob(path, ''))) }),
    ...(agents && { agent: agentFilter(agents) }),
    ...(hosts && { host: anyOf(hosts.map((host) => glob(host, 'i'))) }),
    ...(methods && { method: (method: string) => methods.includes(method) }),
    ...(statuses && { status: (status: number) => statuses.some(({ from, to }) => status >= from && status <= to) }),
  };
}

/** Networks and addresses by where the client lies, host names by themselves. */
function clientFilter(sources: readonly string[]): (client: string) => boolean {
  const whole = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;
  const lookup = networkLookup(sources.map((source) => [source.includes('/') ? source : whole(source), true] as const));
  const names = new Set(sources);
  return (client) => lookup(client) === true || names.has(client);
}

function agentFilter(agents: readonly string[]): (agent: string) => boolean {
  const pieces = agents.map((piece) => piece.toLowerCase());
  return (agent) => {
    const text = agent.toLowerCase();
    return pieces.some((piece) => (piece === '' ? text === '' : text.includes(piece)));
  };
}

function anyOf(tests: readonly RegExp[]): (text: string) => boolean {
  return (text) => tests.some((test) => test.test(text));
}

/** Only `*` has a meaning: `?` begins a query, and brackets are common in paths. */
function glob(pattern: string, flags: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, `s${flags}`);
}

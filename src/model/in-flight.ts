// Who holds the workers: requests in flight, followed from sample to sample and added up by who sent them.
import { networkOf } from './address.ts';
import type { Evidence } from './evidence.ts';
import { pathOf } from './http.ts';
import type { InFlightRequest, Sample } from './sample.ts';
import { type EpochMs, spanOf, type TimeSpan } from './time.ts';

/** One address, or one network of which several have requests in flight. */
export interface Holder {
  readonly id: string;
  readonly kind: 'address' | 'network';
  readonly addresses: number;
  /** Requests at once, at most. */
  readonly atOnce: number;
  /** Different requests that were seen. */
  readonly requests: number;
  /** Share of all worker-seconds that were seen in flight, 0 to 1. */
  readonly share: number;
  readonly workerS: number;
  /** Age of the oldest and of the median of its requests, when they were last seen. */
  readonly oldestS: number;
  readonly medianS: number;
  readonly perS: number;
  /** "POST /xmlrpc.php" and its share of these requests; absent where nobody told what was asked for. */
  readonly endpoint?: string;
  readonly endpointShare?: number;
  /** From the begin of the oldest to the moment when the last was seen. */
  readonly span: TimeSpan;
  readonly evidence: readonly Evidence[];
}

export interface InFlightView {
  /** Who told of them. */
  readonly seenBy: InFlightRequest['seenBy'];
  /** The samples in which somebody looked. */
  readonly span: TimeSpan;
  readonly samples: number;
  /** Requests at once: most, and in the last sample with any. */
  readonly peak: number;
  readonly last: number;
  readonly lastAt: EpochMs;
  /** Age of the median request at the peak, s. */
  readonly medianS: number;
  readonly addresses: number;
  /** Heaviest first; at most 100 of each kind. */
  readonly holders: readonly Holder[];
  readonly networks: readonly Holder[];
  readonly evidence: readonly Evidence[];
}

const HOLDERS_MAX = 100;
/** Two looks date the begin of the same request this far apart. */
const SAME_MS = 1600;
const EVIDENCE_MAX = 3;
/** Some tell ages in whole seconds only: what was seen in flight has taken some time. */
const HELD_LEAST_S = 0.1;

interface Followed {
  readonly client: string;
  readonly begin: EpochMs;
  readonly endpoint: string | undefined;
  seenAt: EpochMs;
}

/** Those who know clients and requests before those who know less. The same request may be seen by several of them. */
const PREFERENCE = ['cgi', 'apache', 'socket'] as const;

/** `undefined` when nobody looked, or nothing was seen in flight whose sender is known. */
export function inFlightView(samples: readonly Sample[]): InFlightView | undefined {
  const looked = samples.filter((sample) => sample.inFlight);
  const seenBy = PREFERENCE.find((one) =>
    looked.some((sample) => sample.inFlight?.some((request) => request.seenBy === one && request.client !== undefined)),
  );
  const span = spanOf(looked.map(({ at }) => at));
  if (seenBy === undefined || !span) return undefined;
  const told = looked
    .map(({ at, inFlight, evidence }) => ({
      at,
      evidence,
      requests: (inFlight ?? []).filter((one) => one.seenBy === seenBy && one.client),
    }))
    .filter(({ requests }) => requests.length > 0);
  const peak = told.reduce((most, one) => (one.requests.length > most.requests.length ? one : most));
  const last = told.at(-1) ?? peak;
  const followed = follow(told, fpmEndpoint(looked));
  const atOnce = (mine: (client: string) => boolean): number =>
    Math.max(
      ...told.map(({ requests }) => requests.filter(({ client }) => client !== undefined && mine(client)).length),
    );
  const total = followed.reduce((sum, one) => sum + heldS(one), 0);
  const holderOf = (id: string, kind: Holder['kind'], own: readonly Followed[]): Holder => {
    const clients = new Set(own.map(({ client }) => client));
    return {
      id,
      kind,
      addresses: clients.size,
      atOnce: atOnce((client) => clients.has(client)),
      requests: own.length,
      ...timesOf(own, span, total),
      ...endpointOf(own),
      evidence: told
        .filter(({ requests }) => requests.some(({ client }) => client !== undefined && clients.has(client)))
        .slice(-EVIDENCE_MAX)
        .map(({ evidence }) => evidence),
    };
  };
  const groups = (keyOf: (one: Followed) => string): [string, Followed[]][] => {
    const map = new Map<string, Followed[]>();
    for (const one of followed) map.set(keyOf(one), [...(map.get(keyOf(one)) ?? []), one]);
    return [...map];
  };
  const heaviest = (holders: Holder[]): Holder[] => holders.sort((a, b) => b.workerS - a.workerS).slice(0, HOLDERS_MAX);
  return {
    seenBy,
    span,
    samples: looked.length,
    peak: peak.requests.length,
    last: last.requests.length,
    lastAt: last.at,
    medianS: median(peak.requests.map(({ forS }) => forS ?? 0)),
    addresses: new Set(followed.map(({ client }) => client)).size,
    holders: heaviest(groups(({ client }) => client).map(([id, own]) => holderOf(id, 'address', own))),
    networks: heaviest(
      groups(({ client }) => networkOf(client) ?? client)
        .filter(([, own]) => new Set(own.map(({ client }) => client)).size > 1)
        .map(([id, own]) => holderOf(id, 'network', own)),
    ),
    evidence: told.slice(-EVIDENCE_MAX).map(({ evidence }) => evidence),
  };
}

type Told = readonly { readonly at: EpochMs; readonly requests: readonly InFlightRequest[] }[];

/** A request is known again by its process and client, and by when it began. */
function follow(told: Told, endpoint: string | undefined): Followed[] {
  const byKey = new Map<string, Followed[]>();
  for (const { at, requests } of told) {
    const taken = new Set<Followed>();
    for (const request of requests) {
      const client = request.client ?? '';
      const begin = at - (request.forS ?? 0) * 1000;
      const key = `${request.pid ?? ''} ${client} ${request.target ?? ''}`;
      const known = byKey.get(key) ?? [];
      const same = known.find((one) => !taken.has(one) && Math.abs(one.begin - begin) <= SAME_MS);
      if (same) {
        same.seenAt = at;
        taken.add(same);
        continue;
      }
      const one: Followed = { client, begin, endpoint: endpointName(request) ?? endpoint, seenAt: at };
      taken.add(one);
      byKey.set(key, [...known, one]);
    }
  }
  return [...byKey.values()].flat();
}

function endpointName({ method, target }: InFlightRequest): string | undefined {
  if (target === undefined) return undefined;
  const path = pathOf(target);
  const query = target.slice(path.length + 1);
  // What is asked for lies in the names of the parameters: /?s is a search, /?p a page.
  const names =
    query === '' || !target.slice(path.length).startsWith('?')
      ? []
      : query.split('&').map((pair) => pair.split('=')[0] ?? '');
  const shown = [...new Set(names)].sort().slice(0, 5);
  return `${method ?? 'GET'} ${path}${shown.length > 0 ? `?${shown.join('&')}` : ''}`;
}

/** PHP-FPM knows what its workers do and not for whom: where nearly all do the same, it is that for whoever waits. */
function fpmEndpoint(samples: readonly Sample[]): string | undefined {
  const names = samples.flatMap((sample) =>
    (sample.inFlight ?? []).flatMap((one) => (one.seenBy === 'fpm' ? (endpointName(one) ?? []) : [])),
  );
  const top = commonest(names);
  return top && top.times >= names.length * 0.7 ? top.name : undefined;
}

function timesOf(
  own: readonly Followed[],
  looked: TimeSpan,
  total: number,
): Pick<Holder, 'workerS' | 'share' | 'oldestS' | 'medianS' | 'perS' | 'span'> {
  const held = own.map(heldS);
  const workerS = held.reduce((sum, one) => sum + one, 0);
  const oldestS = Math.max(...held);
  const watchedS = (looked.to - looked.from) / 1000;
  // Those that began while somebody looked were all seen; where nobody looked for long, those before tell by their ages.
  const fresh = own.filter(({ begin }) => begin >= looked.from);
  const perS =
    watchedS >= 3 && fresh.length >= 3 ? fresh.length / watchedS : own.length / Math.max(1, oldestS, watchedS);
  return {
    workerS,
    share: total > 0 ? workerS / total : 0,
    oldestS,
    medianS: median(held),
    perS,
    span: {
      from: Math.min(...own.map(({ begin }) => begin)),
      to: Math.max(...own.map(({ seenAt }) => seenAt)),
    },
  };
}

function endpointOf(own: readonly Followed[]): Pick<Holder, 'endpoint' | 'endpointShare'> {
  const top = commonest(own.flatMap(({ endpoint }) => endpoint ?? []));
  return top ? { endpoint: top.name, endpointShare: top.times / own.length } : {};
}

function commonest(names: readonly string[]): { name: string; times: number } | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [top] = [...counts].sort((a, b) => b[1] - a[1]);
  return top && { name: top[0], times: top[1] };
}

function heldS({ begin, seenAt }: Followed): number {
  return Math.max(HELD_LEAST_S, (seenAt - begin) / 1000);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}

// What a person reads of traffic, apart from the figures: titles, how things are known, what was left out.
import { countDistinct } from '../../model/distinct.ts';
import { count, duration, figure, listed, many, often, percent, some } from '../../model/figures.ts';
import type { NetworkOwner } from '../../model/owner.ts';
import type { RobotClaim } from '../../model/robot-claims.ts';
import type { Tally, Traffic } from '../../model/traffic.ts';
import type { Dimension } from '../../model/traffic-query.ts';
import type { LogReport, TrafficFindings } from '../../model/traffic-reading.ts';
import { capital } from './context.ts';
import { readByWords } from './read-by.ts';

/** As titles of columns, and of how many there are. */
export const DIMENSION_WORDS: Readonly<Record<Dimension, { readonly one: string; readonly more: string }>> = {
  source: { one: 'source', more: 'sources' },
  network: { one: 'network', more: 'networks' },
  path: { one: 'path', more: 'paths' },
  endpoint: { one: 'endpoint', more: 'endpoints' },
  agent: { one: 'user agent', more: 'user agents' },
  referer: { one: 'referer', more: 'referers' },
  host: { one: 'host', more: 'hosts' },
  method: { one: 'method', more: 'methods' },
  status: { one: 'status', more: 'statuses' },
};

/** "Sources by cost: 10 of 213", "Endpoints and sources by cost". */
export function tableTitle(by: readonly Dimension[], shown: number, total: number, isBounded: boolean): string {
  const nouns = listed(by.map((dimension) => DIMENSION_WORDS[dimension].more));
  return `${capital(nouns)} by cost${shownOf(shown, total)}${isBounded && shown < total ? ' that are kept' : ''}`;
}

export function shownOf(shown: number, total: number): string {
  return shown < total ? `: ${count(shown)} of ${count(total)}` : '';
}

/** "529, twice a second" */
export function requestWords(requests: number, seconds: number): string {
  return seconds >= 1 ? `${count(requests)} in ${duration(seconds)}: ${often(requests / seconds)}` : count(requests);
}

/** "229 different addresses", "about 12,000" once they are too many to be counted one by one. */
export function visitorWords({ sources, whole }: Traffic): string {
  if (sources.folded === 0) return many(sources.entries.size, 'different address', 'different addresses');
  return `about ${many(countDistinct(whole.total.members), 'different address', 'different addresses')}`;
}

/** Said at the head: all shares are of what the filters let pass. */
export function filterWords({ filtered }: Traffic): string | undefined {
  return filtered > 0
    ? `The filters left out ${many(filtered, 'request')}: all figures are of what is left.`
    : undefined;
}

export const REPLY_BYTES: Readonly<Record<Traffic['bytes'], string>> = {
  body: 'in the bodies of replies',
  wire: 'in replies, headers counted',
  unknown: 'in replies',
};

/** Failed and refused requests, and those whose clients gave up. */
export function errorWords(total: Tally): string {
  if (total.failed + total.refused === 0) return 'none: no request was answered with 4xx or 5xx';
  const share = (part: number) => percent(part / Math.max(1, total.requests));
  const gave = total.gaveUp > 0 ? `; in ${count(total.gaveUp)} the client gave up waiting (499)` : '';
  return `${count(total.failed)} failed with 5xx (${share(total.failed)}), ${count(total.refused)} refused with 4xx (${share(total.refused)})${gave}`;
}

/** "1,203 worker-seconds: 4.6 workers busy on average" */
export function workerWords(workerMs: number, seconds: number): string {
  const spent = many(workerMs / 1000, 'worker-second');
  const busy = workerMs / 1000 / seconds;
  return seconds >= 1 ? `${spent}: ${busy < 0.1 ? 'less than 0.1' : figure(busy)} workers busy on average` : spent;
}

/** How worker time is known, of the requests to the application: all others cost about nothing. */
export function timingWords({ logged, fromOrder, estimated }: Traffic['timing']): string {
  const all = logged + fromOrder + estimated;
  if (all === 0) return 'No request reached the application: files take about a millisecond each.';
  if (logged === all) return 'The log says how long each request to the application took.';
  const advice = logged === 0 ? ' A log with request times (%D, $request_time) would say it.' : '';
  if (estimated === all)
    return `It is ESTIMATED, alike for each of the ${many(all, 'request')} to the application.${advice}`;
  const part = (requests: number) => `${count(requests)} (${percent(requests / all)})`;
  const ways = [
    ...(logged > 0 ? [`logged for ${part(logged)}`] : []),
    ...(fromOrder > 0 ? [`read off the order of the log, at least so long each, for ${part(fromOrder)}`] : []),
    ...(estimated > 0 ? [`ESTIMATED, alike for each, for ${part(estimated)}`] : []),
  ];
  return `Of ${many(all, 'request')} to the application it is ${listed(ways)}.${advice}`;
}

/** "US AS64496 Example Hosting" */
export function ownerWords({ country, asn, name }: NetworkOwner): string {
  return `${country === undefined ? '' : `${country} `}AS${asn} ${name}`;
}

/** What a robot says of itself, and whether it is true. */
export function claimWords({ robot, proof, by }: Pick<RobotClaim, 'robot' | 'proof' | 'by'>): string {
  switch (proof) {
    case 'address':
      return `claims ${robot}, proved by address${by === undefined ? '' : ` (${by})`}`;
    case 'name':
      return `claims ${robot}, proved by DNS${by === undefined ? '' : ` (${by})`}`;
    case 'refuted':
      return `claims ${robot}, NOT proved: DNS says otherwise`;
    case 'none':
      return `claims ${robot}, NOT proved`;
    case 'no-way':
      return `claims ${robot}, which can't be checked`;
  }
}

/** What a look-up in DNS could still tell. */
export function lookupWords({ robots, lookups }: Pick<TrafficFindings, 'robots' | 'lookups'>): string | undefined {
  if (lookups) {
    const rest = lookups.leftOut > 0 ? `; ${count(lookups.leftOut)} more were not, to keep to the bound` : '';
    return lookups.asked === 0
      ? 'No claim was left that DNS could prove.'
      : `${many(lookups.asked, 'address was', 'addresses were')} looked up in DNS${rest}.`;
  }
  return robots.some(({ proof }) => proof === 'none')
    ? 'A name is a claim. --verify-bots asks DNS for those that are not proved by their address.'
    : undefined;
}

/** "logs/access.log: combined (Apache), 529 lines, 3 of them unreadable; read by the kernel" */
export function logWords(log: LogReport): string {
  const { path, title, lines, unreadable } = log;
  const bad = unreadable > 0 ? `, ${count(unreadable)} of them unreadable` : '';
  const by = readByWords(log);
  return `${path === '-' ? 'standard input' : path}: ${title}, ${many(lines, 'line')}${bad}${by === undefined ? '' : `; ${by}`}`;
}

/** What bounded tables lost; `undefined` when none lost anything. */
export function foldedWords(
  tables: readonly { readonly noun: string; readonly folded: number; readonly errorBound: number }[],
): string | undefined {
  const lost = tables.filter(({ folded }) => folded > 0);
  if (lost.length === 0) return undefined;
  const each = lost.map(
    ({ noun, folded, errorBound }) =>
      `about ${count(folded)} of ${noun} (each may lack up to ${count(Math.max(1, errorBound))})`,
  );
  return `Tables are bounded. What they don't list, or lack, in requests and worker-seconds together: ${listed(each)}. Filters narrow it down.`;
}

/** What was not counted, and what the addresses mean; a line each. */
export function countingLines({ traffic }: TrafficFindings): string[] {
  const { undated, proxies, hiddenBehind } = traffic;
  return [
    ...(undated > 0 ? [`${many(undated, 'request')} without a readable time left out.`] : []),
    ...alike(proxies).map(
      ({ addresses, requests, why }) =>
        `${many(requests, 'request')} came through ${addresses}: the address that is forwarded counts (${why}).`,
    ),
    ...alike(hiddenBehind).map(
      ({ addresses, requests, why }) =>
        `${many(requests, 'request')} of ${addresses} (${why}): who is behind is not in the log. Log X-Forwarded-For to see it.`,
    ),
  ];
}

/** Proxies of one kind together. */
function alike(proxies: Traffic['proxies']): { addresses: string; requests: number; why: string }[] {
  return [...new Set(proxies.map(({ why }) => why))].map((why) => {
    const own = proxies.filter((proxy) => proxy.why === why);
    const requests = own.reduce((sum, proxy) => sum + proxy.requests, 0);
    return { addresses: some(own.map(({ address }) => address)), requests, why };
  });
}

/** The licence of the data asks for its source wherever an owner is named. */
export function ownersWords({ ownersFrom }: Pick<TrafficFindings, 'ownersFrom'>): string | undefined {
  return (
    ownersFrom &&
    `Owners and countries of networks (where a block is registered, not where a machine stands) as of ${ownersFrom.date}: ${ownersFrom.attribution}`
  );
}

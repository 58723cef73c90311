// Whom a remedy would have hit in the recorded traffic: requests and cost that it stops, and the others in its way.
import { inNetwork, networkOf } from '../model/address.ts';
import { pathOf } from '../model/http.ts';
import type { Reach } from '../model/remedy.ts';
import { heaviest } from '../model/table.ts';
import { type SourceDetail, type Tally, type Traffic, weightOf } from '../model/traffic.ts';
import { outermost, rangeOf } from './firewall/ranges.ts';
import { parseTarget, type Target } from './safe.ts';

const NAMED_MAX = 20;

/** One address that a remedy would stop at something, and how many of its requests. */
interface Hit {
  readonly address: string;
  readonly detail: SourceDetail;
  readonly requests: number;
}

/** `workerMs` as a share of the record's; of the requests when no worker time is known. */
export function reachOf(
  traffic: Traffic,
  stopped: { requests: number; workerMs: number },
  others: readonly Hit[],
): Reach {
  const { total } = traffic.whole;
  const share = total.workerMs > 0 ? stopped.workerMs / total.workerMs : stopped.requests / Math.max(1, total.requests);
  const named = [...others].sort((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1));
  return {
    requests: Math.round(stopped.requests),
    costShare: Math.min(1, Math.max(0, share)),
    bystanders: named.slice(0, NAMED_MAX).map((hit) => hit.address),
    bystanderCount: named.length,
  };
}

/**
 * Those among the hit who don't look like part of the abuse: who ask for it less than a tenth as often as the heaviest,
 * who load a site's pictures and styles and ask mostly for other things, or who log in without guessing.
 * Nobody who probes for holes is one. A judgement by behaviour: it can't tell a slow attacker from a visitor.
 */
export function othersAmong(hits: readonly Hit[]): Hit[] {
  const most = hits.reduce((max, hit) => Math.max(max, hit.requests), 0);
  const few = Math.max(2, most / 10);
  return hits.filter(({ detail, requests }) => {
    if (detail.probes > 0) return false;
    const browses = detail.assets > 0 && requests * 2 < detail.requests;
    const logsIn = detail.loginPassed > 0 && detail.loginFailed <= 5;
    return requests < few || browses || logsIn;
  });
}

/** The path of a key of the endpoint tables: "POST /wp-login.php?action". */
function pathOfEndpoint(endpoint: string): string {
  const space = endpoint.indexOf(' ');
  return pathOf(space < 0 ? endpoint : endpoint.slice(space + 1));
}

/** Whether an endpoint is the path or lies below it; a PHP file also in other folders, as Apache's `<Files>` has it. */
function isAt(endpoint: string, path: string): boolean {
  const asked = pathOfEndpoint(endpoint);
  const file = path.slice(path.lastIndexOf('/'));
  return asked === path || asked.startsWith(`${path}/`) || (file.endsWith('.php') && asked.endsWith(file));
}

/** All requests to a path in the record, whoever sent them. */
export function costOfPath(traffic: Traffic, path: string): { requests: number; workerMs: number } {
  const sum = { requests: 0, workerMs: 0 };
  for (const [endpoint, tally] of traffic.whole.endpoints.entries) {
    if (isAt(endpoint, path)) add(sum, tally);
  }
  return sum;
}

/** The addresses that asked for a path, each with the number of its requests there. */
export function hitsAtPath(traffic: Traffic, path: string): Hit[] {
  const hits: Hit[] = [];
  for (const [address, detail] of traffic.sources.entries) {
    let requests = 0;
    for (const [endpoint, count] of detail.endpoints.counts) if (isAt(endpoint, path)) requests += count;
    if (requests > 0) hits.push({ address, detail, requests });
  }
  return hits;
}

export function isAmong(address: string, targets: readonly Target[]): boolean {
  return targets.some((target) => (target.network ? inNetwork(address, target.text) : address === target.text));
}

/** Readable targets, none of which lies within another. */
export function distinctTargets(texts: readonly string[]): Target[] {
  const known = new Map<string, Target>();
  for (const text of texts) {
    const target = parseTarget(text);
    if (target) known.set(target.text, target);
  }
  return outermost([...known.values()], rangeOf);
}

/** What stopping these addresses and networks would have stopped. */
export function reachOfTargets(traffic: Traffic, targets: readonly Target[]): Reach {
  const sum = { requests: 0, workerMs: 0 };
  const others: Hit[] = [];
  for (const target of targets) {
    if (!target.network) {
      const known = traffic.sources.entries.get(target.text);
      if (known) add(sum, known);
      continue;
    }
    const within = addressesIn(traffic.sources.entries, target);
    const apart = { requests: 0, workerMs: 0 };
    for (const [, tally] of within) add(apart, tally);
    // The table of networks also knows addresses that were too many to be kept apart.
    const group = traffic.whole.networks.entries.get(target.text);
    add(sum, group && group.requests > apart.requests ? group : apart);
    others.push(...othersAmong(hitsAtBusiest(traffic, target)));
  }
  return reachOf(traffic, sum, others);
}

function addressesIn<T>(entries: ReadonlyMap<string, T>, target: Target): [string, T][] {
  const usual = target.prefix === (target.family === 4 ? 24 : 64);
  return [...entries].filter(([address]) =>
    usual ? networkOf(address) === target.text : inNetwork(address, target.text),
  );
}

/** The addresses of a network, with their requests to the endpoint that the network asked for most. */
function hitsAtBusiest(traffic: Traffic, target: Target): Hit[] {
  const members = addressesIn(traffic.sources.entries, target);
  const counts = new Map<string, number>();
  for (const [, detail] of members) {
    for (const [endpoint, count] of detail.endpoints.counts) counts.set(endpoint, (counts.get(endpoint) ?? 0) + count);
  }
  let busiest = '';
  for (const [endpoint, count] of counts) if (count > (counts.get(busiest) ?? 0)) busiest = endpoint;
  return members.map(([address, detail]) => ({ address, detail, requests: detail.endpoints.counts.get(busiest) ?? 0 }));
}

/** Requests under a user agent that contains the word, in any case of letters. */
export function costOfAgent(traffic: Traffic, token: string): { requests: number; workerMs: number } {
  const sum = { requests: 0, workerMs: 0 };
  for (const [agent, tally] of heaviest(traffic.whole.agents, weightOf)) {
    if (agent.toLowerCase().includes(token.toLowerCase())) add(sum, tally);
  }
  return sum;
}

function add(sum: { requests: number; workerMs: number }, tally: Pick<Tally, 'requests' | 'workerMs'>): void {
  sum.requests += tally.requests;
  sum.workerMs += tally.workerMs;
}

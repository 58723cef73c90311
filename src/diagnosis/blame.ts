// Who is to blame in the traffic: the sources of a symptom with their share of the cost, never a bystander.
import { isLocalAddress, networkOf } from '../model/address.ts';
import { countDistinct } from '../model/distinct.ts';
import { count, duration, percent, quoted } from '../model/figures.ts';
import type { Holder } from '../model/in-flight.ts';
import { frontProxyOwner } from '../model/known-networks.ts';
import type { NetworkOwner } from '../model/owner.ts';
import { declaredRobot } from '../model/robots.ts';
import { overlaps, type TimeSpan } from '../model/time.ts';
import type { Culprit } from '../model/verdict.ts';
import { inFlightOf } from '../symptoms/view/in-flight.ts';
import type { SourceView, TrafficView } from '../symptoms/view/traffic-view.ts';
import type { Scene } from './scene.ts';

/** From so many culprits in one network on, the network is named in their place. */
const NETWORK_MEMBERS = 4;
/** Share of a network's requests that its culprits must have made before the whole of it is named. */
const NETWORK_SHARE = 0.8;

/** What a set of sources cost. */
export interface Cost {
  /** Worker-seconds, and their share of all worker time in the span, 0 to 1. */
  readonly workerS: number;
  readonly share: number;
  readonly requests: number;
}

/** The sources by their ids; those that are too light to be kept apart are missing. */
function sourcesOf(scene: Scene, ids: readonly string[]): SourceView[] {
  const view = scene.traffic;
  if (!view) return [];
  const wanted = new Set(ids);
  return [...view.addresses, ...view.networks].filter((source) => wanted.has(source.id));
}

export function costOf(scene: Scene, ids: readonly string[], span: TimeSpan): Cost {
  const sources = sourcesOf(scene, ids);
  const workerS = sources.reduce((sum, source) => sum + source.workerS, 0);
  const all = scene.traffic?.costWithin(span) ?? 0;
  const logged = {
    workerS,
    share: Math.min(1, workerS / Math.max(0.001, all, workerS)),
    requests: sources.reduce((sum, source) => sum + source.requests, 0),
  };
  // What holds the workers now is in the log only later: it counts where it is the larger part of what goes on.
  const flying = costInFlight(scene, ids, span);
  return flying && flying.share > logged.share ? flying : logged;
}

function costInFlight(scene: Scene, ids: readonly string[], span: TimeSpan): Cost | undefined {
  const view = inFlightOf(scene.dossier);
  if (!view || !overlaps(view.span, span)) return undefined;
  const own = holdersOf(scene, ids);
  return {
    workerS: own.reduce((sum, { workerS }) => sum + workerS, 0),
    share: Math.min(
      1,
      own.reduce((sum, { share }) => sum + share, 0),
    ),
    requests: own.reduce((sum, { requests }) => sum + requests, 0),
  };
}

function holdersOf(scene: Scene, ids: readonly string[]): Holder[] {
  const view = inFlightOf(scene.dossier);
  return view ? [...view.holders, ...view.networks].filter(({ id }) => ids.includes(id)) : [];
}

/** What a source holds at this moment; nothing when that is not much. */
function inFlightFacts(scene: Scene, id: string): string[] {
  const view = inFlightOf(scene.dossier);
  const [holder] = holdersOf(scene, [id]);
  if (!view || !holder || holder.atOnce < 2) return [];
  const what = holder.endpoint === undefined ? '' : `: ${quoted(holder.endpoint, 100)}`;
  return [
    `It has ${count(holder.atOnce)} of up to ${count(view.peak)} requests in flight at once, ${percent(holder.share)} of their time, the oldest for ${duration(holder.oldestS)}${what}.`,
  ];
}

/** A culprit that the log does not know yet. */
function culpritInFlight(scene: Scene, id: string): Culprit {
  const [holder] = holdersOf(scene, [id]);
  return {
    kind: kindOf(id),
    id,
    share: holder?.share ?? 0,
    ...(holder && { requests: holder.requests, workerSeconds: holder.workerS }),
    facts: [...inFlightFacts(scene, id), ...(holder ? ['The access log has nothing of it that tells yet.'] : [])],
  };
}

/**
 * Why a source must never be called a culprit: it stands in front of others, it is the host's own side, or a search
 * engine that proves who it is. `undefined` when nothing protects it.
 */
export function innocence(scene: Scene, id: string): string | undefined {
  const traffic = scene.dossier.traffic;
  if (traffic?.proxies.some((proxy) => proxy.address === id)) return 'a proxy that passes on what others ask';
  if (traffic?.hiddenBehind.some((proxy) => proxy.address === id)) return 'a proxy; who asks is hidden behind it';
  if (isLocalAddress(id)) return "an address of the host's own side";
  const owner = frontProxyOwner(id.split('/')[0] ?? id);
  if (owner !== undefined) return `a proxy of ${owner}`;
  const crawler = scene.traffic?.addresses.find((source) => source.id === id)?.provenCrawler;
  return crawler === undefined ? undefined : `${crawler}'s crawler, proved by its network`;
}

/**
 * Culprits for the named sources, heaviest first. Many in one network that are nearly all of it become that network.
 * `factsOf` says what is known of one besides its cost.
 */
export function blame(
  scene: Scene,
  ids: readonly string[],
  span: TimeSpan,
  factsOf: (source: SourceView) => readonly string[] = () => [],
): Culprit[] {
  const view = scene.traffic;
  if (!view) return ids.filter((id) => innocence(scene, id) === undefined).map((id) => culpritInFlight(scene, id));
  const named = gatherNetworks(
    view,
    ids.filter((id) => innocence(scene, id) === undefined),
  );
  const sources = sourcesOf(scene, named);
  const total = Math.max(0.001, view.costWithin(span));
  const known = sources
    .map((source) => ({
      kind: kindOf(source.id),
      id: source.id,
      share: Math.min(
        1,
        Math.max(source.workerS / Math.max(total, source.workerS), shareInFlight(scene, source.id, span)),
      ),
      ...withInFlight(scene, source.id, allOf(source)),
      facts: [...inFlightFacts(scene, source.id), ...factsOf(source), ...generalFacts(scene, source)],
    }))
    .sort((a, b) => b.workerSeconds - a.workerSeconds || b.requests - a.requests);
  const missing = named.filter((id) => !sources.some((source) => source.id === id));
  return [...known, ...missing.map((id) => culpritInFlight(scene, id))];
}

/** What is still in flight is not among what was logged: it comes on top. */
function withInFlight(
  scene: Scene,
  id: string,
  logged: { requests: number; workerSeconds: number },
): { requests: number; workerSeconds: number } {
  const [holder] = holdersOf(scene, [id]);
  if (!holder) return logged;
  return { requests: logged.requests + holder.atOnce, workerSeconds: logged.workerSeconds + holder.workerS };
}

function shareInFlight(scene: Scene, id: string, span: TimeSpan): number {
  return costInFlight(scene, [id], span)?.share ?? 0;
}

/** All that is in the record, not only what lies in the stretch in which it was really active. */
function allOf(source: SourceView): { requests: number; workerSeconds: number } {
  const requests = Math.max(
    source.requests,
    source.details.reduce((sum, detail) => sum + detail.requests, 0),
  );
  return { requests, workerSeconds: (source.workerS * requests) / Math.max(1, source.requests) };
}

function kindOf(id: string): 'address' | 'network' {
  return id.includes('/') ? 'network' : 'address';
}

function gatherNetworks(view: TrafficView, ids: readonly string[]): string[] {
  const byNetwork = new Map<string, string[]>();
  for (const id of ids) {
    const network = id.includes('/') ? undefined : networkOf(id);
    if (network === undefined) continue;
    byNetwork.set(network, [...(byNetwork.get(network) ?? []), id]);
  }
  const replaced = new Map<string, string>();
  for (const [network, members] of byNetwork) {
    const whole = view.networks.find((source) => source.id === network);
    if (members.length < NETWORK_MEMBERS || !whole) continue;
    const asked = members.reduce((sum, id) => sum + (view.traffic.sources.entries.get(id)?.requests ?? 0), 0);
    const all = view.traffic.whole.networks.entries.get(network)?.requests ?? Number.POSITIVE_INFINITY;
    if (asked >= all * NETWORK_SHARE) for (const id of members) replaced.set(id, network);
  }
  return [...new Set(ids.map((id) => replaced.get(id) ?? id))];
}

/** What can be said of any source: what it asked for, as whom, and from whose network. */
function generalFacts(scene: Scene, source: SourceView): string[] {
  const facts: string[] = [];
  if (source.endpoint !== '')
    facts.push(`It asked for ${quoted(source.endpoint, 100)}: ${percent(source.endpointShare)} of its requests.`);
  if (source.kind === 'network') facts.push(`${count(source.members)} addresses of this network took part.`);
  const robot = declaredRobot(source.agent);
  const agents = new Set(source.details.flatMap((detail) => [...detail.agents.counts.keys()]));
  if (robot !== undefined) facts.push(`It calls itself ${quoted(robot, 60)}, which nothing proves.`);
  else if (agents.size > 1)
    facts.push(
      `It used ${agents.size >= 8 ? '8 or more' : count(agents.size)} different user agents, the most frequent ${quoted(source.agent, 100)}.`,
    );
  else if (source.agent !== '' && source.agent !== '-')
    facts.push(`Its user agent, which anyone can forge: ${quoted(source.agent, 100)}.`);
  const failed = source.details.reduce((sum, detail) => sum + detail.failed, 0);
  const requests = source.details.reduce((sum, detail) => sum + detail.requests, 0);
  if (failed > requests * 0.2) facts.push(`${count(failed)} of its requests failed (5xx).`);
  const assets = source.details.reduce((sum, detail) => sum + detail.assets, 0);
  if (assets === 0 && requests >= 20) facts.push('It loaded no style sheet, script or picture, as a browser would.');
  const targets = source.details.reduce((sum, detail) => sum + countDistinct(detail.targets), 0);
  if (source.kind === 'address' && requests >= 50 && targets >= requests * 0.9)
    facts.push('Nearly each of its requests was for another URL.');
  const owner = ownerOf(scene, source);
  if (owner !== undefined) facts.push(owner);
  return facts;
}

function ownerOf(scene: Scene, source: SourceView): string | undefined {
  const addresses =
    source.kind === 'address' ? [source.id] : source.details.length > 0 ? membersOf(scene, source.id) : [];
  const owner = addresses.map((address) => scene.dossier.owners?.get(address)).find((known) => known !== undefined);
  if (!owner) return undefined;
  const cost = costByOwner(scene).find(({ asn }) => asn === owner.asn);
  const more =
    cost && cost.addresses > addresses.length
      ? `, of which ${count(cost.addresses)} addresses together took ${percent(cost.share)} of the worker time`
      : '';
  return `Its network belongs to ${ownerWords(owner)}${more}.`;
}

function membersOf(scene: Scene, network: string): string[] {
  return [...(scene.dossier.owners?.keys() ?? [])].filter((address) => networkOf(address) === network);
}

/** "Example Hosting (AS64500, DE)" */
export function ownerWords({ name, asn, country }: NetworkOwner): string {
  return `${name} (AS${asn}${country === undefined ? '' : `, ${country}`})`;
}

export interface OwnerCost extends NetworkOwner {
  readonly addresses: number;
  readonly workerS: number;
  /** Of all worker time that is known by address, 0 to 1. */
  readonly share: number;
}

/** Worker-seconds by autonomous system, heaviest first; empty where no owner is known. */
export function costByOwner(scene: Scene): OwnerCost[] {
  const sums = new Map<number, { owner: NetworkOwner; addresses: number; workerS: number }>();
  const sources = scene.traffic?.addresses ?? [];
  const all = sources.reduce((sum, source) => sum + source.workerS, 0);
  for (const source of sources) {
    const owner = scene.dossier.owners?.get(source.id);
    if (!owner) continue;
    const known = sums.get(owner.asn) ?? { owner, addresses: 0, workerS: 0 };
    sums.set(owner.asn, { owner, addresses: known.addresses + 1, workerS: known.workerS + source.workerS });
  }
  return [...sums.values()]
    .map(({ owner, addresses, workerS }) => ({ ...owner, addresses, workerS, share: workerS / Math.max(0.001, all) }))
    .sort((a, b) => b.workerS - a.workerS);
}

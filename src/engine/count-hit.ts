// Counts one request in the profiles that it belongs to: of its slice of time, and of the whole record.
import type { AccessEntry } from '../model/access-entry.ts';
import { addHash } from '../model/distinct.ts';
import type { Table } from '../model/table.ts';
import type { EpochMs } from '../model/time.ts';
import {
  type Cost,
  costless,
  type GroupTally,
  groupTally,
  type SliceProfile,
  type SourceDetail,
  type Tally,
  type TrafficProfile,
  tally,
  weightOf,
} from '../model/traffic.ts';
import type { Dimension } from '../model/traffic-query.ts';
import { entryAt } from './place.ts';
import { shortPath, type TargetFacts } from './target-facts.ts';
import type { Group, Visitor } from './visitor.ts';

/** One request, and what was worked out about it. */
export interface Hit {
  readonly entry: AccessEntry;
  readonly line: number;
  readonly text: string;
  readonly file: string;
  readonly visitor: Visitor<SourceDetail | Hit>;
  readonly target: TargetFacts;
  readonly endpoint: Group;
  readonly agent: Group | undefined;
  /** The host of the page that led here; without a name for none. */
  readonly referer: Group | undefined;
  readonly host: Group | undefined;
  readonly method: Group;
  readonly status: Group;
  readonly at: EpochMs;
  /** About when the line was written. */
  readonly written: EpochMs;
  readonly lagMs: number;
  readonly dynamic: boolean;
  readonly workerMs: number;
  readonly bytes: number;
}

export function addToSlice(profile: SliceProfile, hit: Hit): void {
  const { visitor, endpoint, referer } = hit;
  addToGroup(profile.total, hit);
  addRequest(entryAt(visitor.inSlice, profile.addresses, visitor.address, tally, weightOf), hit);
  if (visitor.network)
    addRequest(entryAt(visitor.networkInSlice, profile.networks, visitor.network, tally, weightOf), hit);
  addCost(entryAt(endpoint.inSlice, profile.endpoints, endpoint.name, costless, weightOf), hit);
  if (referer !== undefined && referer.name !== '')
    addCost(entryAt(referer.inSlice, profile.referers, referer.name, costless, weightOf), hit);
  addDuration(profile.durations, hit.entry.durationMs);
}

export function addToWhole(profile: TrafficProfile, hit: Hit): void {
  const { visitor, referer } = hit;
  addToGroup(profile.total, hit);
  profile.completed++;
  if (visitor.network)
    addToGroup(entryAt(visitor.networkInWhole, profile.networks, visitor.network, groupTally, weightOf), hit);
  addTo(profile.endpoints, hit.endpoint, hit);
  addTo(profile.agents, hit.agent, hit);
  addTo(profile.referers, referer?.name === '' ? undefined : referer, hit);
  addTo(profile.hosts, hit.host, hit);
  addTo(profile.methods, hit.method, hit);
  addTo(profile.statuses, hit.status, hit);
  addDuration(profile.durations, hit.entry.durationMs);
  if (hit.entry.bytes !== undefined) increment(profile.sizes, bitLength(hit.entry.bytes));
}

function addTo(into: Table<GroupTally>, group: Group | undefined, hit: Hit): void {
  if (group) addToGroup(entryAt(group.inWhole, into, group.name, groupTally, weightOf), hit);
}

function addDuration(buckets: Uint32Array, durationMs: number | undefined): void {
  if (durationMs !== undefined) increment(buckets, Math.max(0, Math.ceil(Math.log2(Math.max(1, durationMs)))));
}

/** How many binary digits the number has: 0 for 0, 3 for 4 to 7. */
function bitLength(value: number): number {
  return value < 1 ? 0 : Math.floor(Math.log2(value)) + 1;
}

/** Counts in the bucket, in the last one when there are not so many. */
function increment(buckets: Uint32Array, index: number): void {
  const at = Math.min(buckets.length - 1, index);
  buckets[at] = (buckets[at] ?? 0) + 1;
}

/** What the request is counted under; `-` for what it lacks, as logs have it. */
export function keyOf(hit: Hit, by: Dimension): string {
  switch (by) {
    case 'source':
      return hit.visitor.address;
    case 'network':
      return hit.visitor.network ?? '-';
    case 'path':
      return shortPath(hit.target.path);
    case 'endpoint':
      return hit.endpoint.name;
    case 'agent':
      return hit.agent?.name ?? '-';
    case 'referer':
      return hit.referer?.name || '-';
    case 'host':
      return hit.host?.name ?? '-';
    case 'method':
      return hit.method.name;
    case 'status':
      return hit.status.name;
  }
}

export function addToGroup(into: GroupTally, hit: Hit): void {
  addRequest(into, hit);
  addHash(into.members, hit.visitor.hash);
}

function addCost(into: Cost, hit: Hit): void {
  into.requests++;
  into.workerMs += hit.workerMs;
}

export function addRequest(into: Tally, hit: Hit): void {
  into.requests++;
  if (hit.dynamic) into.dynamic++;
  into.workerMs += hit.workerMs;
  into.bytes += hit.bytes;
  const { status } = hit.entry;
  if (status >= 500) into.failed++;
  else if (status >= 400) into.refused++;
  else if (status >= 300) into.redirected++;
  else if (status >= 200) into.ok++;
  if (status === 404) into.notFound++;
  else if (status === 408) into.clientTimeouts++;
  else if (status === 499) into.gaveUp++;
  if (hit.at < into.first) into.first = hit.at;
  if (hit.at > into.last) into.last = hit.at;
}

// The rows of a table of traffic: by cost, with what each has of the whole and who owns it.
import { networkOf } from '../../model/address.ts';
import type { Distinct } from '../../model/distinct.ts';
import type { NetworkOwner } from '../../model/owner.ts';
import type { Table } from '../../model/table.ts';
import type { Tally } from '../../model/traffic.ts';
import type { Dimension } from '../../model/traffic-query.ts';
import type { TrafficFindings } from '../../model/traffic-reading.ts';

/** With its addresses, where they were counted. */
export type CountedTally = Tally & { readonly members?: Distinct };

export interface TrafficRow {
  /** One for each dimension it is counted by; hostile. */
  readonly keys: readonly string[];
  readonly tally: CountedTally;
  /** Of all worker time and of all requests, 0 to 1. */
  readonly costShare: number;
  readonly requestShare: number;
  readonly owner?: NetworkOwner;
}

/** The costliest first; of equal ones the one with more requests. */
export function rowsByCost(findings: TrafficFindings, of: Table<CountedTally>, by: readonly Dimension[]): TrafficRow[] {
  const ownerAt = ownerOf(findings, by);
  const sorted = [...of.entries].sort(
    ([a, x], [b, y]) => y.workerMs - x.workerMs || y.requests - x.requests || (a < b ? -1 : 1),
  );
  return sorted.map(([key, tally]) => rowOf(findings, by.length > 1 ? key.split('\n') : [key], tally, ownerAt));
}

export function rowOf(
  { traffic }: TrafficFindings,
  keys: readonly string[],
  tally: CountedTally,
  ownerAt: (keys: readonly string[]) => NetworkOwner | undefined = () => undefined,
): TrafficRow {
  const { total } = traffic.whole;
  const owner = ownerAt(keys);
  return {
    keys,
    tally,
    costShare: shareOf(tally.workerMs, total.workerMs),
    requestShare: shareOf(tally.requests, total.requests),
    ...(owner && { owner }),
  };
}

export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** Owners were looked up by address; a network's is that of an address in it. */
function ownerOf(
  { owners }: TrafficFindings,
  by: readonly Dimension[],
): (keys: readonly string[]) => NetworkOwner | undefined {
  const source = by.indexOf('source');
  if (source >= 0) return (keys) => owners.get(keys[source] ?? '');
  const network = by.indexOf('network');
  if (network < 0) return () => undefined;
  const byNetwork = new Map<string, NetworkOwner>();
  for (const [address, owner] of owners) {
    const cidr = networkOf(address);
    if (cidr !== undefined && !byNetwork.has(cidr)) byNetwork.set(cidr, owner);
  }
  return (keys) => byNetwork.get(keys[network] ?? '');
}

// Who asks, with what, and from where: what is worked out once of an address, a user agent, a referer, and where they are counted.
import { hash32 } from '../model/distinct.ts';
import type { Cost, GroupTally, Tally } from '../model/traffic.ts';
import { ownText } from './own-text.ts';
import { type Place, place } from './place.ts';
import { quickNetworkOf } from './plain-address.ts';

export interface Visitor<Source> {
  /** Canonical, or a host name. */
  readonly address: string;
  readonly hash: number;
  /** /24 or /64; `undefined` for a host name. */
  readonly network: string | undefined;
  readonly inSlice: Place<Tally>;
  readonly networkInSlice: Place<Tally>;
  readonly networkInWhole: Place<GroupTally>;
  readonly source: Place<Source>;
}

export function visitorOf<Source>(address: string): Visitor<Source> {
  const network = quickNetworkOf(address);
  return {
    address,
    hash: hash32(address),
    network: network === undefined ? undefined : ownText(network),
    inSlice: place(),
    networkInSlice: place(),
    networkInWhole: place(),
    source: place(),
  };
}

/** Requests that are counted together. */
export interface Group {
  readonly name: string;
  readonly inSlice: Place<Cost>;
  readonly inWhole: Place<GroupTally>;
}

export function group(name: string): Group {
  return { name, inSlice: place(), inWhole: place() };
}

const AGENT_MAX = 200;

export function agentGroup(agent: string): Group {
  return group(agent.length > AGENT_MAX ? ownText(agent.slice(0, AGENT_MAX)) : agent);
}

/** By the host of the page that led here; without a name for none. */
export function refererGroup(referer: string): Group {
  return group(ownText(refererHost(referer)));
}

function refererHost(referer: string): string {
  const start = referer.indexOf('://');
  if (start < 0) return '';
  const rest = referer.slice(start + 3, start + 200);
  const end = rest.search(/[/?#:]/);
  return (end < 0 ? rest : rest.slice(0, end)).toLowerCase();
}

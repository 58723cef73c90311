// Robots by what they say of themselves, and apart from it whether that is proved: anybody can call itself Googlebot.

import { crawlerDomains } from './crawler-domains.ts';
import { isProvableByAddress, provenCrawler } from './known-networks.ts';
import { declaredRobot } from './robots.ts';
import { addTally, type Counter, type SourceDetail, type Tally, type Traffic, tally } from './traffic.ts';

/**
 * - `address`: it lies in a network that the robot's owner publishes; `by` is the owner.
 * - `name`: its name in DNS is the owner's, and leads back to it; `by` is the domain.
 * - `refuted`: DNS was asked, and says otherwise.
 * - `none`: there is a way to prove it, and it did not.
 * - `no-way`: nothing is known to prove it by.
 */
export type RobotProof = 'address' | 'name' | 'refuted' | 'none' | 'no-way';

/** What DNS said of one address: the domain that proves it, or that its name is somebody else's. */
export type NameProof = { readonly proof: 'name'; readonly by: string } | { readonly proof: 'refuted' };

/** Addresses that call themselves one robot, and have proved it alike. */
export interface RobotClaim {
  /** As declared: hostile. */
  readonly robot: string;
  readonly proof: RobotProof;
  readonly by?: string;
  readonly addresses: number;
  /** The costliest of them. */
  readonly examples: readonly string[];
  readonly tally: Tally;
}

/** An address that calls itself a robot in most of its requests. */
export interface DeclaredRobot {
  readonly address: string;
  readonly robot: string;
  /** The user agent it does so with. */
  readonly agent: string;
}

const EXAMPLES_MAX = 3;

/** The user agent that an address used most. */
function mainAgent({ counts }: Counter): string {
  let main = '';
  let most = 0;
  for (const [agent, times] of counts) if (times > most) [main, most] = [agent, times];
  return main;
}

function robotOf(address: string, detail: SourceDetail): DeclaredRobot | undefined {
  const agent = mainAgent(detail.agents);
  const robot = declaredRobot(agent);
  return robot === undefined ? undefined : { address, robot, agent };
}

function byCost(traffic: Traffic): [string, SourceDetail][] {
  return [...traffic.sources.entries].sort((a, b) => b[1].workerMs - a[1].workerMs || (a[0] < b[0] ? -1 : 1));
}

/** Addresses that claim to be a robot that DNS could prove, and that their address doesn't, the costliest first. */
export function robotsToLookUp(traffic: Traffic): DeclaredRobot[] {
  return byCost(traffic).flatMap(([address, detail]) => {
    const declared = robotOf(address, detail);
    return declared &&
      crawlerDomains(declared.agent) !== undefined &&
      provenCrawler(address, declared.agent) === undefined
      ? [declared]
      : [];
  });
}

/** `names`: what DNS said, by address. The costliest claims first. */
export function robotClaims(traffic: Traffic, names: ReadonlyMap<string, NameProof> = new Map()): RobotClaim[] {
  const claims = new Map<string, { claim: Omit<RobotClaim, 'addresses' | 'examples'>; members: string[] }>();
  for (const [address, detail] of byCost(traffic)) {
    const declared = robotOf(address, detail);
    if (!declared) continue;
    const proved = proofOf(declared, names);
    const key = [declared.robot.toLowerCase(), proved.proof, proved.by ?? ''].join('\n');
    const known = claims.get(key) ?? { claim: { robot: declared.robot, ...proved, tally: tally() }, members: [] };
    addTally(known.claim.tally, detail);
    known.members.push(address);
    claims.set(key, known);
  }
  return [...claims.values()]
    .map(({ claim, members }) => ({ ...claim, addresses: members.length, examples: members.slice(0, EXAMPLES_MAX) }))
    .sort((a, b) => b.tally.workerMs - a.tally.workerMs || b.tally.requests - a.tally.requests);
}

function proofOf(
  { address, agent }: DeclaredRobot,
  names: ReadonlyMap<string, NameProof>,
): { proof: RobotProof; by?: string } {
  const owner = provenCrawler(address, agent);
  if (owner !== undefined) return { proof: 'address', by: owner };
  const named = names.get(address);
  if (named) return named;
  return { proof: isProvableByAddress(agent) || crawlerDomains(agent) !== undefined ? 'none' : 'no-way' };
}

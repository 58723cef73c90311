// Asks DNS whether robots are who they say: the name of the address must lie in the owner's domain, and lead back to the address.
// Google's way of it, which others follow: developers.google.com/search/docs/crawling-indexing/verifying-googlebot
import { Resolver } from 'node:dns/promises';
import { canonicalAddress } from '../model/address.ts';
import { crawlerDomains } from '../model/crawler-domains.ts';
import type { Names } from '../model/names.ts';
import type { DeclaredRobot, NameProof } from '../model/robot-claims.ts';

export interface NamesAsked {
  readonly proofs: ReadonlyMap<string, NameProof>;
  readonly asked: number;
  /** Not looked up, because they were too many. */
  readonly leftOut: number;
}

const ADDRESSES_MAX = 64;
const AT_ONCE = 8;
/** Of one address's names; more than one is rare. */
const NAMES_MAX = 4;
const QUERY_MS = 2000;
/** For all of them: a resolver that does not answer must not hold up the report. */
const ALL_MS = 20_000;

/** The first of them in the order given. No answer proves nothing, and is not kept against anybody. */
export async function proveByName(robots: readonly DeclaredRobot[], names: Names = systemNames()): Promise<NamesAsked> {
  const chosen = robots.slice(0, ADDRESSES_MAX);
  const proofs = new Map<string, NameProof>();
  const until = Date.now() + ALL_MS;
  let next = 0;
  let asked = 0;
  const work = async (): Promise<void> => {
    while (next < chosen.length && Date.now() < until) {
      const robot = chosen[next++];
      if (!robot) return;
      asked++;
      const proof = await proofOf(robot, names);
      if (proof) proofs.set(robot.address, proof);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { proofs, asked, leftOut: robots.length - asked };
}

async function proofOf({ address, agent }: DeclaredRobot, names: Names): Promise<NameProof | undefined> {
  const domains = crawlerDomains(agent) ?? [];
  const known = await answer(names.reverse(address));
  if (known === undefined) return undefined;
  const fitting = known.slice(0, NAMES_MAX).flatMap((name) => {
    const host = name.toLowerCase().replace(/\.$/, '');
    const domain = domains.find((one) => host.endsWith(`.${one}`));
    return domain === undefined ? [] : [{ host, domain }];
  });
  let silent = false;
  for (const { host, domain } of fitting) {
    const found = await answer(names.addresses(host, address.includes(':') ? 6 : 4));
    if (found?.some((one) => canonicalAddress(one) === address)) return { proof: 'name', by: domain };
    silent ||= found === undefined;
  }
  return silent ? undefined : { proof: 'refuted' };
}

/** `undefined` when there is none in time; empty when DNS says that there is nothing. */
async function answer(asked: Promise<string[]>): Promise<string[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), QUERY_MS * 2);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** The resolver of this machine; no answer comes late. */
export function systemNames(): Names {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: 1 });
  return {
    reverse: (address) => resolver.reverse(address),
    addresses: (name, family) => (family === 6 ? resolver.resolve6(name) : resolver.resolve4(name)),
  };
}

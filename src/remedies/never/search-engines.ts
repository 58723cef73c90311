// Search engines that prove by DNS who they are: the name of the address is the owner's and leads back to the address.
import { canonicalAddress } from '../../model/address.ts';
import { crawlerDomainOf } from '../../model/crawler-domains.ts';
import type { Names } from '../../model/names.ts';

/** Name servers must not hold up a block: so many addresses are asked for, and for so long in all. */
const ADDRESSES_MAX = 32;
const ALL_MS = 2500;
const NAMES_MAX = 4;

export interface SearchEngines {
  /** The owner's domain, by address. */
  readonly proved: ReadonlyMap<string, string>;
  /** Of which DNS said nothing in time, or that were too many to ask. */
  readonly unknown: number;
}

export async function searchEnginesAmong(addresses: readonly string[], names: Names): Promise<SearchEngines> {
  const asked = addresses.slice(0, ADDRESSES_MAX);
  const proved = new Map<string, string>();
  const answered = new Set<string>();
  let over = false;
  const all = Promise.all(
    asked.map(async (address) => {
      const domain = await domainOf(address, names);
      if (over) return;
      if (domain !== undefined) answered.add(address);
      if (typeof domain === 'string') proved.set(address, domain);
    }),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ALL_MS);
  });
  await Promise.race([all, late]);
  clearTimeout(timer);
  over = true;
  return { proved, unknown: addresses.length - answered.size };
}

/** `false`: DNS says that it is none. `undefined`: it says nothing. */
async function domainOf(address: string, names: Names): Promise<string | false | undefined> {
  const known = await answer(names.reverse(address));
  if (known === undefined) return undefined;
  for (const name of known.slice(0, NAMES_MAX)) {
    const domain = crawlerDomainOf(name);
    if (domain === undefined) continue;
    const found = await answer(names.addresses(name, address.includes(':') ? 6 : 4));
    if (found === undefined) return undefined;
    if (found.some((one) => canonicalAddress(one) === address)) return domain;
  }
  return false;
}

async function answer(asked: Promise<string[]>): Promise<string[] | undefined> {
  try {
    return await asked;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : undefined;
  }
}

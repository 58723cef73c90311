import { expect, it } from 'vitest';
import type { Names } from '../model/names.ts';
import { proveByName } from './robot-names.ts';

const GOOGLE = { robot: 'Googlebot', agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' };
const error = (code: string) => Object.assign(new Error(code), { code });

/** A DNS of these names only. */
function dns(reverse: Readonly<Record<string, string[]>>, forward: Readonly<Record<string, string[]>>): Names {
  const lookUp = (table: Readonly<Record<string, string[]>>, key: string): Promise<string[]> => {
    const found = table[key];
    return found ? Promise.resolve(found) : Promise.reject(error('ENOTFOUND'));
  };
  return { reverse: (address) => lookUp(reverse, address), addresses: (name) => lookUp(forward, name) };
}

const proofOf = async (names: Names, address = '192.0.2.1', agent = GOOGLE.agent) =>
  (await proveByName([{ address, robot: 'x', agent }], names)).proofs.get(address);

it('a name in the domain of the owner that leads back to the address proves the robot', async () => {
  const names = dns(
    { '192.0.2.1': ['Crawl-1.Googlebot.com.'] },
    { 'crawl-1.googlebot.com': ['192.0.2.9', '192.0.2.1'] },
  );
  expect(await proofOf(names)).toEqual({ proof: 'name', by: 'googlebot.com' });
});

it('IPv6 is compared by its meaning, not by its spelling', async () => {
  const names = dns({ '2001:db8::1': ['a.google.com'] }, { 'a.google.com': ['2001:0db8:0:0:0:0:0:1'] });
  expect(await proofOf(names, '2001:db8::1')).toEqual({ proof: 'name', by: 'google.com' });
});

it.each([
  [
    'a name that anybody may give his address',
    { '192.0.2.1': ['crawl-1.googlebot.com'] },
    { 'crawl-1.googlebot.com': ['66.249.66.1'] },
  ],
  [
    'a domain that only looks like it',
    { '192.0.2.1': ['crawl.notgooglebot.com'] },
    { 'crawl.notgooglebot.com': ['192.0.2.1'] },
  ],
  [
    'a domain that only begins like it',
    { '192.0.2.1': ['googlebot.com.evil.example'] },
    { 'googlebot.com.evil.example': ['192.0.2.1'] },
  ],
  [
    'a rented machine of the same company',
    { '192.0.2.1': ['1.2.0.192.bc.googleusercontent.com'] },
    { '1.2.0.192.bc.googleusercontent.com': ['192.0.2.1'] },
  ],
  ['an address without a name', {}, {}],
] as const)('%s refutes it', async (_, reverse, forward) => {
  expect(await proofOf(dns(reverse as never, forward as never))).toEqual({ proof: 'refuted' });
});

it('a DNS that fails proves nothing and is held against nobody', async () => {
  const broken: Names = {
    reverse: () => Promise.reject(error('ETIMEOUT')),
    addresses: () => Promise.reject(error('ESERVFAIL')),
  };
  expect(await proofOf(broken)).toBeUndefined();
  const half: Names = { ...broken, reverse: () => Promise.resolve(['a.googlebot.com']) };
  expect(await proofOf(half)).toBeUndefined();
});

it('look-ups are bounded in number and at once, and what was left out is counted', async () => {
  let running = 0;
  let most = 0;
  const names: Names = {
    reverse: async () => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return ['host.example'];
    },
    addresses: () => Promise.resolve([]),
  };
  const robots = Array.from({ length: 100 }, (_, i) => ({ ...GOOGLE, address: `192.0.2.${i}` }));
  const { asked, leftOut, proofs } = await proveByName(robots, names);
  expect([asked, leftOut, proofs.size]).toEqual([64, 36, 64]);
  expect(most).toBeLessThanOrEqual(8);
});

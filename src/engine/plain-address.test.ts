import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, inNetwork, networkOf } from '../model/address.ts';
import { quickCanonicalAddress, quickNetworkOf, quickNetworks } from './plain-address.ts';

const nearlyAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,4}){2,4}$/),
  fc.stringMatching(/^[0-9a-fA-F]{0,5}(::?[0-9a-f]{0,5}){1,8}$/),
  fc.string(),
);

describe('addresses without taking them to pieces', () => {
  it('are read as with taking them to pieces', () => {
    fc.assert(
      fc.property(nearlyAddress, (text) => {
        expect(quickCanonicalAddress(text)).toBe(canonicalAddress(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('lie in the same networks', () => {
    fc.assert(
      fc.property(nearlyAddress, (text) => {
        const address = canonicalAddress(text) ?? text.toLowerCase();
        expect(quickNetworkOf(address)).toBe(networkOf(address));
      }),
      { numRuns: 3000 },
    );
  });

  it('may lie in the networks that they lie in', () => {
    const network = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([base, bits]) => `${base}/${bits}`),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([base, bits]) => `${base}/${bits}`),
      fc.constantFrom('fc00::/7', 'fe80::/10', '::1/128', '2a06:98c0::/29', '2400:cb00::/32', '10.0.0.0/8'),
    );
    fc.assert(
      fc.property(network, nearlyAddress, fc.nat(0xffff), (cidr, other, last) => {
        const base = cidr.slice(0, cidr.indexOf('/'));
        const neighbour = base.includes(':') ? base.replace(/:[^:]*$/, `:${last.toString(16)}`) : base;
        for (const text of [other, base, neighbour]) {
          const address = canonicalAddress(text);
          if (address !== undefined && inNetwork(address, cidr)) expect(quickNetworks([cidr])(address)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

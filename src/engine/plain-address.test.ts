import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, networkOf } from '../model/address.ts';
import { quickCanonicalAddress, quickNetworkOf } from './plain-address.ts';

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
});

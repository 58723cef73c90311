import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inNetwork, networkLookup } from './address.ts';

const cidr = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 4, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 8, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  fc.constantFrom('203.0.113.0/24', '104.16.0.0/13', '2001:db8::/32', '2a00::/12', '::/8'),
);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string(),
  fc.constantFrom(
    '203.0.113.66',
    '104.20.1.1',
    '2001:db8::1',
    '2a05:1::1',
    '::1',
    '::ffff:203.0.113.9',
    '[2001:DB8::1]',
    '2001:0db8::1',
  ),
);

describe('looking up an address in many networks', () => {
  it('finds the first that it lies in', () => {
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), address, (cidrs, text) => {
        const lookup = networkLookup(cidrs.map((one, i) => [one, i] as const));
        const plain = cidrs.findIndex((one) => inNetwork(text, one));
        expect(lookup(text)).toBe(plain < 0 ? undefined : plain);
      }),
      { numRuns: 5000 },
    );
  });
});

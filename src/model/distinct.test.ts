import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHash, countDistinct, distinct, hash32, mergeDistinct } from './distinct.ts';

const hashes = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 200 });

describe('a distinct count', () => {
  it('is exact up to 64, however often each is seen, also after merging', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 64 }), (seen) => {
        const counter = distinct();
        for (const hash of [...seen, ...seen]) addHash(counter, hash);
        const merged = distinct();
        mergeDistinct(merged, counter);
        for (const hash of seen) addHash(merged, hash);
        expect(countDistinct(counter)).toBe(new Set(seen).size);
        expect(countDistinct(merged)).toBe(new Set(seen).size);
      }),
    );
  });

  it('merges into what seeing all would have given, and leaves the other as it was', () => {
    fc.assert(
      fc.property(hashes, hashes, (some, more) => {
        const both = distinct();
        for (const hash of [...some, ...more]) addHash(both, hash);
        const into = distinct();
        for (const hash of some) addHash(into, hash);
        const other = distinct();
        for (const hash of more) addHash(other, hash);
        const before = countDistinct(other);
        mergeDistinct(into, other);
        addHash(into, 1);
        addHash(both, 1);
        expect(countDistinct(into)).toBe(countDistinct(both));
        expect(countDistinct(other)).toBe(before);
      }),
    );
  });

  it('stays within five standard errors of the truth', () => {
    for (const [precision, count] of [
      [8, 5000],
      [12, 100_000],
    ] as const) {
      const counter = distinct(precision);
      for (let i = 0; i < count; i++) addHash(counter, hash32(`203.0.${i >> 8}.${i & 255}`));
      expect(Math.abs(countDistinct(counter) / count - 1)).toBeLessThan((5 * 1.04) / Math.sqrt(2 ** precision));
    }
  });
});

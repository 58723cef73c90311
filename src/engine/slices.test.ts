import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../model/table.ts';
import {
  absorbSlice,
  costless,
  mergeSlice,
  type SliceProfile,
  sliceProfile,
  tally,
  weightOf,
} from '../model/traffic.ts';
import { sliceStore } from './slices.ts';

function hit(profile: SliceProfile, key: string): void {
  profile.total.requests++;
  entryOf(profile.networks, key, tally, weightOf).requests++;
  entryOf(profile.endpoints, key, costless, weightOf).requests++;
}

const hits = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 400 });

function profileOf(of: readonly number[]): SliceProfile {
  const profile = sliceProfile(8);
  for (const key of of) hit(profile, `k${key}`);
  return profile;
}

const plain = (profile: SliceProfile) => [...profile.networks.entries].map(([key, tally]) => [key, tally.requests]);

describe('slices of time', () => {
  it('lose no request, whatever the order, and never become more than 256', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000_000 }), { minLength: 1, maxLength: 1500 }), (times) => {
        const store = sliceStore();
        for (const time of times) store.at(time).total.requests++;
        const slices = store.finish();
        expect(slices.reduce((sum, { profile }) => sum + profile.total.requests, 0)).toBe(times.length);
        expect(slices.length).toBeLessThanOrEqual(256);
        for (const [i, { from, widthMs, profile }] of slices.entries()) {
          const inside = times.filter((time) => time >= from && time < from + widthMs);
          expect(profile.total.requests).toBe(inside.length);
          expect(from).toBeGreaterThan(slices[i - 1]?.from ?? Number.NEGATIVE_INFINITY);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are small when they are over', () => {
    const store = sliceStore();
    for (let second = 0; second < 20; second++) for (let i = 0; i < 2000; i++) hit(store.at(second * 1000), `k${i}`);
    for (const { profile } of store.finish()) {
      expect(profile.networks.entries.size).toBe(96);
      expect(profile.endpoints.entries.size).toBe(48);
      expect(profile.total.requests).toBe(2000);
    }
  });

  it('become the same by taking over as by merging', () => {
    fc.assert(
      fc.property(hits, hits, (some, more) => {
        const merged = profileOf(some);
        mergeSlice(merged, profileOf(more));
        const absorbed = profileOf(some);
        absorbSlice(absorbed, profileOf(more));
        expect(plain(absorbed)).toEqual(plain(merged));
        expect(absorbed.networks.errorBound).toBe(merged.networks.errorBound);
      }),
    );
  });
});

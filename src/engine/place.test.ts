import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, shrink, type Table, table } from '../model/table.ts';
import { entryAt, type Place, place } from './place.ts';

interface Entry {
  weight: number;
}

const weightOf = (entry: Entry): number => entry.weight;

/** The plain way: sort all, the lightest first, of equal ones the oldest, and drop what is too much. */
function plainTrim(of: Table<Entry>): string[] {
  const sorted = [...of.entries].sort(([, a], [, b]) => a.weight - b.weight);
  const gone = new Set(sorted.slice(0, Math.max(0, sorted.length - of.capacity)).map(([key]) => key));
  return [...of.entries.keys()].filter((key) => !gone.has(key));
}

const keys = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 300 });

describe('a bounded table', () => {
  it('folds the same entries as sorting all of them would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 40 }),
        (weights, capacity) => {
          const into = table<Entry>(capacity);
          for (const [i, weight] of weights.entries()) into.entries.set(`k${i}`, { weight });
          const kept = plainTrim(into);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          shrink(into, capacity, weightOf);
          expect([...into.entries.keys()]).toEqual(kept);
          expect(into.folded + [...into.entries.values()].reduce((sum, { weight }) => sum + weight, 0)).toBe(total);
        },
      ),
    );
  });

  it('never says of a key more than came, nor less than its error bound allows', () => {
    fc.assert(
      fc.property(keys, (of) => {
        const into = table<Entry>(4);
        const counts = new Map<string, number>();
        for (const key of of.map((one) => `k${one}`)) {
          entryOf(into, key, () => ({ weight: 0 }), weightOf).weight++;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        shrink(into, 3, weightOf);
        expect(into.entries.size).toBeLessThanOrEqual(3);
        for (const [key, count] of counts) {
          const said = into.entries.get(key)?.weight ?? 0;
          expect(said).toBeLessThanOrEqual(count);
          expect(said + into.errorBound).toBeGreaterThanOrEqual(count);
        }
      }),
    );
  });

  it('is the same with remembered places as with looking up', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 8 }), (of, capacity) => {
        const plain = table<Entry>(capacity);
        const quick = table<Entry>(capacity);
        const places = new Map<number, Place<Entry>>();
        for (const key of of) {
          const known = places.get(key) ?? place<Entry>();
          places.set(key, known);
          entryOf(plain, `k${key}`, () => ({ weight: 0 }), weightOf).weight++;
          entryAt(known, quick, `k${key}`, () => ({ weight: 0 }), weightOf).weight++;
        }
        expect([...quick.entries]).toEqual([...plain.entries]);
      }),
    );
  });
});

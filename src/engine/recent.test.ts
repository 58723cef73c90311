import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownText } from './own-text.ts';
import { recent } from './recent.ts';

describe('what was worked out about texts that come again', () => {
  it('is the same as if it were worked out each time, however little is remembered', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ minLength: 1000, maxLength: 1100 }),
      fc.constantFrom('a', 'b'),
    );
    fc.assert(
      fc.property(fc.array(text), fc.integer({ min: 1, max: 4 }), (texts, capacity) => {
        const lengths = recent(capacity, (of) => ({ of }));
        for (const one of texts) expect(lengths.of(one).of).toBe(one);
      }),
    );
  });

  it('is not worked out again while the text keeps coming', () => {
    let made = 0;
    const cache = recent(2, (of) => {
      made++;
      return { of };
    });
    for (let i = 0; i < 100; i++) {
      cache.of('often');
      cache.of(`once ${i}`);
    }
    expect(made).toBe(101);
  });

  it('gives the text itself, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(ownText(text)).toBe(text);
      }),
    );
  });
});

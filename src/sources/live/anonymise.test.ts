import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, networkOf } from '../../model/address.ts';
import { anonymiser } from './anonymise.ts';

describe('addresses that are made anonymous', () => {
  it('become others, the same one always the same, and networks stay together', () => {
    const { address } = anonymiser(77);
    const [a, b, c] = [address('8.8.4.4'), address('8.8.4.200'), address('9.9.9.9')];
    expect(a).not.toBe('8.8.4.4');
    expect(address('8.8.4.4')).toBe(a);
    expect(networkOf(a)).toBe(networkOf(b));
    expect(networkOf(c)).not.toBe(networkOf(a));
    expect(a).toMatch(/^198\.18\./);
    expect(address('2a00:1450:4001::5')).toMatch(/^2001:db8:/);
    expect(networkOf(address('2a00:1450:4001::5'))).toBe(networkOf(address('2a00:1450:4001::6')));
  });

  it('are found in any text, and times and versions are left alone', () => {
    const { text, address } = anonymiser(5);
    const line = '8.8.4.4 - - [22/Nov/2026:10:04:42 +0000] "GET / HTTP/1.1" "Chrome/120.0.0.0" [2a00:1450::1]:443';
    expect(text(line)).toBe(
      line.replace('8.8.4.4', address('8.8.4.4')).replace('2a00:1450::1', address('2a00:1450::1')),
    );
  });

  it('stay where they are of the host itself', () => {
    const { text } = anonymiser(5);
    for (const own of ['127.0.0.1', '10.0.0.5', '192.168.1.1', '::1', '0.0.0.0'])
      expect(text(`to ${own} ok`)).toBe(`to ${own} ok`);
  });

  it('never lose one another: different addresses stay different', () => {
    const { address } = anonymiser(9);
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
        const local = address(a) === a || address(b) === b;
        expect(local || canonicalAddress(a) === canonicalAddress(b) || address(a) !== address(b)).toBe(true);
        expect(canonicalAddress(address(a))).toBeDefined();
      }),
    );
  });
});

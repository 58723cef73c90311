import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesCell, secondsCell, shareCell } from './figures.ts';

it('a share is neither all nor nothing unless it is exact, and takes at most five columns', () => {
  expect([0, 0.0001, 0.0343, 0.0996, 0.5, 0.9949, 0.997, 1].map(shareCell)).toEqual([
    '0 %',
    '<.1 %',
    '3.4 %',
    '10 %',
    '50 %',
    '99 %',
    '>99 %',
    '100 %',
  ]);
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => shareCell(share).length <= 5));
});

it('bytes and seconds are rounded to what can be read at a glance', () => {
  expect([0, 999, 1000, 1024 * 1024, 5e9, 1e15].map(bytesCell)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '1 MB',
    '4.7 GB',
    '909 TB',
  ]);
  expect([0, 1, 250, 3400, 19_707_000].map(secondsCell)).toEqual(['0', '0', '0.25', '3.4', '19,707']);
});

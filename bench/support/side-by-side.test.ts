import { describe, expect, it } from 'vitest';
import { engineCount } from './engine-child.ts';
import { roundRobin } from './round-robin.ts';
import { type Counted, mustAgree } from './side-by-side.ts';

describe('tools side by side', () => {
  it('run in turns, each as often as it is to', async () => {
    const order: string[] = [];
    const side = (name: string, rounds: number) => ({
      rounds,
      run: async () => {
        order.push(name);
        return order.length;
      },
    });
    const results = await roundRobin([side('a', 3), side('b', 1), side('c', 2)]);
    expect(order.join('')).toBe('abcaca');
    expect(results).toEqual([[1, 4, 6], [2], [3, 5]]);
  });

  it('are believed only while they count the same, and all lines', () => {
    const file = { path: 'a.log', lines: 10, bytes: 1000 };
    const counted = (by: string, lines: number, requests: number): Counted => ({
      by,
      file,
      count: { seconds: 1, lines, requests, sources: 3, peakMb: 1 },
    });
    expect(() => mustAgree([counted('one', 10, 9), counted('two', 10, 9)])).not.toThrow();
    expect(() => mustAgree([counted('one', 10, 9), counted('two', 10, 8)])).toThrow(
      'the counts of one log of 10 lines differ: one: 10 lines, 9 requests, 3 sources; two: 10 lines, 8 requests, 3 sources',
    );
    expect(() => mustAgree([counted('one', 9, 9), counted('two', 9, 9)])).toThrow('log of 10 lines');
  });

  it('take from the engine only what it printed whole', () => {
    const count = { seconds: 1.5, lines: 10, requests: 9, sources: 3, peakMb: 70 };
    expect(engineCount(`${JSON.stringify(count)}\n`)).toEqual(count);
    expect(() => engineCount('')).toThrow('printed nothing');
    expect(() => engineCount('{"seconds":1}')).toThrow('no lines');
  });
});

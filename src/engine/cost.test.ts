import { describe, expect, it } from 'vitest';
import { costOf, logOrder } from './cost.ts';
import { entry } from './entries.fixture.ts';

describe('what a request cost', () => {
  it('is what the log says: the backend before the whole', () => {
    expect(costOf(entry({ upstreamMs: 900, durationMs: 5000 }), true, 0)).toEqual({ workerMs: 900, source: 'logged' });
    expect(costOf(entry({ durationMs: 5000 }), true, 30_000)).toEqual({ workerMs: 5000, source: 'logged' });
    expect(costOf(entry({ durationMs: 0 }), true, 0)).toEqual({ workerMs: 1, source: 'logged' });
  });

  it('is else what the order of the log shows, else what such work takes', () => {
    expect(costOf(entry(), true, 11_000)).toEqual({ workerMs: 11_000, source: 'fromOrder' });
    expect(costOf(entry(), true, 0)).toEqual({ workerMs: 250, source: 'estimated' });
  });

  it('is next to nothing for a file, however slow the client', () => {
    expect(costOf(entry({ durationMs: 60_000 }), false, 0).workerMs).toBe(1);
  });
});

describe('the order of a log that is stamped at the begin', () => {
  it('shows how long a request at least took', () => {
    const order = logOrder();
    expect([10_000, 12_000, 5_000, 12_000].map((at) => order.lagMs(at))).toEqual([0, 0, 7_000, 0]);
    expect(order.newest).toBe(12_000);
  });

  it('says nothing below two seconds: whole seconds are logged', () => {
    const order = logOrder();
    expect([10_000, 9_000, 8_001].map((at) => order.lagMs(at))).toEqual([0, 0, 0]);
  });

  it('begins anew when the clock was put back, or another log joined', () => {
    const order = logOrder();
    expect([1_000_000, 500_000, 501_000, 499_000].map((at) => order.lagMs(at))).toEqual([0, 0, 0, 2_000]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDistinct } from '../model/distinct.ts';
import { heaviest, type Table, table } from '../model/table.ts';
import { GROUPINGS, profileWithin, type SourceDetail, type Tally, weightOf } from '../model/traffic.ts';
import { accumulate, entries, entry, T0, trafficOf } from './entries.fixture.ts';
import { mergeTraffic } from './merge.ts';

const KEYS = [
  'requests',
  'dynamic',
  'workerMs',
  'bytes',
  'ok',
  'redirected',
  'refused',
  'failed',
  'clientTimeouts',
  'gaveUp',
  'notFound',
] as const;
const figures = (of: Tally): number[] => KEYS.map((key) => of[key]);
const sumOf = (all: Iterable<Tally>): number[] =>
  [...all].reduce(
    (sum, one) => figures(one).map((figure, i) => figure + (sum[i] ?? 0)),
    KEYS.map(() => 0),
  );

/** What stands in a detail, comparable. */
const told = (source: SourceDetail) => ({
  figures: figures(source),
  span: [source.first, source.last],
  counters: [source.endpoints, source.agents, source.xmlrpc].map(({ counts, others }) => [
    [...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
    others,
  ]),
  logins: [source.loginFailed, source.loginPassed, source.probes, source.assets, source.posts, source.referred],
  distinct: [source.probed, source.targets].map(countDistinct),
  sizes: [source.requestBytes, source.requestsSized],
});

describe('the traffic of logs', () => {
  it('is nothing without a request', () => {
    expect(accumulate([])).toBeUndefined();
    expect(accumulate([[]])).toBeUndefined();
  });

  it('adds up: whole, slices, addresses and sources tell the same', () => {
    fc.assert(
      fc.property(entries, (all) => {
        fc.pre(all.length > 0);
        const traffic = trafficOf([all]);
        const dated = all.filter(({ at }) => at !== undefined);
        const whole = figures(traffic.whole.total);
        expect(traffic.undated).toBe(all.length - dated.length);
        expect(traffic.whole.total.requests).toBe(dated.length);
        expect(traffic.whole.completed).toBe(dated.length);
        expect(traffic.whole.total.bytes).toBe(dated.reduce((sum, one) => sum + (one.bytes ?? 0), 0));
        expect(traffic.whole.total.failed).toBe(dated.filter(({ status }) => status >= 500).length);
        for (const parts of [
          traffic.slices.map(({ profile }) => profile.total),
          traffic.whole.methods.entries.values(),
          traffic.whole.statuses.entries.values(),
          traffic.whole.endpoints.entries.values(),
          traffic.sources.entries.values(),
        ])
          expect(sumOf(parts)).toEqual(whole);
        const { logged, fromOrder, estimated } = traffic.timing;
        expect(logged + fromOrder + estimated).toBe(traffic.whole.total.dynamic);
        expect(figures(profileWithin(traffic, T0 - 1e9, T0 + 1e9).total)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same in one piece and merged from two', () => {
    fc.assert(
      fc.property(entries, entries, (first, second) => {
        fc.pre(first.some(({ at }) => at !== undefined) && second.some(({ at }) => at !== undefined));
        const both = trafficOf([first, second]);
        const merged = mergeTraffic([trafficOf([first]), trafficOf([second])]);
        if (!merged) throw new Error('nothing merged');
        expect(figures(merged.whole.total)).toEqual(figures(both.whole.total));
        expect([merged.whole.total.first, merged.whole.total.last]).toEqual([
          both.whole.total.first,
          both.whole.total.last,
        ]);
        expect([...merged.whole.durations]).toEqual([...both.whole.durations]);
        expect(countDistinct(merged.whole.total.members)).toBe(countDistinct(both.whole.total.members));
        const byKey = (of: Table<Tally>): [string, number[]][] =>
          [...of.entries]
            .map(([key, one]): [string, number[]] => [key, figures(one)])
            .sort(([x], [y]) => (x < y ? -1 : 1));
        for (const grouping of GROUPINGS) expect(byKey(merged.whole[grouping])).toEqual(byKey(both.whole[grouping]));
        expect(merged.slices.map(({ from }) => from)).toEqual(both.slices.map(({ from }) => from));
        for (const [i, { profile }] of both.slices.entries())
          expect(byKey(merged.slices[i]?.profile.addresses ?? table(1))).toEqual(byKey(profile.addresses));
        expect([...merged.sources.entries.keys()].sort()).toEqual([...both.sources.entries.keys()].sort());
        for (const [address, source] of both.sources.entries) {
          const one = merged.sources.entries.get(address);
          expect(one && told(one)).toEqual(told(source));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('slices', () => {
  it('are a second wide, and double until 256 hold the record; nothing is lost', () => {
    for (const [seconds, width] of [
      [1, 1],
      [256, 1],
      [257, 2],
      [86_400, 512],
    ] as const) {
      const all = Array.from({ length: seconds }, (_, i) => entry({ at: T0 + i * 1000 }));
      const { slices, sliceMs, whole } = trafficOf([all]);
      expect([seconds, sliceMs]).toEqual([seconds, width * 1000]);
      expect(slices.length).toBeLessThanOrEqual(256);
      expect(slices.reduce((sum, { profile }) => sum + profile.total.requests, 0)).toBe(seconds);
      expect(whole.completed).toBe(seconds);
      expect(slices.map(({ from }) => from)).toEqual(slices.map(({ from }) => from).sort((a, b) => a - b));
      for (const { from, profile } of slices) {
        expect(profile.total.first).toBeGreaterThanOrEqual(from);
        expect(profile.total.last).toBeLessThan(from + sliceMs);
      }
    }
  });

  it('hold whatever moments come, in whatever order', () => {
    const moment = fc.oneof(fc.integer({ min: -1e12, max: 4e12 }), fc.integer({ min: T0, max: T0 + 1e6 }));
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 400 }), (moments) => {
        const { slices, whole } = trafficOf([moments.map((at) => entry({ at }))]);
        expect(slices.length).toBeLessThanOrEqual(256);
        expect(whole.total.requests).toBe(moments.length);
        expect([whole.total.first, whole.total.last]).toEqual([Math.min(...moments), Math.max(...moments)]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('when requests came', () => {
  it('is what Apache stamps; how long they took shows in the order of its lines', () => {
    const all = [0, 1, 2, 30].map((second) => entry({ at: T0 + second * 1000 }));
    // Begun at second 3, logged behind one that began at second 30.
    all.push(entry({ at: T0 + 3000, client: '203.0.113.66', method: 'POST', target: '/xmlrpc.php' }));
    const { slices, timing, sources } = trafficOf([all], { stamp: 'begin' });
    const at = (second: number) => slices.find(({ from }) => from === T0 + second * 1000)?.profile;
    expect(at(3)?.total.requests).toBe(1);
    expect(at(3)?.completed).toBe(0);
    expect(at(30)?.completed).toBe(2);
    expect(timing).toEqual({ logged: 0, fromOrder: 1, estimated: 4 });
    const source = sources.entries.get('203.0.113.66');
    expect(source?.workerMs).toBe(27_000);
    expect([...(source?.lags ?? [])]).toEqual([[27, 1]]);
  });

  it('is before what nginx stamps, by the time they took', () => {
    const { slices, whole } = trafficOf([[entry({ at: T0 + 10_000, durationMs: 8000 })]]);
    expect(slices.map(({ from, profile }) => [from - T0, profile.total.requests, profile.completed])).toEqual([
      [2000, 1, 0],
      [10_000, 0, 1],
    ]);
    expect(whole.total.workerMs).toBe(8000);
  });

  it('of one log says nothing about the order of another', () => {
    const late = [entry({ at: T0 + 60_000 })];
    const early = [entry({ at: T0 })];
    expect(trafficOf([late, early], { stamp: 'begin' }).timing.fromOrder).toBe(0);
  });

  it('a failed request shows how long the server was overloaded, not how long its work takes', () => {
    const all = [entry({ at: T0 + 30_000 }), entry({ at: T0, client: '203.0.113.66', status: 500 })];
    expect(trafficOf([all], { stamp: 'begin' }).sources.entries.get('203.0.113.66')?.lags.size).toBe(0);
  });
});

describe('what a source does', () => {
  it('logins that fail and that pass, and what is done then', () => {
    const client = '203.0.113.66';
    const post = (status: number, target = '/wp-login.php') => entry({ client, method: 'POST', target, status });
    const { sources } = trafficOf([
      [
        post(200),
        post(200),
        post(302),
        post(200, '/wp-login.php?action=lostpassword'),
        entry({ client, target: '/wp-admin/plugins.php' }),
        entry({ client, method: 'POST', target: '/wp-admin/admin-ajax.php' }),
      ],
    ]);
    const source = sources.entries.get(client);
    expect(source).toMatchObject({ loginFailed: 2, loginPassed: 1, posts: 5, requests: 6 });
    expect(source?.passedLogins.map(({ line }) => line)).toEqual([3]);
    expect(source?.adminRequests.map(({ line }) => line)).toEqual([5]);
  });

  it('XML-RPC replies by their size, wherever the blog lies', () => {
    const call = (bytes: number, target: string) =>
      entry({ client: '203.0.113.66', method: 'POST', target, bytes, protocol: 'HTTP/1.0' });
    const { xmlrpc, sources } = trafficOf([
      [
        call(370, '/xmlrpc.php'),
        call(370, '//xmlrpc.php'),
        call(403, '/blog/xmlrpc.php?x=1'),
        entry({ target: '/xmlrpc.php', status: 405 }),
      ],
    ]);
    expect([...xmlrpc.entries].map(([key, reply]) => [key, reply.count])).toEqual([
      ['HTTP/1.0 200 370', 2],
      ['HTTP/1.0 200 403', 1],
    ]);
    expect([...(sources.entries.get('203.0.113.66')?.xmlrpcExamples.keys() ?? [])]).toEqual([
      'HTTP/1.0 200 370',
      'HTTP/1.0 200 403',
    ]);
  });

  it('is quoted from its own lines', () => {
    const { sources } = trafficOf([[entry(), entry({ client: '203.0.113.66' }), entry()]]);
    expect(sources.entries.get('198.51.100.7')?.examples).toEqual([
      { file: 'log0', line: 1, text: 'line 1' },
      { file: 'log0', line: 3, text: 'line 3' },
    ]);
  });
});

describe('a flood of 60,000 addresses, URLs and agents', () => {
  const COUNT = 60_000;
  const flood = trafficOf([
    Array.from({ length: COUNT }, (_, i) =>
      i % 10 === 0
        ? entry({ at: T0 + i, client: '203.0.113.66', method: 'POST', target: '/xmlrpc.php' })
        : entry({
            at: T0 + i,
            client: `10${i % 7}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
            target: `/page-${i}/?q=${i}`,
            agent: `agent ${i}`,
            referer: `https://site-${i}.example/`,
          }),
    ),
  ]);

  it('is counted, and kept in bounded tables', () => {
    expect(flood.whole.total.requests).toBe(COUNT);
    for (const of of [
      flood.whole.networks,
      flood.whole.endpoints,
      flood.whole.agents,
      flood.whole.referers,
      flood.sources,
    ])
      expect(of.entries.size).toBeLessThanOrEqual(2 * of.capacity);
    for (const { profile } of flood.slices) {
      expect(profile.addresses.entries.size).toBeLessThanOrEqual(2 * profile.addresses.capacity);
      expect(profile.referers.entries.size).toBeLessThanOrEqual(2 * profile.referers.capacity);
    }
    expect(flood.slices.length).toBeLessThanOrEqual(256);
  });

  it('does not hide who sends most', () => {
    const [first] = heaviest(flood.sources, weightOf, 1);
    expect(first?.[0]).toBe('203.0.113.66');
    expect(first?.[1].requests).toBe(COUNT / 10);
    expect(flood.sources.entries.get('203.0.113.66')?.requests).toBe(COUNT / 10);
    expect(heaviest(flood.whole.endpoints, weightOf, 1)[0]?.[0]).toBe('POST /xmlrpc.php');
  });

  it('says how much was folded, and how many there were', () => {
    const kept = [...flood.sources.entries.values()].reduce((sum, one) => sum + weightOf(one), 0);
    expect(Math.round(kept + flood.sources.folded)).toBe(Math.round(weightOf(flood.whole.total)));
    const distinct = countDistinct(flood.whole.total.members);
    expect(distinct).toBeGreaterThan(0.9 * COUNT * 0.9);
    expect(distinct).toBeLessThan(1.1 * COUNT * 0.9);
  });
});

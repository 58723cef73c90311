import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventPayload, WebEvent } from '../model/event.ts';
import type { Stamp } from '../model/time.ts';
import { factBounds, fairShare } from './bounds.ts';
import { type EventStore, eventStore } from './event-store.ts';
import { NOW } from './scratch.fixture.ts';

const INCIDENT = Date.UTC(2026, 10, 22, 10);
const absolute = (ms: number): Stamp => ({ ms, clock: 'absolute' });
const web = (what: WebEvent['what'], client?: string): WebEvent => ({
  kind: 'web',
  server: 'nginx',
  what,
  ...(client !== undefined && { client }),
});
const kill: EventPayload = { kind: 'oom-kill', pid: 812, name: 'mariadbd', scope: 'global', tasks: [] };
const unit: EventPayload = { kind: 'unit', unit: 'mariadb.service', role: 'database', change: 'started' };

/** All that were told, kept or not. */
const total = (store: EventStore): number =>
  store.events.reduce((sum, event) => sum + event.count, 0) + store.eventsDropped;

describe('events of one file', () => {
  it('of the same kind within a second are one with a count', () => {
    const store = eventStore();
    for (let i = 0; i < 5; i++)
      store.event(absolute(INCIDENT + i * 100), web('upstream-timeout', '203.0.113.66'), 'f', i + 1, 'x');
    store.event(absolute(INCIDENT + 100), web('upstream-timeout', '203.0.113.67'), 'f', 6, 'x');
    expect(store.events.map(({ count, until }) => [count, until?.ms])).toEqual([
      [5, INCIDENT + 400],
      [1, INCIDENT + 100],
    ]);
  });

  it('that matter one by one are never folded', () => {
    const store = eventStore();
    for (let i = 0; i < 3; i++) store.event(absolute(INCIDENT), kill, 'f', i + 1, 'x');
    expect(store.events).toHaveLength(3);
  });

  it('are bounded and counted, and a flood that anybody can cause drives out no other', () => {
    const store = eventStore();
    store.event(absolute(INCIDENT), kill, 'f', 1, 'the kill');
    for (let i = 0; i < 30_000; i++) {
      // Each from another address: nothing to fold.
      store.event(
        absolute(INCIDENT + i * 2_000),
        web('not-found', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
        'f',
        i,
        'x',
      );
      if (i === 15_000) store.event(absolute(INCIDENT + i * 2_000), unit, 'f', i, 'the restart');
    }
    expect(store.events.length).toBeLessThanOrEqual(10_000);
    expect(store.events.filter(({ payload }) => payload.kind === 'oom-kill')).toHaveLength(1);
    expect(store.events.filter(({ payload }) => payload.kind === 'unit')).toHaveLength(1);
    expect(total(store)).toBe(30_002);
    expect(store.eventsDropped).toBeGreaterThan(0);
    // First and last of the flood stay: when it began and when it ended.
    const flood = store.events.filter(({ payload }) => payload.kind === 'web');
    expect(flood[0]?.stamp?.ms).toBe(INCIDENT);
    expect(flood.at(-1)?.stamp?.ms).toBe(INCIDENT + 29_999 * 2_000);
  });

  it('that repeat for days are folded within the hour, not over the days', () => {
    const store = eventStore();
    for (let i = 0; i < 100_000; i++)
      store.event(absolute(INCIDENT + i * 2_000), web('upstream-timeout', `c${i % 3}`), 'f', i, 'x');
    expect(total(store)).toBe(100_000);
    expect(store.eventsDropped).toBe(0);
    for (const { stamp, until } of store.events)
      expect((until?.ms ?? 0) - (stamp?.ms ?? 0)).toBeLessThanOrEqual(3_600_000);
  });

  it('are all counted, whatever comes', () => {
    const payload = fc.constantFrom<EventPayload>(web('not-found', 'a'), web('started'), kill, unit);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.option(fc.integer({ min: 0, max: 1e13 })), payload)),
        fc.nat(20),
        (told, most) => {
          const store = eventStore();
          for (const [ms, what] of told) store.event(ms === null ? undefined : absolute(ms), what, 'f', 1, 'x');
          store.close(NOW);
          store.bound(most, most);
          expect(total(store)).toBe(told.length);
          expect(store.events.length).toBeLessThanOrEqual(Math.max(most, 0));
        },
      ),
    );
  });

  it('without a time have that of the line before', () => {
    const store = eventStore();
    store.event(undefined, web('started'), 'f', 1, 'x');
    store.seen(absolute(INCIDENT));
    store.event(undefined, web('stopping'), 'f', 3, 'x');
    expect(store.events.map(({ stamp }) => stamp?.ms)).toEqual([undefined, INCIDENT]);
  });
});

describe('samples of one file', () => {
  it('are thinned evenly and counted', () => {
    const store = eventStore();
    for (let i = 0; i < 20_000; i++) store.sample(absolute(INCIDENT + i * 5_000), { load: [i, i, i] }, 'f', i, 'x');
    expect(store.samples.length).toBeLessThanOrEqual(4096);
    expect(store.samples.length + store.samplesDropped).toBe(20_000);
    const steps = new Set(
      store.samples.map(({ data }) => data.load?.[0] ?? 0).map((n, i, all) => n - (all[i - 1] ?? 0)),
    );
    expect(steps.size).toBeLessThanOrEqual(2);
  });

  it('hold programs, not processes', () => {
    const store = eventStore();
    store.sample(absolute(INCIDENT), { processes: [{ pid: 1, args: '/usr/bin/php-cgi', rssKb: 55_000 }] }, 'f', 1, 'x');
    expect(store.samples[0]?.data).not.toHaveProperty('processes');
    expect(store.samples[0]?.data.programs?.[0]).toMatchObject({ name: 'php-cgi', count: 1 });
  });
});

describe('the clock of one file', () => {
  const closed = (stamps: readonly Stamp[], now = NOW): { store: EventStore; note: string | undefined } => {
    const store = eventStore();
    for (const [i, stamp] of stamps.entries()) store.event(stamp, unit, 'f', i + 1, 'x');
    return { note: store.close(now), store };
  };

  it('that was not set when the host booted is overlooked, and it is said', () => {
    const boot = [5_000, 6_000].map(absolute);
    const { store, note } = closed([
      absolute(INCIDENT),
      ...boot,
      absolute(INCIDENT + 60_000),
      absolute(INCIDENT + 61_000),
    ]);
    expect([store.first?.ms, store.last?.ms]).toEqual([INCIDENT, INCIDENT + 61_000]);
    expect(store.events.map(({ stamp }) => stamp?.ms)).toEqual(
      [0, 60_000, 60_000, 60_000, 61_000].map((ms) => INCIDENT + ms),
    );
    expect(note).toBe(
      '2 lines have a time in 1970, from a clock that was not set: the times of their neighbours taken',
    );
  });

  it('of the far future is overlooked, at the begin and at the end', () => {
    const future = absolute(Date.UTC(2038, 0, 19, 3, 14, 7));
    const { store, note } = closed([future, absolute(INCIDENT), absolute(INCIDENT + 1), future]);
    expect([store.first?.ms, store.last?.ms]).toEqual([INCIDENT, INCIDENT + 1]);
    expect(store.events.map(({ stamp }) => stamp?.ms)).toEqual([INCIDENT, INCIDENT, INCIDENT + 1, INCIDENT + 1]);
    expect(note).toContain('2038');
  });

  it('is believed when the whole file has it, or when it is our own that is wrong', () => {
    expect(closed([absolute(5_000), absolute(6_000)]).note).toBeUndefined();
    expect(closed([absolute(INCIDENT), absolute(INCIDENT + 1)], Date.UTC(1970, 0, 2)).note).toBeUndefined();
  });

  it('is believed over a gap of years: nobody rotates a database log', () => {
    const old = Array.from({ length: 500 }, (_, i) => absolute(Date.UTC(2019, 3, 1) + i));
    const { store, note } = closed([...old, absolute(INCIDENT)]);
    expect(store.last?.ms).toBe(INCIDENT);
    expect(note).toBeUndefined();
  });

  it('turns with the year, forwards and backwards', () => {
    const yearless = (month: number, day: number): Stamp => ({ ms: Date.UTC(2000, month, day), clock: 'yearless' });
    const turns = (stamps: readonly Stamp[]) => closed(stamps).store.events.map(({ stamp }) => stamp?.turns);
    expect(turns([yearless(10, 30), yearless(11, 31), yearless(0, 1), yearless(0, 2)])).toEqual([0, 0, 1, 1]);
    expect(turns([yearless(0, 2), yearless(0, 1), yearless(11, 31)])).toEqual([0, 0, -1]);
    // A line of a boot before the clock was set: 1 January, and back.
    expect(turns([yearless(10, 22), yearless(0, 1), yearless(10, 22)])).toEqual([0, 1, 0]);
  });

  it('turns at midnight where it has no date', () => {
    const hour = (h: number): Stamp => ({ ms: h * 3_600_000, clock: 'local' });
    expect(closed([hour(23), hour(0), hour(1)]).store.events.map(({ stamp }) => stamp?.turns)).toEqual([0, 1, 1]);
  });
});

describe('all files together', () => {
  it('keep a share each', () => {
    expect(fairShare([1, 2, 3], 10)).toBe(Number.POSITIVE_INFINITY);
    expect(fairShare([1, 100, 100], 21)).toBe(10);
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1 }), fc.nat(5000), (sizes, most) => {
        const share = fairShare(sizes, most);
        expect(sizes.reduce((sum, size) => sum + Math.min(size, share), 0)).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('are bounded, and the small ones lose nothing', () => {
    const bounds = factBounds();
    const stores = Array.from({ length: 30 }, (_, n) => {
      const store = eventStore();
      const events = n === 0 ? 3 : 4_000;
      for (let i = 0; i < events; i++) store.event(absolute(INCIDENT + i), n === 0 ? kill : unit, 'f', i, 'x');
      bounds.added(store);
      return store;
    });
    const kept = stores.reduce((sum, store) => sum + store.events.length, 0);
    expect(kept).toBeLessThanOrEqual(40_000);
    expect(stores.reduce((sum, store) => sum + total(store), 0)).toBe(29 * 4_000 + 3);
    expect(stores[0]?.events).toHaveLength(3);
  });
});

// Statements that take seconds, and whether they wait for locks.
import { describe, expect, it } from 'vitest';
import { event, events, found } from './dossier.fixture.ts';
import { slowQueries } from './slow-queries.ts';

const query = (seconds: number, lockSeconds = 0, statement = 'SELECT * FROM wp_postmeta WHERE meta_value = ?') =>
  ({ kind: 'slow-query', seconds, lockSeconds, rowsExamined: 900_000, statement }) as const;

describe('slow-queries', () => {
  it('is five that take 2 s, with the longest', () => {
    const told = [...events(4, 10, query(3)), event(50, query(48.2, 0, 'ALTER TABLE wp_posts'))];
    expect(found(slowQueries, { events: told })).toMatchObject([
      { measure: { queries: 5, longestS: 48.2, locked: false, statement: 'ALTER TABLE wp_posts' } },
    ]);
    expect(found(slowQueries, { events: events(4, 10, query(3)) })).toEqual([]);
    expect(found(slowQueries, { events: events(99, 1, query(1.9)) })).toEqual([]);
  });

  it('is one that takes a minute', () => {
    expect(found(slowQueries, { events: [event(0, query(60))] })).toHaveLength(1);
  });

  it('says that they waited for locks, by their times or by the log', () => {
    expect(found(slowQueries, { events: events(6, 10, query(10, 8)) })).toMatchObject([{ measure: { locked: true } }]);
    const waits = events(3, 10, { kind: 'database', what: 'lock-wait-timeout' });
    expect(found(slowQueries, { events: [...events(6, 10, query(10)), ...waits] })).toMatchObject([
      { measure: { locked: true } },
    ]);
  });

  it('quotes the longest once', () => {
    const [slow] = found(slowQueries, { events: events(5, 10, query(3)) });
    const quoted = slow?.evidence.map(({ line }) => line) ?? [];
    expect(quoted).toEqual([...new Set(quoted)]);
  });
});

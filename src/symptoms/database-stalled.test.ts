// Alive and not getting on: late, locked, waiting for room, or with its threads in a pile.
import { describe, expect, it } from 'vitest';
import { databaseStalled } from './database-stalled.ts';
import { at, event, events, found, samples } from './dossier.fixture.ts';

const late = (tookMs: number) => event(0, { kind: 'database', what: 'page-cleaner-late', tookMs });
const lockWait = { kind: 'database', what: 'lock-wait-timeout' } as const;
const slow = (lockSeconds: number) =>
  ({ kind: 'slow-query', seconds: 40, lockSeconds, rowsExamined: 1, statement: 'UPDATE wp_options' }) as const;
const running = (values: readonly number[]) => ({
  samples: samples(values, (threadsRunning) => ({ database: { alive: true, threadsRunning } })),
});

describe('database-stalled', () => {
  it('is a page cleaner that takes 9 s in place of 1 s', () => {
    expect(found(databaseStalled, { events: [late(9169)] })).toMatchObject([
      { measure: { what: 'page-cleaner', tookMs: 9169 } },
    ]);
    expect(found(databaseStalled, { events: [late(3999)] })).toEqual([]);
  });

  it('is three statements that wait for locks, in the log or in the slow query log', () => {
    expect(found(databaseStalled, { events: events(3, 5, lockWait) })).toMatchObject([{ measure: { what: 'locks' } }]);
    expect(found(databaseStalled, { events: events(3, 5, slow(30)) })).toMatchObject([{ measure: { what: 'locks' } }]);
    expect(found(databaseStalled, { events: events(2, 5, lockWait) })).toEqual([]);
    expect(found(databaseStalled, { events: events(9, 5, slow(9)) })).toEqual([]);
  });

  it('is a database that waits until somebody makes room', () => {
    const full = { kind: 'database', what: 'disk-full' } as const;
    const text = 'Disk is full writing /tmp/x (Errcode: 28). Waiting for someone to free space...';
    expect(found(databaseStalled, { events: [event(0, full, { text })] })).toMatchObject([
      { measure: { what: 'disk' } },
    ]);
    expect(found(databaseStalled, { events: [event(0, full, { text: 'Error writing file (Errcode: 28)' })] })).toEqual(
      [],
    );
  });

  it('is threads in a pile, beyond what is usual here and for longer than a moment', () => {
    expect(found(databaseStalled, running([1, 1, 2, 1, 20, 30]))).toMatchObject([
      { span: { from: at(40), to: at(50) }, measure: { what: 'threads', threads: 30 } },
    ]);
    expect(found(databaseStalled, running([1, 1, 2, 1, 14, 14]))).toEqual([]);
    expect(found(databaseStalled, running([1, 1, 2, 1, 30, 1]))).toEqual([]);
    expect(found(databaseStalled, running([20, 22, 20, 21, 25, 30]))).toEqual([]);
  });
});

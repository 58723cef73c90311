// The database is down for visitors: a restart that nobody notices is not, and a database elsewhere can't be.
import { describe, expect, it } from 'vitest';
import { databaseDown } from './database-down.ts';
import { at, event, events, found, program, readers, samples, unit, xmlrpc } from './dossier.fixture.ts';

const ready = { kind: 'database', what: 'ready' } as const;
const unreachable = {
  kind: 'php',
  level: 'warning',
  what: 'database-unreachable',
  message: '(HY000/2002): Connection refused',
} as const;
const php = program('php-cgi', 3);

describe('database-down', () => {
  it('lasts from the end of the database to its return, and says when it was last known to work', () => {
    const told = [event(0, ready), unit(60, 'killed', { signal: 9 }), event(180, ready)];
    expect(found(databaseDown, { events: told })).toMatchObject([
      { certainty: 'observed', span: { from: at(60), to: at(180) }, measure: { lastAlive: at(0) } },
    ]);
  });

  it('lasts to the end of the record where it does not come back', () => {
    expect(found(databaseDown, { events: [unit(60, 'stopping')], endS: 900 })).toMatchObject([
      { span: { from: at(60), to: at(900) } },
    ]);
  });

  it('is no restart of less than 20 s', () => {
    const restart = (seconds: number) => ({ events: [unit(60, 'stopping'), unit(60 + seconds, 'started')] });
    expect(found(databaseDown, restart(20))).toEqual([]);
    expect(found(databaseDown, restart(21))).toHaveLength(1);
  });

  it('shows in lists of processes that it has gone from', () => {
    const here = { programs: [php, program('mariadbd', 1)], database: { alive: true } };
    const gone = { programs: [php] };
    expect(found(databaseDown, { samples: samples([here, here, gone, gone, gone], (one) => one) })).toMatchObject([
      { measure: { how: 'process', lastAlive: at(10) } },
    ]);
  });

  it('is not told from processes where the database lives on another host', () => {
    expect(
      found(databaseDown, { samples: samples([1, 2, 3], (n) => ({ programs: [program('php-cgi', n)] })) }),
    ).toEqual([]);
  });

  it('is inferred from what PHP complains of, twice', () => {
    expect(found(databaseDown, { events: events(2, 5, unreachable) })).toMatchObject([
      { certainty: 'inferred', measure: { how: 'clients' } },
    ]);
    expect(found(databaseDown, { events: events(1, 5, unreachable) })).toEqual([]);
  });

  it('is not what PHP complains of while the database is up: then it asks at the wrong door', () => {
    expect(found(databaseDown, { events: [event(0, ready), ...events(9, 5, unreachable, 10)] })).toEqual([]);
  });

  it('is read off the access log alone: XML-RPC that had an answer gets none', () => {
    const access = [...readers(3), ...xmlrpc(60, 1, 370), ...xmlrpc(5, 1, 0, {}, 60)];
    expect(found(databaseDown, { access })).toMatchObject([
      { certainty: 'inferred', span: { from: at(60), to: at(64) }, measure: { how: 'replies', lastAlive: at(59) } },
    ]);
    expect(found(databaseDown, { access: [...xmlrpc(60, 1, 370), ...xmlrpc(1, 1, 0, {}, 60)] })).toEqual([]);
    expect(found(databaseDown, { access: xmlrpc(60, 1, 0) })).toEqual([]);
  });
});

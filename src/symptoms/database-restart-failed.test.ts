// Failed starts, counted as attempts, with the reason that tells most.
import { describe, expect, it } from 'vitest';
import type { DatabaseEvent } from '../model/event.ts';
import { databaseRestartFailed } from './database-restart-failed.ts';
import { at, event, found, unit } from './dossier.fixture.ts';

const log = (seconds: number, what: DatabaseEvent['what'], detail?: string) =>
  event(seconds, { kind: 'database', what, ...(detail !== undefined && { detail }) });

describe('database-restart-failed', () => {
  it('says why, by what the database complained of in that start', () => {
    const told = [log(0, 'bad-setting', 'innodb_file_format'), log(1, 'aborting'), unit(2, 'start-failed')];
    expect(found(databaseRestartFailed, { events: told })).toMatchObject([
      {
        span: { from: at(0), to: at(2) },
        measure: { service: 'mariadb.service', attempts: 1, reason: 'bad-setting: innodb_file_format' },
      },
    ]);
  });

  it('counts attempts, not lines', () => {
    const tries = [0, 60, 120].flatMap((s) => [log(s, 'aborting'), unit(s + 1, 'start-failed')]);
    expect(found(databaseRestartFailed, { events: tries })).toMatchObject([
      { measure: { attempts: 3, reason: 'not said' } },
    ]);
  });

  it('says that a start timed out', () => {
    expect(found(databaseRestartFailed, { events: [unit(90, 'start-timeout')] })).toMatchObject([
      { measure: { attempts: 1, reason: 'timed out' } },
    ]);
  });

  it('does not take a complaint of an hour before for the reason', () => {
    const told = [log(0, 'corruption', './ibdata1'), unit(3600, 'start-timeout')];
    expect(found(databaseRestartFailed, { events: told })).toMatchObject([{ measure: { reason: 'timed out' } }]);
  });

  it.each([
    ['a start that takes long because it recovers', [log(0, 'crash-recovery'), log(300, 'ready')]],
    ['a failed start of the web server', [unit(0, 'start-failed', { unit: 'apache2.service', role: 'web' })]],
    ['a complaint without a failed start', [log(0, 'corruption', 'wp_posts')]],
  ])('is not %s', (_what, told) => {
    expect(found(databaseRestartFailed, { events: told })).toEqual([]);
  });
});

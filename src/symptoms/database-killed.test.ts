// A kill is signal 9 that nobody asked for; a stop, a crash and a reboot are not.
import { describe, expect, it } from 'vitest';
import { databaseKilled } from './database-killed.ts';
import { at, event, found, oomKill, unit } from './dossier.fixture.ts';

const log = (seconds: number, what: 'ready' | 'shutdown' | 'crash-recovery' | 'signal') =>
  event(seconds, { kind: 'database', what });

describe('database-killed', () => {
  it('is said by the service manager', () => {
    expect(found(databaseKilled, { events: [unit(30, 'killed', { signal: 9 })] })).toMatchObject([
      { certainty: 'observed', span: { from: at(30) }, measure: { service: 'mariadb.service', signal: 9, times: 1 } },
    ]);
  });

  it('counts deaths, not lines: the kernel and the service manager tell of the same one', () => {
    const once = [oomKill(30), unit(31, 'killed', { signal: 9 }), unit(31, 'oom-killed')];
    expect(found(databaseKilled, { events: once })).toMatchObject([{ measure: { times: 1 } }]);
    expect(found(databaseKilled, { events: [...once, oomKill(120, 'mariadbd', { pid: 900 })] })).toMatchObject([
      { measure: { times: 2 } },
    ]);
  });

  it('is inferred from a start that recovers, though nothing ended it before', () => {
    expect(
      found(databaseKilled, { events: [log(0, 'ready'), log(300, 'crash-recovery'), log(310, 'ready')] }),
    ).toMatchObject([{ certainty: 'inferred', span: { from: at(300) }, measure: { times: 1 } }]);
  });

  it.each([
    ['the kill of another program', [oomKill(30, 'php-cgi')]],
    ['a stop with SIGTERM', [unit(30, 'stopping'), unit(31, 'killed', { signal: 15 })]],
    ['a crash by a fault of its own', [unit(30, 'dumped', { signal: 11 })]],
    ['a start after a shutdown', [log(0, 'ready'), log(200, 'shutdown'), log(300, 'crash-recovery')]],
    ['a start after a crash that the log tells of', [log(0, 'ready'), log(200, 'signal'), log(300, 'crash-recovery')]],
    [
      'a start after a power failure',
      [log(0, 'ready'), event(250, { kind: 'kernel', what: 'boot' }), log(300, 'crash-recovery')],
    ],
    ['a record that begins with a recovery', [log(0, 'crash-recovery'), log(10, 'ready')]],
  ])('is not %s', (_what, told) => {
    expect(found(databaseKilled, { events: told })).toEqual([]);
  });
});

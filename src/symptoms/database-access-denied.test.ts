// The site's own user at the site's own database: strangers and outages are something else.
import { describe, expect, it } from 'vitest';
import type { DatabaseEvent, PhpEvent } from '../model/event.ts';
import { databaseAccessDenied } from './database-access-denied.ts';
import { event, events, found, unit } from './dossier.fixture.ts';

const php = (what: PhpEvent['what'], message: string): PhpEvent => ({ kind: 'php', level: 'warning', what, message });
const DENIED = php(
  'database-denied',
  "mysqli_real_connect(): (HY000/1045): Access denied for user 'wp'@'localhost' (using password: YES)",
);
const NO_SOCKET = php('database-unreachable', 'mysqli_real_connect(): (HY000/2002): No such file or directory');
const refused = (host: string, user = 'wp'): DatabaseEvent => ({ kind: 'database', what: 'access-denied', user, host });
const ready = { kind: 'database', what: 'ready' } as const;

describe('database-access-denied', () => {
  it('names the user whom the database refuses', () => {
    expect(found(databaseAccessDenied, { events: events(3, 10, DENIED) })).toMatchObject([
      { measure: { how: 'refused-user', times: 3, user: 'wp' } },
    ]);
    expect(found(databaseAccessDenied, { events: events(3, 10, refused('localhost')) })).toMatchObject([
      { measure: { how: 'refused-user', user: 'wp' } },
    ]);
  });

  it('does not count twice what PHP and the database both say', () => {
    const both = [...events(5, 10, DENIED), ...events(5, 10, refused('localhost'))];
    expect(found(databaseAccessDenied, { events: both })).toMatchObject([{ measure: { times: 5 } }]);
  });

  it('is a wrong door when PHP finds no database while it is up', () => {
    const wrong = [event(0, ready), ...events(3, 10, NO_SOCKET, 20)];
    expect(found(databaseAccessDenied, { events: wrong })).toMatchObject([
      { measure: { how: 'wrong-door', times: 3, detail: NO_SOCKET.message } },
    ]);
  });

  it.each([
    ['two refusals', events(2, 10, DENIED)],
    ['strangers from the network who try root', events(90, 1, refused('203.0.113.9', 'root'))],
    ['strangers with an address that only begins like a private one', events(90, 1, refused('172.104.1.2', 'root'))],
    [
      'a database that was killed',
      [event(0, ready), unit(10, 'killed', { signal: 9 }), ...events(9, 10, NO_SOCKET, 20)],
    ],
    ['a database of which nothing is known', events(9, 10, NO_SOCKET)],
  ])('is not %s', (_what, told) => {
    expect(found(databaseAccessDenied, { events: told })).toEqual([]);
  });
});

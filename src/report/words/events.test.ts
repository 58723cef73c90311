import { describe, expect, it } from 'vitest';
import type { EventPayload, LogEvent } from '../../model/event.ts';
import { evidence } from '../../model/evidence.ts';
import { eventWords } from './events.ts';

function said(payload: EventPayload): string | undefined {
  const event: LogEvent = { ...payload, at: 0, until: 0, count: 1, evidence: evidence('log', 1, '') };
  const words = eventWords(event);
  return words && `${words.mark} ${words.text}`;
}

describe('the words for an event', () => {
  it('say what happened, under a mark', () => {
    expect(said({ kind: 'unit', unit: 'mariadb.service', role: 'database', change: 'killed', signal: 9 })).toBe(
      'K mariadb was killed by signal 9 (kill)',
    );
    expect(said({ kind: 'unit', unit: 'mariadb.service', role: 'database', change: 'start-timeout' })).toMatch(
      /^F the start of mariadb/,
    );
    expect(said({ kind: 'fpm', what: 'max-children-reached', pool: 'www', limit: 5 })).toBe(
      'L PHP-FPM reached pm.max_children (pool www) of 5',
    );
    expect(said({ kind: 'admin', what: 'command', user: 'root', subject: '/usr/bin/mysqlcheck --repair' })).toBe(
      'P root ran "/usr/bin/mysqlcheck --repair"',
    );
    expect(said({ kind: 'disk-full', program: 'mysqld', path: '/var/lib/mysql' })).toBe(
      'D mysqld found no space left for /var/lib/mysql',
    );
    expect(said({ kind: 'kernel', what: 'segfault', process: 'php-fpm' })).toMatch(/^C php-fpm crashed/);
  });

  it('leave out what tells nothing on a timeline', () => {
    expect(said({ kind: 'unit', unit: 'logrotate.service', role: 'other', change: 'started' })).toBeUndefined();
    expect(said({ kind: 'web', server: 'apache', what: 'not-found' })).toBeUndefined();
    expect(said({ kind: 'admin', what: 'login', user: 'root' })).toBeUndefined();
  });
});

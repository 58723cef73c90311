import { describe, expect, it } from 'vitest';
import { readText } from './recording-sink.ts';
import { syslog } from './syslog.ts';

function payloads(...lines: readonly string[]): unknown[] {
  return readText(syslog, lines.join('\n')).events.map(({ payload }) => payload);
}

describe('which reader a message goes to', () => {
  it('counts what rsyslog folded', () => {
    const line =
      'Nov 25 08:41:04 web1 sshd[22]: message repeated 5 times: [ Failed password for root from 203.0.113.9 port 22 ssh2]';
    expect(payloads(line)).toHaveLength(5);
  });

  it('reads upstart and systemd where the kernel passes their words on', () => {
    expect(payloads('Jun 23 04:09:18 www kernel: init: mysql main process (2831) killed by KILL signal')).toMatchObject(
      [{ unit: 'mysql', change: 'killed' }],
    );
    expect(
      payloads(
        'Jun 23 04:09:18 www kernel: [ 3.1] x',
        'Jun 23 04:09:18 www kernel: [    3.100000] systemd[1]: Failed to start MariaDB database server.',
      ),
    ).toMatchObject([{ unit: 'mariadb.service', change: 'start-failed' }]);
  });

  it('reads systemd without a pid, as Red Hat 7 logs it', () => {
    expect(
      payloads('Mar 14 16:55:07 localhost systemd: tidb-4000.service: main process exited, code=killed, status=9/KILL'),
    ).toMatchObject([{ role: 'other', change: 'killed', signal: 9 }]);
  });

  it('hears any program that finds the disk full', () => {
    expect(
      payloads(
        "Jan 30 14:22:18 re-dash rsyslogd[896]: file '7' write error: No space left on device [v8.32.0 try http://www.rsyslog.com/e/2027 ]",
      ),
    ).toEqual([{ kind: 'disk-full', program: 'rsyslogd' }]);
  });

  it.each([
    [
      'Nov 25 08:40:57 web1.example.net mysqld[613]: 2017-11-25  8:40:55 140263595730688 [Note] InnoDB: page_cleaner: 1000ms intended loop took 9169ms. The settings might not be optimal. (flushed=0 and evicted=0, during the time.)',
      { kind: 'database', what: 'page-cleaner-late', tookMs: 9169 },
    ],
    [
      'Nov 22 10:07:22 web1 php-fpm8.2[99]: [22-Nov-2026 10:07:22] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
      { kind: 'fpm', what: 'max-children-reached', pool: 'www', limit: 5 },
    ],
    [
      'Nov 22 10:07:22 web1 nginx[99]: 2026/11/22 10:07:22 [alert] 99#99: 768 worker_connections are not enough',
      { kind: 'web', server: 'nginx', what: 'connections-exhausted' },
    ],
    [
      'Nov 22 10:07:22 web1 apachectl[99]: (98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80',
      { kind: 'web', server: 'apache', what: 'address-in-use' },
    ],
  ])('gives services to those who know them: %s', (line, expected) => {
    expect(payloads(line)).toMatchObject([expected]);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databaseErrorFormat } from './database-error.ts';
import { fpmSlowFormat } from './fpm-slow.ts';
import { serviceFormats } from './index.ts';
import { nginxErrorFormat } from './nginx-error.ts';
import { phpErrorFormat } from './php-error.ts';
import { readLines } from './reading.fixture.ts';
import { slowQueryFormat } from './slow-query.ts';

const recorded = (name: string): string[] => {
  const lines = readFileSync(new URL(`../../../cases/${name}`, import.meta.url), 'utf8').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** The best format and its score, as the collector of sources chooses. */
function recognised(lines: readonly string[]): [string, number] {
  const head = lines.slice(0, 200);
  const best = serviceFormats.map((format): [string, number] => [format.id, format.recognise(head)]);
  return best.reduce((a, b) => (b[1] > a[1] ? b : a));
}

const SLOW_LOG = [
  '/usr/sbin/mysqld, Version: 10.3.13-MariaDB-1:10.3.13+maria~bionic-log (mariadb.org binary distribution). started with:',
  'Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock',
  'Time\t\t    Id Command\tArgument',
  '# Time: 190324 16:03:00',
  '# User@Host: root[root] @ localhost []',
  '# Thread_id: 37  Schema: employees  QC_hit: No',
  '# Query_time: 2.461578  Lock_time: 0.000196  Rows_sent: 10  Rows_examined: 3145718',
  '# Rows_affected: 0  Bytes_sent: 319',
  '# Full_scan: Yes  Full_join: No  Tmp_table: Yes  Tmp_table_on_disk: No',
  'use employees;',
  'SET timestamp=1553443380;',
  'SELECT last_name, MAX(salary) AS salary FROM employees',
  '    INNER JOIN salaries ON employees.emp_no = salaries.emp_no',
  '    GROUP BY last_name',
  '    LIMIT 10;',
];

const FPM_SLOW = [
  '',
  '[22-Nov-2026 12:07:10]  [pool www] pid 23024',
  'script_filename = /var/www/index.php',
  '[0x00007fcf17814190] curl_exec() /var/www/wp-includes/Requests/src/Transport/Curl.php:205',
  '[0x00007fcf17814130] request() /var/www/wp-content/plugins/akismet/class.akismet.php:1700',
  '',
  '[22-Nov-2026 12:07:11]  [pool www] pid 23033',
  'script_filename = /var/www/xmlrpc.php',
  '[0x00007fcf178140f0] array_map() /var/www/wp-includes/plugin.php:2',
];

const PHP_LOG = [
  '[22-Nov-2026 12:06:14 UTC] PHP Fatal error:  Uncaught Error: Call to undefined function foo_bar() in /var/www/t.php:11',
  'Stack trace:',
  '#0 /var/www/wp-content/plugins/akismet/x.php(3): y()',
  '#1 {main}',
  '  thrown in /var/www/t.php on line 11',
  '[22-Nov-2026 12:06:15 UTC] PHP Deprecated:  Creation of dynamic property A::$b is deprecated in /var/www/a.php on line 1',
];

describe('recognising logs of services', () => {
  it.each([
    ['pingback-flood/logs/mariadb-error.log', 'database-error'],
    ['flash-crowd/logs/mariadb-error.log', 'database-error'],
    ['pingback-flood/logs/error.log', 'apache-error'],
    ['flash-crowd/logs/error.log', 'apache-error'],
    ['password-guessing/logs/error.log', 'apache-error'],
  ])('%s is %s', (name, id) => {
    expect(recognised(recorded(name))).toEqual([id, 1]);
  });

  it('knows the others by their content', () => {
    expect(recognised(SLOW_LOG)).toEqual(['slow-query', 1]);
    expect(recognised(FPM_SLOW)).toEqual(['fpm-slow', 1]);
    expect(recognised(PHP_LOG)).toEqual(['php-error', 1]);
    expect(recognised(['[22-Nov-2026 12:07:08] NOTICE: ready to handle connections'])).toEqual(['fpm-log', 1]);
    expect(recognised(['2026/11/22 12:07:08 [notice] 22932#22932: nginx/1.22.1'])).toEqual(['nginx-error', 1]);
  });

  it.each([
    'pingback-flood/logs/access.log',
    'pingback-flood/logs/kernel.log',
    'wordpress-2017/journal.txt',
    'wordpress-2017/ps-ef.txt',
    'pingback-flood/samples.jsonl',
  ])('leaves %s to others', (name) => {
    expect(recognised(recorded(name).slice(0, 200))[1]).toBe(0);
  });
});

describe("the database's error log", () => {
  it('tells of a recorded incident: start, recovery after a kill, crashed tables', () => {
    const { payloads, unreadable } = readLines(databaseErrorFormat, recorded('pingback-flood/logs/mariadb-error.log'));
    expect(payloads.map((payload) => (payload.kind === 'database' ? payload.what : ''))).toEqual([
      'starting',
      'ready',
      ...['starting', 'crash-recovery', 'ready'],
      ...['starting', 'crash-recovery', 'ready'],
      ...['table-crashed', 'table-crashed', 'table-crashed', 'table-crashed'],
    ]);
    expect(unreadable).toBe(0);
  });

  it('joins the two lines of a long semaphore wait', () => {
    const { events } = readLines(databaseErrorFormat, [
      '2019-12-03  1:24:23 0 [Warning] InnoDB: A long semaphore wait:',
      '--Thread 140597443700480 has waited at trx0trx.cc line 283 for 271.00 seconds the semaphore:',
    ]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      line: 1,
      payload: { what: 'long-semaphore-wait', tookMs: 271_000 },
      stamp: { clock: 'local' },
    });
  });

  it('does not read the statement in a crash report as words of the server', () => {
    const { payloads } = readLines(databaseErrorFormat, [
      '261122 12:08:59 [ERROR] mariadbd got signal 11 ;',
      'Query (0x7794e00131b0): insert into x values("',
      "Table './wp/x' is marked as crashed and should be repaired",
      '")',
    ]);
    expect(payloads).toEqual([{ kind: 'database', what: 'signal', signal: 11 }]);
  });
});

describe('the slow query log', () => {
  it('gives one event a statement, at the time that the statement has', () => {
    const { events, unreadable } = readLines(slowQueryFormat, SLOW_LOG);
    expect(events).toEqual([
      {
        stamp: { ms: 1_553_443_380_000, clock: 'absolute' },
        line: 5,
        text: '# User@Host: root[root] @ localhost []',
        payload: {
          kind: 'slow-query',
          seconds: 2.461578,
          lockSeconds: 0.000196,
          rowsSent: 10,
          rowsExamined: 3_145_718,
          user: 'root',
          database: 'employees',
          statement:
            'SELECT last_name, MAX(salary) AS salary FROM employees INNER JOIN salaries ON employees.emp_no = salaries.emp_no GROUP BY last_name LIMIT ?',
        },
      },
    ]);
    expect(unreadable).toBe(0);
  });

  it('reads MySQL 8 with its long line of figures, 5.5 without `# Time:` before each, and a lone administrator command', () => {
    const { payloads } = readLines(slowQueryFormat, [
      '# Time: 2019-03-24T14:04:53.713951Z',
      '# User@Host: root[root] @ localhost []  Id:    16',
      '# Query_time: 2.631844  Lock_time: 0.000145 Rows_sent: 10  Rows_examined: 3145718 Thread_id: 16 Errno: 0 Killed: 0',
      'use employees;',
      'SET timestamp=1553436291;',
      'SELECT 1;',
      '# User@Host: debian-sys-maint[debian-sys-maint] @ localhost []',
      '# Query_time: 0.000153  Lock_time: 0.000061 Rows_sent: 1  Rows_examined: 5',
      'SET timestamp=1481294279;',
      '# administrator command: Quit;',
      '# User@Host: a[a] @ localhost []',
      '# Query_time: 0.000153  Lock_time: 0.000061 Rows_sent: 1  Rows_examined: 5',
      'SET timestamp=1481294280;',
      'select 2;',
    ]);
    expect(payloads.map((payload) => (payload.kind === 'slow-query' ? payload.statement : ''))).toEqual([
      'SELECT ?',
      'administrator command: Quit',
      'select ?',
    ]);
  });

  it('takes a header inside a string for a part of the string', () => {
    const { payloads } = readLines(slowQueryFormat, [
      '# User@Host: a[a] @ localhost []',
      '# Query_time: 1.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 5',
      'SET timestamp=1481294280;',
      "insert into t values('x",
      '# User@Host: root[root] @ evil []',
      "y');",
    ]);
    expect(payloads).toHaveLength(1);
    expect(payloads[0]).toMatchObject({ user: 'a', statement: 'insert into t values(?)' });
  });
});

describe('logs with reports of several lines', () => {
  it("PHP's: the trace belongs to its message, Deprecated is no event", () => {
    const { events, seen } = readLines(phpErrorFormat, PHP_LOG);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      line: 1,
      payload: { what: 'uncaught', component: 'plugin akismet' },
      stamp: { clock: 'absolute' },
    });
    expect(seen).toEqual([{ ms: Date.parse('2026-11-22T12:06:15Z'), clock: 'absolute' }]);
  });

  it("PHP-FPM's slow log: what the request waits for, and whose code asked", () => {
    const { payloads } = readLines(fpmSlowFormat, FPM_SLOW);
    expect(payloads).toEqual([
      {
        kind: 'fpm',
        what: 'slow-request',
        pool: 'www',
        script: '/var/www/index.php',
        waitsFor: 'curl_exec',
        component: 'plugin akismet',
      },
      { kind: 'fpm', what: 'slow-request', pool: 'www', script: '/var/www/xmlrpc.php' },
    ]);
  });

  it("nginx's: PHP's message ends where nginx's words go on", () => {
    const { events } = readLines(nginxErrorFormat, [
      '2026/11/22 12:08:17 [error] 23776#23776: *1 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /var/www/e.php:1',
      'Stack trace:',
      '#0 /var/www/wp-content/themes/astra/e.php(1): f()',
      '  thrown in /var/www/e.php on line 1" while reading response header from upstream, client: 127.0.0.1, server: x, request: "GET /e.php HTTP/1.1", upstream: "fastcgi://127.0.0.1:3996", host: "x"',
      '2026/11/22 12:08:32 [notice] 1#1: signal 15 (SIGTERM) received from 22902, exiting',
    ]);
    expect(events.map((event) => event.line)).toEqual([1, 5]);
    expect(events[0]?.payload).toMatchObject({ kind: 'php', component: 'theme astra' });
  });
});

describe.each(serviceFormats)('$id', (format) => {
  const fragment = fc.constantFrom(
    ...[...SLOW_LOG, ...FPM_SLOW, ...PHP_LOG],
    '2026-11-22 10:04:41 0 [Note] InnoDB: A long semaphore wait:',
    '[Sun Nov 22 10:07:30.617843 2026] [cgid:error] [pid 1:tid 1] [client 192.0.2.7:1] AH01215: PHP Fatal error:  x',
    '2026/11/22 12:08:17 [error] 1#1: *1 FastCGI sent in stderr: "PHP message: ',
  );
  it('never throws, scores 0 to 1, and points at lines that exist', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fragment, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 30 }),
        (lines) => {
          const score = format.recognise(lines);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          for (const { line, stamp } of readLines(format, lines).events) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines.length);
            if (stamp) expect(Number.isFinite(stamp.ms)).toBe(true);
          }
        },
      ),
    );
  });

  it('keeps little of a report that never ends', () => {
    const begin = performance.now();
    readLines(format, [
      ...SLOW_LOG,
      PHP_LOG[0] ?? '',
      ...Array.from({ length: 3000 }, () => '#0 /var/www/x.php(1): f() '.repeat(40)),
    ]);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

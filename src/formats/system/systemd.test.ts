import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemdReader } from './systemd.ts';
import { isUnitName, roleOfUnit, unitOfDescription } from './units.ts';
import { readUpstart } from './upstart.ts';

function changes(texts: readonly string[], pid?: number): unknown[] {
  const reader = systemdReader();
  return texts.flatMap((text) => {
    const found = reader.line({ text, pid });
    if (!found) return [];
    if (found.kind === 'admin') return [found.what];
    return [
      [
        found.unit,
        found.change,
        ...(found.signal === undefined ? [] : [found.signal]),
        ...(found.status === undefined ? [] : [found.status]),
      ],
    ];
  });
}

describe('what systemd says of units', () => {
  it.each([
    ['mariadb.service: main process exited, code=killed, status=9/KILL', ['killed', 9]],
    ['mariadb.service: Main process exited, code=dumped, status=11/SEGV', ['dumped', 11]],
    ['mariadb.service: Main process exited, code=exited, status=1/FAILURE', ['exited', 1]],
    ['mariadb.service: Control process exited, code=exited status=1', ['exited', 1]],
    ['mariadb.service: Control process exited, code=exited, status=1/FAILURE', ['exited', 1]],
    ['Unit mariadb.service entered failed state.', ['failed']],
    ['mariadb.service: Unit entered failed state.', ['failed']],
    ['mariadb.service failed.', ['failed']],
    ["mariadb.service: Failed with result 'exit-code'.", ['failed']],
    ["mariadb.service: Failed with result 'oom-kill'.", ['oom-killed']],
    ["mariadb.service: Failed with result 'start-limit-hit'.", ['restart-limit']],
    ['mariadb.service: A process of this unit has been killed by the OOM killer.', ['oom-killed']],
    ['mariadb.service: systemd-oomd killed 12 process(es) in this unit.', ['oom-killed']],
    ['mariadb.service holdoff time over, scheduling restart.', ['restart-scheduled']],
    ['mariadb.service: Service hold-off time over, scheduling restart.', ['restart-scheduled']],
    ['mariadb.service: Service RestartSec=5s expired, scheduling restart.', ['restart-scheduled']],
    ['mariadb.service: Scheduled restart job, restart counter is at 3.', ['restart-scheduled']],
    ['mariadb.service: Start request repeated too quickly.', ['restart-limit']],
    ['start request repeated too quickly for mariadb.service', ['restart-limit']],
    ['mariadb.service start-pre operation timed out. Terminating.', ['start-timeout']],
    ['mariadb.service: Start operation timed out. Terminating.', ['start-timeout']],
    ['mariadb.service stop-sigterm timed out. Killing.', ['stop-timeout']],
    ["mariadb.service: State 'stop-sigterm' timed out. Killing.", ['stop-timeout']],
    ['Starting MariaDB database server...', ['starting']],
    ['Started MariaDB 10.11.6 database server.', ['started']],
    ['Started mariadb.service - MariaDB 10.11.11 database server.', ['started']],
    ['Stopping mariadb.service - MariaDB 10.11.11 database server...', ['stopping']],
    ['mariadb.service: Deactivated successfully.', ['stopped']],
    ['mariadb.service: Succeeded.', ['stopped']],
    ['Stopped MariaDB 10.3.39 database server.', ['stopped']],
    ['Failed to start MariaDB database server.', ['start-failed']],
  ])('is read from every version: %s', (text, [change, ...figures]) => {
    expect(changes([text])).toEqual([['mariadb.service', change, ...figures]]);
  });

  it('counts once what it says twice', () => {
    expect(
      changes([
        'mysql.service: Unit entered failed state.',
        "mysql.service: Failed with result 'exit-code'.",
        'mysql.service: Service hold-off time over, scheduling restart.',
        'mysql.service: Scheduled restart job, restart counter is at 5.',
        'mysql.service: Start request repeated too quickly.',
      ]),
    ).toEqual([
      ['mysql.service', 'failed'],
      ['mysql.service', 'restart-scheduled'],
      ['mysql.service', 'restart-limit'],
    ]);
  });

  it('counts twice what happens twice', () => {
    const killed = 'php8.2-fpm.service: A process of this unit has been killed by the OOM killer.';
    expect(changes([killed, killed])).toHaveLength(2);
  });

  it('leaves out the comings and goings of what is no service of the site', () => {
    expect(
      changes([
        'Started Session 5 of user root.',
        'Starting phpsessionclean.service - Clean php session files...',
        'phpsessionclean.service: Deactivated successfully.',
        'apt-daily.timer: Deactivated successfully.',
        'Reached target Timers.',
        'mariadb.service: Consumed 8min 5.286s CPU time.',
        'mariadb.service: Killing process 99 (mariadbd) with signal SIGKILL.',
      ]),
    ).toEqual([]);
    expect(
      changes([
        "clamav-daemon.service: Failed with result 'oom-kill'.",
        'Started clamav-daemon.service - Clam AntiVirus userspace daemon.',
      ]),
    ).toEqual([
      ['clamav-daemon.service', 'oom-killed'],
      ['clamav-daemon.service', 'started'],
    ]);
  });

  it("tells the host's shutdown from a user's log-out", () => {
    expect(changes(['Reached target shutdown.target - System Shutdown.'], 1)).toEqual(['shutdown']);
    expect(changes(['Reached target Shutdown.'], 2765)).toEqual([]);
    expect(changes(['Time has been changed'], 1)).toEqual(['clock-step']);
  });

  it("believes the journal's UNIT= field over the description", () => {
    const found = systemdReader().line({ text: 'Started The Apache HTTP Server.', pid: 1, unit: 'httpd.service' });
    expect(found).toEqual({ kind: 'unit', unit: 'httpd.service', role: 'web', change: 'started' });
  });

  it('never throws', () => {
    const reader = systemdReader();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void reader.line({ text })));
    fc.assert(
      fc.property(
        fc.constantFrom('Started ', 'Stopping ', 'Unit ', 'mariadb.service: '),
        fc.string(),
        (a, b) => void reader.line({ text: a + b }),
      ),
    );
  });
});

describe('roles', () => {
  it.each([
    ['mariadb.service', 'database'],
    ['mariadb@main.service', 'database'],
    ['mysql.service', 'database'],
    ['mysqld.service', 'database'],
    ['percona-server.service', 'database'],
    ['apache2.service', 'web'],
    ['httpd.service', 'web'],
    ['nginx.service', 'web'],
    ['lsws.service', 'web'],
    ['caddy.service', 'web'],
    ['php8.2-fpm.service', 'php'],
    ['php-fpm.service', 'php'],
    ['php7-fpm.service', 'php'],
    ['ea-php81-php-fpm.service', 'php'],
    ['plesk-php74-fpm.service', 'php'],
    ['php81-php-fpm.service', 'php'],
    ['mariadb-extra.socket', 'other'],
    ['apache-htcacheclean.service', 'other'],
    ['phpsessionclean.service', 'other'],
    ['user@1000.service', 'other'],
  ])('%s is %s', (unit, role) => {
    expect(isUnitName(unit)).toBe(true);
    expect(roleOfUnit(unit)).toBe(role);
  });

  it.each([
    ['MariaDB 10.11.19 database server', 'mariadb.service', 'database'],
    ['MySQL Community Server', 'mysql.service', 'database'],
    ['The Apache HTTP Server', 'The Apache HTTP Server', 'web'],
    ['A high performance web server and a reverse proxy server', 'nginx.service', 'web'],
    ['The PHP 8.2 FastCGI Process Manager', 'php8.2-fpm.service', 'php'],
    ['The PHP FastCGI Process Manager', 'php-fpm.service', 'php'],
    ['nginx.service - A high performance web server and a reverse proxy server', 'nginx.service', 'web'],
    ['nginx - high performance web server', 'nginx.service', 'web'],
    ['Disk Cache Cleaning Daemon for Apache HTTP Server', 'Disk Cache Cleaning Daemon for Apache HTTP Server', 'other'],
  ])('%s is %s', (description, unit, role) => {
    expect(unitOfDescription(description)).toEqual({ unit, role });
  });
});

describe('upstart', () => {
  it.each([
    ['mysql main process (2831) killed by KILL signal', { change: 'killed', signal: 9 }],
    ['mysql main process (2283) terminated with status 1', { change: 'exited', status: 1 }],
    ['mysql main process ended, respawning', { change: 'restart-scheduled' }],
    ['mysql respawning too fast, stopped', { change: 'restart-limit' }],
  ])('%s', (text, expected) => {
    expect(readUpstart(text)).toEqual({ kind: 'unit', unit: 'mysql', role: 'database', ...expected });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readUpstart(text)));
  });
});

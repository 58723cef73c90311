import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAdminMessage } from './admin.ts';
import { readDiskFull } from './disk-full.ts';
import { readEarlyoom, readOomd } from './oom-daemons.ts';

describe('what people and timers did', () => {
  it.each([
    [
      'sshd',
      'Accepted password for user from 192.168.1.50 port 44444 ssh2',
      { what: 'login', subject: 'password', user: 'user', address: '192.168.1.50' },
    ],
    [
      'sshd-session',
      'Accepted publickey for backdoor from 2001:DB8::7 port 44221 ssh2: ED25519 SHA256:abc',
      { what: 'login', subject: 'publickey', user: 'backdoor', address: '2001:db8::7' },
    ],
    [
      'sshd',
      'Failed password for invalid user pi from 203.0.113.9 port 44513 ssh2',
      { what: 'login-failed', subject: 'password', user: 'pi', address: '203.0.113.9' },
    ],
    [
      'sudo',
      '    user : TTY=pts/0 ; PWD=/home/user ; USER=root ; COMMAND=/bin/systemctl restart mariadb',
      { what: 'command', subject: '/bin/systemctl restart mariadb', user: 'user' },
    ],
    [
      'wordpress(www.example.com)',
      'Authentication failure for admin from 192.168.0.1',
      { what: 'web-login-failed', user: 'admin', address: '192.168.0.1' },
    ],
    [
      'wordpress(www.example.com)',
      'XML-RPC authentication failure for Arthur from 203.0.113.9',
      { what: 'web-login-failed', subject: 'XML-RPC', user: 'Arthur', address: '203.0.113.9' },
    ],
    [
      'wordpress(www.example.com)',
      'XML-RPC authentication failure from 203.0.113.9',
      { what: 'web-login-failed', subject: 'XML-RPC', address: '203.0.113.9' },
    ],
    [
      'wordpress(www.example.com)',
      'Authentication attempt for unknown user admin from 203.0.113.9',
      { what: 'web-login-failed', user: 'admin', address: '203.0.113.9' },
    ],
    [
      'wordpress(www.example.com)',
      'Accepted password for admin from 192.168.0.1',
      { what: 'login', subject: 'wordpress', user: 'admin', address: '192.168.0.1' },
    ],
    ['fail2ban.actions', 'NOTICE [sshd] Ban 203.0.113.50', { what: 'ban', subject: 'sshd', address: '203.0.113.50' }],
    [
      'CRON',
      '(root) CMD (/usr/local/bin/backup.sh)',
      { what: 'cron', subject: '/usr/local/bin/backup.sh', user: 'root' },
    ],
    ['systemd-logind', 'System is rebooting.', { what: 'shutdown', subject: 'System is rebooting.' }],
    ['shutdown', 'shutting down for system reboot', { what: 'shutdown', subject: 'shutting down for system reboot' }],
    [
      'chronyd',
      'System clock was stepped by -1.284391 seconds',
      { what: 'clock-step', subject: 'System clock was stepped by -1.284391 seconds' },
    ],
    [
      'ntpdate',
      'step time server 82.211.81.145 offset -0.647044 sec',
      { what: 'clock-step', subject: 'step time server 82.211.81.145 offset -0.647044 sec' },
    ],
  ])('%s: %s', (program, message, expected) => {
    expect(readAdminMessage(program, message)).toEqual({ kind: 'admin', ...expected });
  });

  it("doesn't let a client forge an address through its user name", () => {
    const forged = 'Failed password for invalid user root from 198.51.100.1 port 1 ssh2 from 203.0.113.9 port 22 ssh2';
    expect(readAdminMessage('sshd', forged)).toMatchObject({ address: '203.0.113.9' });
    const plugin = 'Authentication failure for x from 198.51.100.1 from 203.0.113.9';
    expect(readAdminMessage('wordpress(a)', plugin)).toMatchObject({ address: '203.0.113.9' });
  });

  it.each([
    ['sshd', 'Failed publickey for root from 203.0.113.9 port 22 ssh2: RSA SHA256:abc'],
    ['sshd', 'Connection closed by 203.0.113.9 port 52350'],
    ['fail2ban.actions', 'NOTICE [sshd] Unban 203.0.113.50'],
    ['sshd', 'error: PAM: Authentication failure for root from 1.2.3.4'],
    ['systemd-logind', 'New session 5 of user root.'],
  ])('leaves the rest: %s: %s', (program, message) => {
    expect(readAdminMessage(program, message)).toBeUndefined();
  });

  it('never throws', () => {
    const program = fc.constantFrom('sshd', 'sudo', 'wordpress', 'fail2ban', 'cron', 'yum', 'shutdown', 'ntpd', 'x');
    fc.assert(fc.property(program, fc.string({ unit: 'binary' }), (p, m) => void readAdminMessage(p, m)));
  });
});

describe('a full disk', () => {
  it.each([
    [
      'rsyslogd',
      "rsyslogd: file '/var/log/syslog'[8] write error - see https://www.rsyslog.com/solving-rsyslog-write-errors/ for help OS error: No space left on device [v8.2312.0 try https://www.rsyslog.com/e/2027 ]",
      '/var/log/syslog',
    ],
    [
      'rsyslogd',
      "file '7' write error: No space left on device [v8.32.0 try http://www.rsyslog.com/e/2027 ]",
      undefined,
    ],
  ])('%s complains: %s', (program, message, path) => {
    expect(readDiskFull(program, message)).toEqual({ kind: 'disk-full', program, ...(path ? { path } : {}) });
  });

  it.each([
    'ERROR: Failed to add /proc to inotify watch: No space left on device',
    "AH00023: Couldn't create the rewrite-map mutex (28)No space left on device",
    'Server listening on 0.0.0.0 port 22.',
  ])('is not what this complains of: %s', (message) => {
    expect(readDiskFull('x', message)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (m) => void readDiskFull('x', `${m} No space left on device ${m}`)),
    );
  });
});

describe('daemons that kill before the kernel does', () => {
  it('earlyoom', () => {
    expect(
      readEarlyoom('sending SIGTERM to process 2806237 uid 1000 "VLLM::EngineCor": badness 994, VmRSS 4229 MiB'),
    ).toEqual({
      kind: 'oom-kill',
      pid: 2806237,
      name: 'VLLM::EngineCor',
      scope: 'global',
      score: 994,
      invokedBy: 'earlyoom',
      tasks: [],
    });
    expect(
      readEarlyoom(
        'sending SIGTERM to process 1639069 uid 991 "rustc": oom_score 1331, oom_score_adj 500, VmRSS 3287 MiB, cmdline "..."',
      ),
    ).toMatchObject({
      pid: 1639069,
      score: 1331,
      oomScoreAdj: 500,
    });
    expect(readEarlyoom('sending SIGTERM when mem <= 10.00% and swap <= 10.00%,')).toBeUndefined();
  });

  it('systemd-oomd', () => {
    const killed =
      'Killed /system.slice/php8.2-fpm.service due to memory pressure for /system.slice being 51.23% > 50.00% for > 20s with reclaim activity';
    expect(readOomd(killed)).toEqual({ kind: 'unit', unit: 'php8.2-fpm.service', role: 'php', change: 'oom-killed' });
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (m) => void [readEarlyoom(m), readOomd(`Killed /${m} due to memory `)],
      ),
    );
  });
});

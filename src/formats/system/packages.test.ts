import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aptHistory, dpkgLog, fail2banLog, yumLog } from './packages.ts';
import { iso, readText } from './recording-sink.ts';
import { syslog } from './syslog.ts';

const DPKG = `2025-06-24 14:36:25 startup archives unpack
2025-06-24 14:36:25 upgrade libsystemd0:amd64 252.36-1~deb12u1 252.38-1~deb12u1
2025-06-24 14:36:25 status triggers-pending libc-bin:amd64 2.36-9+deb12u10
2025-06-24 14:36:25 configure libsystemd0:amd64 252.38-1~deb12u1 <none>`;

const HISTORY = `
Start-Date: 2025-06-24  14:36:25
Commandline: apt-get -qqy upgrade
Requested-By: admin (1000)
Upgrade: libsystemd0:amd64 (252.36-1~deb12u1, 252.38-1~deb12u1), libudev1:amd64 (252.36-1~deb12u1, 252.38-1~deb12u1)
End-Date: 2025-06-24  14:36:25
`;

const YUM = 'Nov 25 08:41:04 Updated: httpd-2.4.6-67.el7.centos.6.x86_64';
const FAIL2BAN = `2018-09-12 11:45:58,727 fail2ban.actions        [25029]: NOTICE  [ssh] Ban 203.0.113.1
2018-09-12 11:45:53,715 fail2ban.actions        [25029]: NOTICE  [ssh] Unban 203.0.113.2`;

describe('histories beside the system log', () => {
  it('dpkg tells what changed, not each step', () => {
    expect(dpkgLog.recognise(DPKG.split('\n'))).toBe(1);
    const { events, unreadable } = readText(dpkgLog, DPKG);
    expect(events.map(({ stamp, payload }) => [iso(stamp), payload])).toEqual([
      [
        '2025-06-24T14:36:25.000Z local',
        {
          kind: 'admin',
          what: 'package-change',
          subject: 'upgrade libsystemd0:amd64 252.36-1~deb12u1 252.38-1~deb12u1',
        },
      ],
    ]);
    expect(unreadable).toEqual([]);
  });

  it('APT tells who changed what', () => {
    expect(aptHistory.recognise(HISTORY.split('\n'))).toBe(1);
    const { events, unreadable } = readText(aptHistory, HISTORY);
    expect(events.map(({ stamp, payload }) => [iso(stamp), payload])).toEqual([
      [
        '2025-06-24T14:36:25.000Z local',
        { kind: 'admin', what: 'package-change', subject: 'Upgrade: libsystemd0, libudev1', user: 'admin' },
      ],
    ]);
    expect(unreadable).toEqual([]);
  });

  it('yum, which looks like syslog and is known better', () => {
    expect(yumLog.recognise([YUM])).toBeGreaterThan(syslog.recognise([YUM]));
    expect(readText(yumLog, YUM).events).toMatchObject([
      { payload: { what: 'package-change', subject: 'Updated: httpd-2.4.6-67.el7.centos.6.x86_64' } },
    ]);
  });

  it('fail2ban tells its bans', () => {
    expect(fail2banLog.recognise(FAIL2BAN.split('\n'))).toBe(1);
    const { events, seen } = readText(fail2banLog, FAIL2BAN);
    expect(events.map(({ stamp, payload }) => [iso(stamp), payload])).toEqual([
      ['2018-09-12T11:45:58.727Z local', { kind: 'admin', what: 'ban', subject: 'ssh', address: '203.0.113.1' }],
    ]);
    expect(seen).toHaveLength(1);
  });

  it('never throw', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...`${DPKG}\n${HISTORY}\n${YUM}\n${FAIL2BAN}`.split('\n')),
    );
    for (const format of [dpkgLog, aptHistory, yumLog, fail2banLog]) {
      fc.assert(
        fc.property(fc.array(line, { minLength: 1 }), (lines) => {
          expect(format.recognise(lines)).toBeLessThanOrEqual(1);
          readText(format, lines.join('\n'));
        }),
      );
    }
  });
});

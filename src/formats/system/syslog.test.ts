import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dmesg } from './dmesg.ts';
import { readEnvelope } from './envelope.ts';
import { iso, readText } from './recording-sink.ts';
import { syslog } from './syslog.ts';

const KILLED = 'mariadb.service: Main process exited, code=killed, status=9/KILL';

describe('the envelope of a system log line', () => {
  it.each([
    ['Nov 25 08:41:04 web1 systemd[1]: ', '2000-11-25T08:41:04.000Z yearless'],
    ['<30>Nov  5 08:41:04 web1 systemd[1]: ', '2000-11-05T08:41:04.000Z yearless'],
    ['Feb 29 08:41:04 systemd[1]: ', '2000-02-29T08:41:04.000Z yearless'],
    ['Nov 22 10:07:22.083314 web1 systemd[1]: ', '2000-11-22T10:07:22.083Z yearless'],
    ['2026-11-22T10:07:22.083314+00:00 web1 systemd[1]: ', '2026-11-22T10:07:22.083Z absolute'],
    ['2026-11-22T11:07:22+0100 web1 systemd[1]: ', '2026-11-22T10:07:22.000Z absolute'],
    ['2026-11-22T10:07:22Z web1 systemd[1]: ', '2026-11-22T10:07:22.000Z absolute'],
    ['Sun 2026-11-22 10:07:22 UTC web1 systemd[1]: ', '2026-11-22T10:07:22.000Z absolute'],
    ['Sun 2026-11-22 11:07:22 CET web1 systemd[1]: ', '2026-11-22T11:07:22.000Z local'],
    ['Sun 2026-11-22 15:37:22 +0530 web1 systemd[1]: ', '2026-11-22T10:07:22.000Z absolute'],
    ['1795342043.083314 web1 systemd[1]: ', '2026-11-22T10:07:23.083Z absolute'],
    ['[    6.000000] web1 systemd[1]: ', '1970-01-01T00:00:06.000Z boot'],
    [
      '<27>1 2026-11-22T12:17:55.550498+00:00 vm systemd 1 - [timeQuality tzKnown="1" isSynced="0"] ',
      '2026-11-22T12:17:55.550Z absolute',
    ],
    [
      '<13>1 2026-11-22T12:17:55.552962+00:00 vm systemd 1 - [a b="]\\"\\]"][exampleSDID@32473 a="b"] ',
      '2026-11-22T12:17:55.552Z absolute',
    ],
    ['<13>1 - - systemd 1 - - ', 'none'],
    ['apr 30 11:19:00 web1 systemd[1]: ', '2000-04-30T11:19:00.000Z yearless'],
    ['ago 21 22:39:54 web1 systemd[1]: ', '2000-08-21T22:39:54.000Z yearless'],
  ])('is read in every spelling: %s', (envelope, stamp) => {
    const read = readEnvelope(`${envelope}${KILLED}`);
    expect(iso(read?.stamp)).toBe(stamp);
    expect([read?.program, read?.pid, read?.message]).toEqual(['systemd', 1, KILLED]);
  });

  it.each([
    ['Nov 22 12:17:55 vm sshd: no pid', 'sshd', 'no pid'],
    [
      'Oct 17 20:59:54 foobar wordpress(www.example.com)[1234]: Authentication failure',
      'wordpress(www.example.com)',
      'Authentication failure',
    ],
    [
      'Aug 25 11:23:53 web1 /etc/mysql/debian-start[119183]: Upgrading MySQL tables if necessary.',
      '/etc/mysql/debian-start',
      'Upgrading MySQL tables if necessary.',
    ],
    ['Nov 22 10:07:28 web1 my prog[45]: identifier with a space: yes', 'my prog', 'identifier with a space: yes'],
    ['Nov 22 10:07:28 web1 last message repeated 3 times', '', 'last message repeated 3 times'],
  ])('finds the program: %s', (line, program, message) => {
    expect(readEnvelope(line)).toMatchObject({ program, message });
  });

  it.each([
    '2026-11-22T10:07:22,083314+00:00 mariadbd invoked oom-killer: gfp_mask=0x100cca, order=0',
    'Foo 25 08:41:04 web1 systemd[1]: x',
    'Nov 32 08:41:04 web1 systemd[1]: x',
    '[    5.000000] usb 1-1: new high-speed USB device',
    'nothing of the kind',
    '',
  ])('is not seen where there is none: %s', (line) => {
    expect(readEnvelope(line)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void readEnvelope(text)));
    fc.assert(fc.property(fc.string(), (text) => void readEnvelope(`Nov 25 08:41:04 ${text}`)));
    fc.assert(fc.property(fc.string(), (text) => void readEnvelope(`<13>1 - ${text}`)));
  });

  it('gives back what was put in', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
    const at = fc.integer({ min: 0, max: 4102444799 });
    fc.assert(
      fc.property(at, word, word, fc.nat(4194304), fc.string(), (seconds, host, program, pid, message) => {
        const stamp = new Date(seconds * 1000).toISOString();
        const read = readEnvelope(`${stamp} ${host} ${program}[${pid}]: ${message}`);
        expect(read).toEqual({ stamp: { ms: seconds * 1000, clock: 'absolute' }, program, pid, message });
      }),
    );
  });
});

describe('syslog and journalctl text', () => {
  const founding = readFileSync(new URL('../../../cases/wordpress-2017/journal.txt', import.meta.url), 'utf8');

  it('is recognised, below formats that know the lines better', () => {
    expect(syslog.recognise(founding.split('\n'))).toBe(0.9);
    expect(syslog.recognise(['-- No entries --'])).toBe(0.9);
    expect(dmesg.recognise(founding.split('\n'))).toBe(0);
  });

  it.each([
    '2026-11-22T10:07:22,083314+00:00 mariadbd invoked oom-killer: gfp_mask=0x100cca, order=0',
    '2019-01-01T00:00:00.000000Z 0 [Note] InnoDB: Buffer pool(s) load completed at 190101  0:00:00',
    '2026-11-22 10:07:22 0 [Note] InnoDB: Starting crash recovery.',
    '2026/11/22 10:07:22 [error] 99#99: *1 connect() failed (111: Connection refused)',
    '[Sun Nov 22 10:07:22.123456 2026] [mpm_event:notice] [pid 1:tid 2] AH00489: Apache/2.4.71 configured -- resuming normal operations',
    '203.0.113.9 - - [22/Nov/2026:10:07:22 +0000] "GET / HTTP/1.1" 200 5 "-" "-"',
    '[22-Nov-2026 10:07:22] NOTICE: fpm is running, pid 99',
  ])('is not claimed: %s', (line) => {
    expect(syslog.recognise([line])).toBe(0);
  });

  it('tells the founding incident in order', () => {
    const units = readText(syslog, founding).events.flatMap(({ stamp, payload, line }) =>
      payload.kind === 'unit' ? [[line, iso(stamp).slice(5, 19), payload.unit, payload.role, payload.change]] : [],
    );
    expect(units).toEqual([
      [3, '11-25T08:41:04', 'mariadb.service', 'database', 'killed'],
      [4, '11-25T08:41:07', 'mariadb.service', 'database', 'failed'],
      [6, '11-25T08:42:59', 'mariadb.service', 'database', 'restart-scheduled'],
      [7, '11-25T08:43:58', 'mariadb.service', 'database', 'starting'],
      [8, '11-25T08:45:43', 'mariadb.service', 'database', 'start-timeout'],
      [9, '11-25T08:47:05', 'mariadb.service', 'database', 'start-failed'],
      [10, '11-25T08:47:07', 'mariadb.service', 'database', 'failed'],
    ]);
  });

  // As journalctl 252 prints it.
  const journal = [
    'Nov 22 10:07:23 web1 systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL',
    'Nov 22 10:07:24 web1 mariadbd[613]: 2026-11-22 10:07:24 0 [Note] first',
    '                                    second line',
    'Nov 22 10:07:25 web1 php-fpm8.2[99]: [8B blob data]',
    '-- Boot 1123456789abcdef0123456789abcdef --',
    'Nov 22 10:07:28 web1 my prog[45]: identifier with a space: yes',
  ];

  it('takes separators and further lines of a message for what they are', () => {
    const read = readText(syslog, ['-- Logs begin at Thu 2021-05-20 19:09:03 UTC. --', ...journal].join('\n'));
    expect(read.unreadable).toEqual([]);
    expect(read.events.map(({ payload }) => payload)).toEqual([
      { kind: 'unit', unit: 'mariadb.service', role: 'database', change: 'killed', signal: 9 },
      { kind: 'kernel', what: 'boot' },
    ]);
    expect(iso(read.events[1]?.stamp)).toBe('2000-11-22T10:07:28.000Z yearless');
    expect(read.events[1]?.line).toBe(6);
  });

  it('counts one boot once, and the head of the output not at all', () => {
    const linux = 'Nov 22 10:07:29 web1 kernel: Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)';
    const text = ['-- Boot 0123456789abcdef0123456789abcdef --', ...journal.slice(0, 5), linux].join('\n');
    const boots = readText(syslog, text).events.filter(({ payload }) => payload.kind === 'kernel');
    expect(boots).toMatchObject([{ line: 7, payload: { what: 'boot' } }]);
  });

  it('never throws, and tells every line that is not blank once or more', () => {
    const line = fc.oneof(
      fc.string(),
      fc.string().map((s) => `Nov 25 08:41:04 web1 kernel: ${s}`),
      fc.constantFrom(...journal),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const flat = lines.map((l) => l.replace(/\n/g, ' '));
        const read = readText(syslog, flat.join('\n'));
        const told = read.events.length + read.seen.length + read.unreadable.length;
        expect(told).toBeGreaterThanOrEqual(flat.filter((l) => l.trim() !== '' && !l.startsWith('-- Boot ')).length);
      }),
    );
  });
});

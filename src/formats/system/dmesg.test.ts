import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dmesg } from './dmesg.ts';
import { iso, readText } from './recording-sink.ts';
import { syslog } from './syslog.ts';

const FULL = 'nf_conntrack: nf_conntrack: table full, dropping packet';

describe('dmesg', () => {
  it.each([
    [`[12345.678901] ${FULL}`, '1970-01-01T03:25:45.678Z boot'],
    [`[    0.000000] ${FULL}`, '1970-01-01T00:00:00.000Z boot'],
    [`kern  :notice: [12345.678901] ${FULL}`, '1970-01-01T03:25:45.678Z boot'],
    [`<5>[12345.678901] ${FULL}`, '1970-01-01T03:25:45.678Z boot'],
    [`[12345.678901 <    0.000000>] ${FULL}`, '1970-01-01T03:25:45.678Z boot'],
    [`[Sun Nov 22 11:52:03 2026] ${FULL}`, '2026-11-22T11:52:03.000Z local'],
    [
      `\u001b[32m[Sun Nov 22 11:52:03 2026] \u001b[0m\u001b[33mnf_conntrack: \u001b[0mnf_conntrack: table full, dropping packet`,
      '2026-11-22T11:52:03.000Z local',
    ],
    [`kern  :warn  : [Sun Nov 22 11:52:03 2026] ${FULL}`, '2026-11-22T11:52:03.000Z local'],
    [`2026-11-22T11:52:03,250000+00:00 ${FULL}`, '2026-11-22T11:52:03.250Z absolute'],
    [`kern  :warn  : 2026-11-22T12:52:03,250000+01:00 ${FULL}`, '2026-11-22T11:52:03.250Z absolute'],
    [`[Nov22 11:52] ${FULL}`, '2000-11-22T11:52:00.000Z yearless'],
  ])('gives the time as it stands there: %s', (line, stamp) => {
    expect(dmesg.recognise([line])).toBe(0.9);
    const { events, unreadable } = readText(dmesg, line);
    expect(events.map((event) => [iso(event.stamp), event.payload])).toEqual([
      [stamp, { kind: 'kernel', what: 'conntrack-full' }],
    ]);
    expect(unreadable).toEqual([]);
  });

  it('adds up the steps of dmesg -H', () => {
    const { events } = readText(
      dmesg,
      `[Nov22 11:52] lo: left promiscuous mode\n[  +2.005270] ${FULL}\n[  +0.500000] ${FULL}`,
    );
    expect(events.map(({ stamp }) => iso(stamp))).toEqual([
      '2000-11-22T11:52:02.005Z yearless',
      '2000-11-22T11:52:02.505Z yearless',
    ]);
  });

  it('is recognised in recordings, and syslog keeps off', () => {
    for (const name of ['flash-crowd', 'pingback-flood']) {
      const head = readFileSync(new URL(`../../../cases/${name}/logs/kernel.log`, import.meta.url), 'utf8')
        .split('\n')
        .slice(0, 200);
      expect(dmesg.recognise(head)).toBe(0.9);
      expect(syslog.recognise(head)).toBe(0);
    }
  });

  it.each([
    '[Sun Nov 22 10:07:22 2026] [error] [client 203.0.113.9] File does not exist: /var/www/x',
    '[    6.000000] web1 systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL',
    '[22-Nov-2026 10:07:22] NOTICE: fpm is running, pid 99',
    'Nov 25 08:41:04 web1 systemd[1]: Started x.',
  ])("leaves others' lines: %s", (line) => {
    expect(dmesg.recognise([line])).toBe(0);
  });

  it('reads lines whose times were taken away', () => {
    const lines = [
      'Out of memory: Kill process 613 (mysqld) score 311 or sacrifice child',
      'Killed process 613 (mysqld) total-vm:1348120kB, anon-rss:322368kB, file-rss:0kB',
    ];
    expect(dmesg.recognise(lines)).toBe(0.3);
    expect(readText(dmesg, lines.join('\n')).events).toMatchObject([
      { stamp: undefined, line: 2, payload: { pid: 613 } },
    ]);
  });

  it('never throws', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `[12345.678901] ${s}`),
      fc.string().map((s) => `[${s}`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(dmesg.recognise([...lines, 'x'])).toBeLessThanOrEqual(0.9);
        readText(dmesg, lines.join('\n'));
      }),
    );
  });
});

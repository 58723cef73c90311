import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../../model/access-entry.ts';
import type { FactSink } from '../../model/reader.ts';
import { accessLog, accessReader } from './access-log.ts';
import { compileLogFormat } from './log-format.ts';

const none = (): void => {
  throw new Error('not from an access log');
};
const silentSink: FactSink = { event: none, sample: none, packet: none, seen: none, access: none, unreadable: none };

function readAll(
  lines: readonly string[],
  head = lines.slice(0, 200),
): { entries: AccessEntry[]; unreadable: number[] } {
  const entries: AccessEntry[] = [];
  const unreadable: number[] = [];
  const sink: FactSink = {
    ...silentSink,
    access: (_format, entry) => void entries.push(entry),
    unreadable: (line) => void unreadable.push(line),
  };
  const reader = accessLog.open(sink, head);
  for (const [i, line] of lines.entries()) reader.line(line, i + 1);
  reader.end();
  return { entries, unreadable };
}

const COMBINED = '192.0.2.1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl/7.88.1"';

describe('an access log', () => {
  it('is read line by line; what is not of it is said, empty lines are not', () => {
    const { entries, unreadable } = readAll([COMBINED, '', 'garbage', COMBINED, COMBINED.slice(0, 70)]);
    expect(entries).toHaveLength(2);
    expect(unreadable).toEqual([3, 5]);
  });

  it('is recognised, and still is with a line that is broken', () => {
    expect(accessLog.recognise([COMBINED])).toBe(1);
    expect(accessLog.recognise([COMBINED, COMBINED, COMBINED, 'garbage'])).toBe(0.75);
  });

  it.each([
    [
      'Apache’s error log',
      '[Sun Nov 22 12:06:28.177155 2026] [mpm_event:notice] [pid 22002:tid 22002] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations',
    ],
    [
      'nginx’s error log',
      '2026/11/22 12:06:28 [error] 22090#22090: *5 open() "/var/www/priv" failed (2: No such file or directory), client: 127.0.0.1, server: , request: "GET /priv HTTP/1.1", host: "127.0.0.1:18082"',
    ],
    ['syslog', 'Nov 22 12:06:28 web1 systemd[1]: Started mariadb.service - MariaDB 10.11.19 database server.'],
    ['an access log inside syslog', `Nov 22 12:06:28 web1 nginx: ${COMBINED}`],
    ['the same with RFC 5424 time', `2026-11-22T12:06:28.123456+00:00 web1 nginx: ${COMBINED}`],
    [
      'the journal as JSON',
      '{"__REALTIME_TIMESTAMP":"1795349188177155","_PID":"1","MESSAGE":"Started mariadb.service","PRIORITY":"6","SYSLOG_IDENTIFIER":"systemd","_HOSTNAME":"web1"}',
    ],
    [
      'Caddy’s own log',
      '{"level":"info","ts":1795349189.5283003,"logger":"http.log","msg":"server running","name":"srv1","protocols":["h1","h2","h3"]}',
    ],
    ['nothing', ''],
  ])('is not %s', (_, line) => {
    expect(accessLog.recognise([line, line])).toBe(0);
    expect(readAll([line]).entries).toEqual([]);
  });

  it('in a format that nothing can guess is read with the one that the user gave', () => {
    const compiled = compileLogFormat('%m %U%q %a %>s');
    if ('error' in compiled) throw new Error(compiled.error);
    const entries: AccessEntry[] = [];
    const sink = { ...silentSink, access: (_: unknown, entry: AccessEntry) => void entries.push(entry) };
    accessReader(sink, compiled.format).line('GET /a?b=1 192.0.2.1 200', 1);
    expect(entries).toMatchObject([{ client: '192.0.2.1', method: 'GET', target: '/a?b=1', status: 200 }]);
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(COMBINED))), (lines) => {
        expect(() => readAll(lines)).not.toThrow();
        const score = accessLog.recognise(lines);
        expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });
});

describe('recorded incidents', () => {
  const cases = join(import.meta.dirname, '../../../cases');
  const logs = readdirSync(cases, { recursive: true, encoding: 'utf8' })
    .filter((file) => /access[._]log$/.test(file))
    .map((file) => join(cases, file))
    .filter((file) => statSync(file).isFile());

  it.each(logs)('%s is read', (file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(accessLog.recognise(lines.slice(0, 200))).toBeGreaterThan(0.99);
    const { entries, unreadable } = readAll(lines);
    expect(unreadable.length).toBeLessThanOrEqual(lines.length / 100);
    expect(entries.every((entry) => entry.at !== undefined && entry.status >= 100)).toBe(true);
  });
});

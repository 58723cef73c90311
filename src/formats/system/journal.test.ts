import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalExport } from './journal-export.ts';
import { journalJson } from './journal-json.ts';
import { iso, readBinary, readText } from './recording-sink.ts';
import { syslog } from './syslog.ts';

// What `journalctl -o export` (252) prints of four entries: kernel, systemd, a message of two lines, one that is no UTF-8.
const EXPORT = Buffer.from(
  [
    'X19DVVJTT1I9cz01MTI5ODNmZWUzMjE0ZTM2YmIyYjdhZmVhZGFhY2NmMDtpPTE7Yj0wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4',
    'OWFiY2RlZjttPTRjNGI0MDt0PTY2MGRhYTRhYjJmZjI7eD01NGRkZjhhNjlmMjk5YzEzCl9fUkVBTFRJTUVfVElNRVNUQU1QPTE3',
    'OTUzNDIwNDIwODMzMTQKX19NT05PVE9OSUNfVElNRVNUQU1QPTUwMDAwMDAKX0JPT1RfSUQ9MDEyMzQ1Njc4OWFiY2RlZjAxMjM0',
    'NTY3ODlhYmNkZWYKUFJJT1JJVFk9NgpTWVNMT0dfSURFTlRJRklFUj1rZXJuZWwKX1RSQU5TUE9SVD1rZXJuZWwKX0hPU1ROQU1F',
    'PXdlYjEKTUVTU0FHRT1MaW51eCB2ZXJzaW9uIDYuMS4wLTE4LWFtZDY0IChkZWJpYW4ta2VybmVsQGxpc3RzLmRlYmlhbi5vcmcp',
    'CgpfX0NVUlNPUj1zPTUxMjk4M2ZlZTMyMTRlMzZiYjJiN2FmZWFkYWFjY2YwO2k9MjtiPTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2',
    'Nzg5YWJjZGVmO209NWI4ZDgwO3Q9NjYwZGFhNGJhNzIzMjt4PWEyYmM0ZmY4OTBjYzQ1MmMKX19SRUFMVElNRV9USU1FU1RBTVA9',
    'MTc5NTM0MjA0MzA4MzMxNApfX01PTk9UT05JQ19USU1FU1RBTVA9NjAwMDAwMApfQk9PVF9JRD0wMTIzNDU2Nzg5YWJjZGVmMDEy',
    'MzQ1Njc4OWFiY2RlZgpfSE9TVE5BTUU9d2ViMQpTWVNMT0dfSURFTlRJRklFUj1zeXN0ZW1kCl9QSUQ9MQpVTklUPW1hcmlhZGIu',
    'c2VydmljZQpNRVNTQUdFPW1hcmlhZGIuc2VydmljZTogTWFpbiBwcm9jZXNzIGV4aXRlZCwgY29kZT1raWxsZWQsIHN0YXR1cz05',
    'L0tJTEwKCl9fQ1VSU09SPXM9NTEyOTgzZmVlMzIxNGUzNmJiMmI3YWZlYWRhYWNjZjA7aT0zO2I9MDEyMzQ1Njc4OWFiY2RlZjAx',
    'MjM0NTY3ODlhYmNkZWY7bT02YWNmYzA7dD02NjBkYWE0YzliNDcyO3g9OWFjYzMxYmU4MTk5MTFjYwpfX1JFQUxUSU1FX1RJTUVT',
    'VEFNUD0xNzk1MzQyMDQ0MDgzMzE0Cl9fTU9OT1RPTklDX1RJTUVTVEFNUD03MDAwMDAwCl9CT09UX0lEPTAxMjM0NTY3ODlhYmNk',
    'ZWYwMTIzNDU2Nzg5YWJjZGVmCl9IT1NUTkFNRT13ZWIxClNZU0xPR19JREVOVElGSUVSPW1hcmlhZGJkCl9QSUQ9NjEzCl9TWVNU',
    'RU1EX1VOSVQ9bWFyaWFkYi5zZXJ2aWNlCk1FU1NBR0UKLgAAAAAAAAAyMDI2LTExLTIyIDEwOjA3OjI0IDAgW05vdGVdIGZpcnN0',
    'CnNlY29uZCBsaW5lCgpfX0NVUlNPUj1zPTUxMjk4M2ZlZTMyMTRlMzZiYjJiN2FmZWFkYWFjY2YwO2k9NDtiPTAxMjM0NTY3ODlh',
    'YmNkZWYwMTIzNDU2Nzg5YWJjZGVmO209N2ExMjAwO3Q9NjYwZGFhNGQ4ZjZiMjt4PThmNjFhYjdmNzRhYTQwZTEKX19SRUFMVElN',
    'RV9USU1FU1RBTVA9MTc5NTM0MjA0NTA4MzMxNApfX01PTk9UT05JQ19USU1FU1RBTVA9ODAwMDAwMApfQk9PVF9JRD0wMTIzNDU2',
    'Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZgpfSE9TVE5BTUU9d2ViMQpTWVNMT0dfSURFTlRJRklFUj1waHAtZnBtOC4yClNZU0xP',
    'R19QSUQ9OTkKTUVTU0FHRQoRAAAAAAAAAGNhZukgG1szMW1yZWQbWzBtCgo=',
  ].join(''),
  'base64',
);

// The same entries by `journalctl -o json`.
const JSON_LINES = [
  '{"_TRANSPORT":"kernel","PRIORITY":"6","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"kernel","__MONOTONIC_TIMESTAMP":"5000000","__REALTIME_TIMESTAMP":"1795342042083314","MESSAGE":"Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)","__CURSOR":"s=512983fee3214e36bb2b7afeadaaccf0;i=1;b=0123456789abcdef0123456789abcdef;m=4c4b40;t=660daa4ab2ff2;x=54ddf8a69f299c13","_BOOT_ID":"0123456789abcdef0123456789abcdef"}',
  '{"UNIT":"mariadb.service","MESSAGE":"mariadb.service: Main process exited, code=killed, status=9/KILL","_BOOT_ID":"0123456789abcdef0123456789abcdef","__REALTIME_TIMESTAMP":"1795342043083314","SYSLOG_IDENTIFIER":"systemd","__CURSOR":"s=512983fee3214e36bb2b7afeadaaccf0;i=2;b=0123456789abcdef0123456789abcdef;m=5b8d80;t=660daa4ba7232;x=a2bc4ff890cc452c","__MONOTONIC_TIMESTAMP":"6000000","_HOSTNAME":"web1","_PID":"1"}',
  '{"_PID":"613","_SYSTEMD_UNIT":"mariadb.service","_HOSTNAME":"web1","__REALTIME_TIMESTAMP":"1795342044083314","__CURSOR":"s=512983fee3214e36bb2b7afeadaaccf0;i=3;b=0123456789abcdef0123456789abcdef;m=6acfc0;t=660daa4c9b472;x=9acc31be819911cc","_BOOT_ID":"0123456789abcdef0123456789abcdef","SYSLOG_IDENTIFIER":"mariadbd","__MONOTONIC_TIMESTAMP":"7000000","MESSAGE":"2026-11-22 10:07:24 0 [Note] first\\nsecond line"}',
  '{"_BOOT_ID":"0123456789abcdef0123456789abcdef","__REALTIME_TIMESTAMP":"1795342045083314","SYSLOG_PID":"99","__MONOTONIC_TIMESTAMP":"8000000","SYSLOG_IDENTIFIER":"php-fpm8.2","_HOSTNAME":"web1","MESSAGE":[99,97,102,233,32,27,91,51,49,109,114,101,100,27,91,48,109],"__CURSOR":"s=512983fee3214e36bb2b7afeadaaccf0;i=4;b=0123456789abcdef0123456789abcdef;m=7a1200;t=660daa4d8f6b2;x=8f61ab7f74aa40e1"}',
];

/** An entry with its message as a binary field. */
function exported(message: Uint8Array, program = 'systemd'): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(message.length));
  const head = `__REALTIME_TIMESTAMP=1795342043083314\n_PID=1\nSYSLOG_IDENTIFIER=${program}\nMESSAGE\n`;
  return Buffer.concat([Buffer.from(head), length, message, Buffer.from('\n\n')]);
}

describe('the journal in its own formats', () => {
  const expected = [
    ['2026-11-22T10:07:22.083Z absolute', 1, { kind: 'kernel', what: 'boot' }],
    [
      '2026-11-22T10:07:23.083Z absolute',
      2,
      { kind: 'unit', unit: 'mariadb.service', role: 'database', change: 'killed', signal: 9 },
    ],
  ];

  it('gives the same facts as JSON and as export', () => {
    const json = readText(journalJson, JSON_LINES.join('\n'));
    const binary = readBinary(journalExport, EXPORT, 4096);
    for (const read of [json, binary])
      expect(read.events.map(({ stamp, line, payload }) => [iso(stamp), line, payload])).toEqual(expected);
    expect(binary.complaint).toBeUndefined();
    expect(binary.events[1]?.text).toBe('systemd[1]: mariadb.service: Main process exited, code=killed, status=9/KILL');
    // Two lines of the database, one of PHP-FPM.
    expect([json.seen.length, binary.seen.length]).toEqual([3, 3]);
  });

  it('notices another boot though the kernel is not in the output', () => {
    const entry = (boot: string): string =>
      `{"__REALTIME_TIMESTAMP":"1795342043083314","_BOOT_ID":"${boot}","SYSLOG_IDENTIFIER":"x","MESSAGE":"y"}`;
    const { events } = readText(journalJson, [entry('a'), entry('a'), entry('b')].join('\n'));
    expect(events).toMatchObject([{ line: 3, payload: { kind: 'kernel', what: 'boot' } }]);
  });

  it('is recognised by content', () => {
    expect(journalJson.recognise(JSON_LINES)).toBe(1);
    expect(journalJson.recognise(['{"t":"2026-11-22T09:00:00.000Z","load":[1,5,15]}'])).toBe(0);
    expect(journalExport.recognise(EXPORT)).toBe(true);
    expect(journalExport.recognise(Buffer.from('Nov 25 08:41:04 web1 systemd[1]: x'))).toBe(false);
    expect(syslog.recognise(JSON_LINES)).toBe(0);
  });

  it('reads the export in chunks of any size alike', () => {
    const whole = readBinary(journalExport, EXPORT, EXPORT.length);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (size) => {
        expect(readBinary(journalExport, EXPORT, size)).toEqual(whole);
      }),
    );
  });

  it('reads binary fields whatever is in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const after = exported(Buffer.from("mariadb.service: Failed with result 'signal'."));
        const { events, complaint } = readBinary(journalExport, Buffer.concat([exported(bytes, 'x'), after]), 64);
        expect(complaint).toBeUndefined();
        expect(events.at(-1)).toMatchObject({ line: 2, payload: { unit: 'mariadb.service', change: 'failed' } });
      }),
    );
  });

  it('says when the export was cut, and keeps what came before', () => {
    const { events, complaint } = readBinary(journalExport, EXPORT.subarray(0, -30), 512);
    expect(complaint).toBe('cut off in record 4');
    expect(events).toHaveLength(2);
    expect(readBinary(journalExport, Buffer.alloc(5000, 'x'), 512).complaint).toBe(
      'no journal export from record 1 on',
    );
  });

  it('is not drowned by a field of gigabytes', () => {
    const huge = Buffer.concat([
      Buffer.from('COREDUMP\n'),
      Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]),
      Buffer.alloc(100_000),
    ]);
    expect(readBinary(journalExport, huge, 4096).complaint).toBe('cut off in record 1');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 50 }),
        (bytes, size) => void readBinary(journalExport, bytes, size),
      ),
    );
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((value) => `{"__REALTIME_TIMESTAMP":"1","SYSLOG_IDENTIFIER":"systemd","MESSAGE":${value}}`),
    );
    fc.assert(
      fc.property(fc.array(json, { minLength: 1 }), (lines) => {
        journalJson.recognise(lines);
        readText(journalJson, lines.map((line) => line.replace(/\n/g, ' ')).join('\n'));
      }),
    );
  });
});

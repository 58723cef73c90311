// What other programs say over their sockets, byte by byte as they said it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import type { Talk } from '../../model/host.ts';
import { databaseIsLocal, databasePulse } from './database-pulse.ts';
import { fastcgiAnswer, fastcgiRequest } from './fastcgi.ts';
import { askFpmStatus, doorOf, parseFpmStatus } from './fpm-status.ts';
import { databaseTalk, packetsIn } from './mysql.ts';
import { parseServerStatus } from './server-status.ts';
import { sightOf } from './sight.ts';

const packet = (number: number, ...bytes: (number | string)[]): Buffer => {
  const payload = Buffer.concat(
    bytes.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from([one]))),
  );
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = number;
  return Buffer.concat([head, payload]);
};
const GREETING = packet(
  0,
  10,
  '5.5.5-10.11.19-MariaDB\0',
  '\x01\0\0\0',
  '12345678\0',
  '\xff\xf7',
  33,
  '\x02\0',
  '\xff\x81',
  21,
);
const OK = packet(2, 0, 0, 0, 2, 0, 0, 0);
const row = (number: number, name: string, value: string): Buffer =>
  packet(number, name.length, name, value.length, value);
const EOF = (number: number): Buffer => packet(number, 0xfe, 0, 0, 2, 0);

/** A database that answers each message with the next of these. */
function database(answers: readonly Buffer[]) {
  return (talk: Talk) => {
    for (const answer of answers) if (talk.isWhole(answer) === true) return { bytes: answer };
    return { none: 'closed', bytes: new Uint8Array() };
  };
}

const CONFIG = { socket: '/run/mysqld/mysqld.sock', port: 3306, dataFolder: '/var/lib/mysql', running: true };

describe('the database', () => {
  it('tells how busy it is, once the system has said who asks', async () => {
    const talk = databaseTalk('root', ['SHOW GLOBAL STATUS']);
    expect(packetsIn(talk.next(GREETING) as Uint8Array)).toMatchObject([{ number: 1 }]);
    expect(talk.version()).toBe('5.5.5-10.11.19-MariaDB');
    // Another way of saying who it is: nothing has to be said.
    expect(talk.next(packet(2, 0xfe, 'unix_socket\0'))).toEqual(packet(3));
    expect(packetsIn(talk.next(packet(4, 0, 0, 0, 2, 0, 0, 0)) as Uint8Array)[0]?.payload.toString()).toContain(
      'SHOW GLOBAL',
    );
    const rows = [packet(1, 2), packet(2, 'def'), packet(3, 'def'), EOF(4), row(5, 'Threads_connected', '42')];
    expect(talk.next(Buffer.concat(rows))).toBe(false);
    // It takes its leave, so that the database has nothing to complain of.
    expect(talk.next(Buffer.concat([...rows, EOF(6)]))).toEqual(packet(0, 1));
    expect(talk.next(Buffer.alloc(0))).toBe(true);
    expect(talk.figures).toEqual(new Map([['Threads_connected', '42']]));
  });

  it('is alive also when it refuses', async () => {
    const full = packet(0, 0xff, 0x10, 0x04, 'Too many connections');
    const host = fakeHost({ talk: database([full]) });
    expect(await databasePulse(sightOf(host), CONFIG, true)()).toEqual({ alive: true });
    const denied = fakeHost({ talk: database([GREETING, packet(2, 0xff, 0x15, 0x04, '#28000Access denied')]) });
    expect(await databasePulse(sightOf(denied), CONFIG, true)()).toEqual({ alive: true });
  });

  it('that nobody expects here is not missed', async () => {
    const sight = sightOf(fakeHost());
    expect(await databasePulse(sight, CONFIG, false)()).toEqual({ alive: false });
    expect(await databasePulse(sight, { ...CONFIG, running: false }, false)()).toBeUndefined();
    expect(await databasePulse(sight, { ...CONFIG, running: false }, true)()).toEqual({ alive: false });
  });

  it('is here or elsewhere by what WordPress is told', () => {
    const told = (host: string): boolean | undefined =>
      databaseIsLocal(
        sightOf(fakeHost({ files: { '/var/www/wp-config.php': `<?php\ndefine( 'DB_HOST', '${host}' );\n` } })),
        ['/var/www/html'],
      );
    expect(told('localhost')).toBe(true);
    expect(told('localhost:/run/mysqld/mysqld.sock')).toBe(true);
    expect(told('db.example.org')).toBe(false);
    expect(databaseIsLocal(sightOf(fakeHost()), ['/var/www'])).toBeUndefined();
  });

  it('never makes the reader throw, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (messages) => {
        const talk = databaseTalk('root', ['a', 'b']);
        for (const message of messages) talk.next(message);
        for (const message of messages) talk.next(Buffer.concat([OK, message]));
      }),
    );
  });
});

describe("PHP-FPM's status", () => {
  /** PHP 8.2. */
  const STATUS = `Content-type: application/json\r\n\r\n{"pool":"www","process manager":"dynamic","active processes":2,"max children reached":1,"processes":[
    {"pid":51,"state":"Running","request duration":11200000,"request method":"POST","request uri":"/wp-login.php?token=abc","content length":5,"user":"-","script":"/var/www/wp-login.php"},
    {"pid":52,"state":"Idle","request duration":5000,"request method":"GET","request uri":"/","script":"-"},
    {"pid":53,"state":"Running","request duration":90,"request method":"GET","request uri":"/fpm-status?full&json","script":"-"}]}`;
  const answer = (text: string): Buffer => {
    const body = Buffer.from(text);
    const head = Buffer.from([1, 6, 0, 1, 0, 0, 0, 0]);
    head.writeUInt16BE(body.length, 4);
    return Buffer.concat([head, body, Buffer.from([1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]);
  };

  it('is asked at its socket and tells what each worker does', async () => {
    let asked: Talk | undefined;
    const host = fakeHost({
      talk: (talk) => {
        asked = talk;
        return { bytes: answer(STATUS) };
      },
    });
    const pool = { name: 'www', listen: '/run/php/php8.2-fpm.sock', statusPath: '/fpm-status' };
    expect(await askFpmStatus(host, pool)).toEqual([
      { seenBy: 'fpm', method: 'POST', target: '/wp-login.php?token=***', forS: 11.2, pid: 51 },
    ]);
    expect(asked?.door).toEqual({ path: '/run/php/php8.2-fpm.sock' });
    expect(Buffer.from(asked?.send ?? []).toString('latin1')).toContain('QUERY_STRINGfull&json');
    expect(asked?.isWhole(answer(STATUS).subarray(0, 100))).toBe(false);
    expect(asked?.isWhole(answer(STATUS))).toBe(true);
  });

  it.each([
    ['/run/x.sock', { path: '/run/x.sock' }],
    ['9000', { address: '127.0.0.1', port: 9000 }],
    ['0.0.0.0:9001', { address: '127.0.0.1', port: 9001 }],
    ['[::1]:9000', { address: '::1', port: 9000 }],
    ['nonsense', undefined],
  ])('is found where %s says', (listen, door) => {
    expect(doorOf(listen)).toEqual(door);
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void fastcgiAnswer(bytes)));
    fc.assert(fc.property(fc.json(), (json) => void parseFpmStatus(`\r\n\r\n${json}`, '/s')));
    expect(fastcgiRequest({ A: 'b'.repeat(300) }).length).toBeGreaterThan(300);
  });
});

describe("Apache's status", () => {
  /** Apache 2.4.62, shortened. */
  const PAGE = `<table rules="all" cellpadding="1%">
<tr><th>Slot</th></tr></table>
<table border="0"><tr><th>Srv</th><th>PID</th><th>Acc</th><th>M</th><th>CPU
</th><th>SS</th><th>Req</th><th>Dur</th><th>Conn</th><th>Child</th><th>Slot</th><th>Client</th><th>Protocol</th><th>VHost</th><th>Request</th></tr>

<tr><td><b>0-0</b></td><td>4711</td><td>0/3/3</td><td><b>W</b>
</td><td>0.04</td><td>11</td><td>0</td><td>120</td><td>0.0</td><td>0.01</td><td>0.01</td><td>203.0.113.66</td><td>http/1.1</td><td nowrap>www.example.org:80</td><td nowrap>POST /xmlrpc.php HTTP/1.0</td></tr>
<tr><td><b>0-0</b></td><td>4711</td><td>0/3/3</td><td>_
</td><td>0.04</td><td>80</td><td>0</td><td>120</td><td>0.0</td><td>0.01</td><td>0.01</td><td>198.51.100.7</td><td>http/1.1</td><td nowrap>www.example.org:80</td><td nowrap>GET / HTTP/1.1</td></tr>
<tr><td><b>0-0</b></td><td>4711</td><td>1/4/4</td><td><b>W</b>
</td><td>0.04</td><td>0</td><td>0</td><td>120</td><td>0.0</td><td>0.01</td><td>0.01</td><td>127.0.0.1</td><td>http/1.1</td><td nowrap>www.example.org:80</td><td nowrap>GET /server-status HTTP/1.1</td></tr>
</table>`;

  it('tells client and request of each busy worker, but not our own question', () => {
    expect(parseServerStatus(PAGE)).toEqual([
      {
        seenBy: 'apache',
        client: '203.0.113.66',
        method: 'POST',
        target: '/xmlrpc.php',
        host: 'www.example.org:80',
        forS: 11,
        pid: 4711,
      },
    ]);
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseServerStatus(text)));
  });
});

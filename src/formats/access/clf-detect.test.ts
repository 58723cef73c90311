import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import { detectAccessFormat } from './detect.ts';

/** Lines that Apache 2.4.71, nginx 1.22.1 and Caddy 2.6.2 printed for the same requests. */
const APACHE = String.raw`
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "HEAD / HTTP/1.1" 200 - "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET /?a=%22&b=\xc3\xbc HTTP/1.1" 200 6 "http://a\"b/\\x" "ag \"q\" \\ \xc3\xa9\ttab"
127.0.0.1 - john doe [22/Nov/2026:12:06:28 +0000] "GET /priv HTTP/1.1" 404 236 "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "\x16\x03\x01" 400 266 "-" "-"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET /a b" 400 266 "-" "-"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "\\\"x" 400 266 "-" "-"
::1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl/7.88.1"`
  .trim()
  .split('\n');
const NGINX = String.raw`
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "HEAD / HTTP/1.1" 200 0 "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET /?a=%22&b=\xC3\xBC HTTP/1.1" 200 6 "http://a\x22b/\x5Cx" "ag \x22q\x22 \x5C \xC3\xA9\x09tab"
127.0.0.1 - john doe [22/Nov/2026:12:06:28 +0000] "GET /priv HTTP/1.1" 404 153 "-" "curl/7.88.1"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "\x16\x03\x01\x00\xEE\x01" 400 157 "-" "-"
127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "" 400 0 "-" "-"
unix: - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl/7.88.1"`
  .trim()
  .split('\n');
const AT = Date.UTC(2026, 10, 22, 12, 6, 28);

function detected(lines: readonly string[]): AccessFormat {
  const format = detectAccessFormat(lines);
  if (!format) throw new Error('not recognised');
  return format;
}

function read(format: AccessFormat, line: string | undefined): AccessEntry {
  const entry = format.parse(line ?? '');
  if (!entry) throw new Error(`not read: ${line}`);
  return entry;
}

describe('combined', () => {
  it('of Apache is told by its escapes and dashes: begin of the request, body bytes', () => {
    const format = detected(APACHE);
    expect(format).toMatchObject({ title: 'combined (Apache)', stamp: 'begin', bytes: 'body' });
    expect(read(format, APACHE[1])).toEqual({
      at: AT,
      client: '127.0.0.1',
      method: 'HEAD',
      target: '/',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 0,
      agent: 'curl/7.88.1',
    });
    expect(read(format, APACHE[2])).toMatchObject({
      referer: 'http://a"b/\\\\x',
      agent: 'ag "q" \\\\ \\xc3\\xa9\\ttab',
    });
    expect(read(format, APACHE[3]).user).toBe('john doe');
    expect(read(format, APACHE[4])).toMatchObject({ method: '', target: '\\x16\\x03\\x01' });
    expect(read(format, APACHE[6]).target).toBe('\\\\"x');
    expect(read(format, APACHE[7]).client).toBe('::1');
  });

  it('of nginx is told by its escapes: end of the request', () => {
    const format = detected(NGINX);
    expect(format).toMatchObject({ title: 'combined (nginx)', stamp: 'end', bytes: 'body' });
    expect(read(format, NGINX[5])).toMatchObject({ method: '', target: '', status: 400, bytes: 0 });
    expect(read(format, NGINX[6]).client).toBe('unix:');
  });

  it('of Debian logs what went over the wire: a HEAD has bytes', () => {
    const debian = [
      '127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 208 "-" "curl/7.88.1"',
      '127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "HEAD / HTTP/1.1" 200 202 "-" "curl/7.88.1"',
    ];
    expect(detected(debian).bytes).toBe('wire');
    expect(detected(debian.slice(0, 1)).bytes).toBe('unknown');
  });

  it('out of the order of time is Apache’s, whatever else it may be', () => {
    const line = (second: number): string =>
      `192.0.2.1 - - [22/Nov/2026:12:06:${second} +0000] "GET / HTTP/1.1" 200 208 "-" "x"`;
    expect(detected([line(10), line(11), line(12)]).stamp).toBe('end');
    expect(detected([line(10), line(15), line(12)]).stamp).toBe('begin');
  });

  it('is not taken for nginx because a client sent what looks like its escapes', () => {
    const line = String.raw`192.0.2.1 - - [22/Nov/2026:12:06:28 +0000] "GET /\\x22\\x5C HTTP/1.1" 200 208 "-" "a\\x22"`;
    expect(detected([line]).stamp).toBe('begin');
  });

  it('cut within a line is not half an entry', () => {
    const format = detected(APACHE);
    const line = APACHE[0] ?? '';
    for (let end = 0; end < line.length; end++) expect(format.parse(line.slice(0, end))).toBeUndefined();
  });

  it('is read right on a line of the log of other hosts in the same file', () => {
    const format = detected(APACHE);
    expect(read(format, `www.example.com:80 ${APACHE[3]}`)).toMatchObject({
      host: 'www.example.com',
      client: '127.0.0.1',
      user: 'john doe',
    });
  });

  it('cannot be forged by a user name', () => {
    const forged =
      '192.0.2.66 - x [22/Nov/2026:11:00:00 +0000] \\"GET /evil HTTP/1.1\\" 200 1 \\"-\\" \\"-\\" [22/Nov/2026:12:06:28 +0000] "GET /priv HTTP/1.1" 401 5 "-" "-"';
    expect(read(detected(APACHE), forged)).toMatchObject({
      at: AT,
      client: '192.0.2.66',
      target: '/priv',
      status: 401,
    });
  });
});

describe('what stands before', () => {
  it('common, without referer and agent', () => {
    const line = '192.0.2.7 - ann [22/Nov/2026:12:06:28 +0000] "GET /a HTTP/1.1" 200 17';
    expect(detected([line]).title).toBe('common');
    expect(read(detected([line]), line)).toMatchObject({ user: 'ann', bytes: 17 });
  });

  it('the virtual host, with and without its port', () => {
    for (const host of ['www.example.com:80', 'www.example.com']) {
      const lines = APACHE.map((line) => `${host} ${line}`);
      expect(detected(lines).title).toBe('vhost_combined (Apache)');
      expect(read(detected(lines), lines[3])).toMatchObject({
        host: 'www.example.com',
        client: '127.0.0.1',
        user: 'john doe',
      });
    }
  });

  it('a forwarded list, quoted or not, before the client', () => {
    const rest = '10.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 5 "-" "x"';
    for (const lines of [
      [`203.0.113.9 ${rest}`, `- ${rest}`, `203.0.113.9, 10.0.0.2 ${rest}`],
      [`"203.0.113.9" ${rest}`, `"-" ${rest}`, `"203.0.113.9, 10.0.0.2" ${rest}`],
    ]) {
      const format = detected(lines);
      expect(format.title).toBe('X-Forwarded-For, then combined');
      expect(read(format, lines[0])).toMatchObject({ client: '10.0.0.1', forwarded: '203.0.113.9' });
      expect(read(format, lines[1]).forwarded).toBeUndefined();
      expect(read(format, lines[2])).toMatchObject({ client: '10.0.0.1', forwarded: '203.0.113.9, 10.0.0.2' });
    }
    const format = detected([`203.0.113.9 ${rest}`]);
    expect(read(format, `x 198.51.100.1 - - ${rest}`).client).toBe('10.0.0.1');
  });

  it('a forwarded list in the place of the client: the last address is the one that the proxy saw', () => {
    const rest = '- - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 5 "-" "x"';
    const lines = [`203.0.113.9 ${rest}`, `198.51.100.1, 203.0.113.9 ${rest}`];
    expect(read(detected(lines), lines[1])).toMatchObject({
      client: '203.0.113.9',
      forwarded: '198.51.100.1, 203.0.113.9',
    });
  });

  it('lighttpd’s host in the place of the ident', () => {
    const line = '192.0.2.7 www.example.com - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 5 "-" "x"';
    expect(read(detected([line]), line)).toMatchObject({ client: '192.0.2.7', host: 'www.example.com' });
  });
});

describe('LiteSpeed', () => {
  it('with the whole line in quotes, as CyberPanel sets it', () => {
    // goaccess issue 2329
    const lines = [
      '"207.46.13.89 - - [28/May/2022:14:26:05 +0000] "GET /movil/ HTTP/1.1" 302 444 "-" "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)""',
      '"207.46.13.89 - - [28/May/2022:14:26:08 +0000] "GET /movil/ HTTP/2" 200 9283 "-" "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)""',
    ];
    expect(detected(lines)).toMatchObject({ title: 'combined (LiteSpeed)', stamp: 'begin' });
    expect(read(detected(lines), lines[1])).toMatchObject({
      client: '207.46.13.89',
      protocol: 'HTTP/2',
      bytes: 9283,
      agent: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    });
    // goaccess issue 2117
    const common = '"example.com 192.0.2.1 - - [21/May/2021:02:36:14 +0000] "GET / HTTP/2" 200 10540"';
    expect(read(detected([common]), common)).toMatchObject({ host: 'example.com', client: '192.0.2.1', bytes: 10540 });
  });

  it('with its built-in format: host in brackets, user in quotes', () => {
    const line =
      '[example.com] 192.0.2.1 - "ann" [21/May/2021:02:36:14 +0000] "GET / HTTP/1.1" 200 10540 "-" "curl/7.88.1" "example.com"';
    expect(read(detected([line]), line)).toMatchObject({ host: 'example.com', client: '192.0.2.1', user: 'ann' });
    const own = '192.0.2.1 - "ann" [21/May/2021:02:36:14 +0000] "GET / HTTP/2" 200 - "-" "curl/7.88.1"';
    expect(read(detected([own]), own)).toMatchObject({ user: 'ann', bytes: 0 });
  });
});

describe('any line', () => {
  const heads = [APACHE, NGINX, APACHE.map((line) => `www.example.com:80 ${line}`), APACHE.map((line) => `"${line}"`)];
  it('is read or refused, never thrown at', () => {
    const formats = heads.map(detected);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (junk, n, at) => {
        for (const [i, format] of formats.entries()) {
          expect(() => format.parse(junk)).not.toThrow();
          const line = heads[i]?.[n % heads[i].length] ?? '';
          const broken = line.slice(0, at % line.length) + junk + line.slice(at % line.length);
          expect(() => format.parse(broken)).not.toThrow();
        }
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string()), (head) => {
        expect(() => detectAccessFormat(head)).not.toThrow();
      }),
    );
  });

  it('that Apache prints comes back as what it was', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,12}$/);
    const wild = fc.string({ unit: fc.constantFrom('"', '\\', ' ', 'a', '/', '[', ']', '-', '1') });
    const logged = (text: string): string => text.replace(/["\\]/g, '\\$&');
    const format = detected(APACHE);
    fc.assert(
      fc.property(
        word,
        wild,
        wild,
        fc.integer({ min: 100, max: 599 }),
        fc.nat(),
        (client, target, agent, status, bytes) => {
          fc.pre(agent !== '-' && agent !== '');
          const line = `${client} - - [22/Nov/2026:12:06:28 +0000] "GET /${logged(target)} HTTP/1.1" ${status} ${bytes} "-" "${logged(agent)}"`;
          expect(format.parse(line)).toEqual({
            at: AT,
            client,
            method: 'GET',
            target: `/${target.replaceAll('\\', '\\\\')}`,
            protocol: 'HTTP/1.1',
            status,
            bytes,
            agent: agent.replaceAll('\\', '\\\\'),
          });
        },
      ),
    );
  });

  it('takes time in proportion to its length', () => {
    const format = detected(APACHE);
    const line = `1 - - [22/Nov/2026:12:06:28 +0000] "${'\\"] "'.repeat(40_000)}`;
    const start = performance.now();
    for (const text of [line, '] "'.repeat(80_000), '"'.repeat(200_000), `${'\\'.repeat(200_000)}"`]) {
      format.parse(text);
      detectAccessFormat([text]);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

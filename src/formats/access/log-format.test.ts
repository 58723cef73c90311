import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import { compileLogFormat } from './log-format.ts';

function compiled(spec: string): AccessFormat {
  const result = compileLogFormat(spec);
  if ('error' in result) throw new Error(result.error);
  return result.format;
}

function complaint(spec: string): string {
  const result = compileLogFormat(spec);
  return 'error' in result ? result.error : 'no complaint';
}

function read(spec: string, line: string): AccessEntry {
  const entry = compiled(spec).parse(line);
  if (!entry) throw new Error(`not read: ${line}`);
  return entry;
}

const AT = Date.UTC(2026, 10, 22, 12, 6, 28);

describe('a LogFormat of Apache', () => {
  it('with nearly everything that 2.4.71 can log', () => {
    const spec =
      '%{c}a %a %A %p %{remote}p %{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t %{begin:usec}t %{end:sec}t %{msec}t %m %U%q %H %>s %<s %B %X %k %P %{tid}P %{ms}T %{us}T %{s}T %S %^FB %L %R %f %{X-Forwarded-For}i %!200,304{Referer}i %200{User-agent}i %v %V %{UNIQUE_ID}e %{foo}n %{Content-Type}o %{sess}C %{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t %{begin:%F %T.}t';
    const line =
      '127.0.0.1 127.0.0.1 127.0.0.1 80 43742 2026-11-22T12:06:28.233 1795349188233548 1795349188 1795349188233 GET /index.html HTTP/1.1 200 200 6 + 0 22005 140660948944576 0 139 0 322 - - - /var/www/index.html 1.2.3.4, 5.6.7.8 - curl/7.88.1 www.example.com 127.0.0.1 awLaxF20C75X41JoRCuW7wAAAEQ - - - 22/Nov/2026 12:06:28.233 +0000 2026-11-22 12:06:28.';
    expect(read(spec, line)).toEqual({
      at: AT + 233,
      client: '127.0.0.1',
      forwarded: '1.2.3.4, 5.6.7.8',
      method: 'GET',
      target: '/index.html',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 6,
      durationMs: 0.139,
      agent: 'curl/7.88.1',
      host: 'www.example.com',
    });
  });

  it('as it stands in the configuration, or bare, or by its name', () => {
    const line =
      'www.example.com:80 127.0.0.1 - john doe [22/Nov/2026:12:06:28 +0000] "GET /priv HTTP/1.1" 404 397 "-" "curl/7.88.1"';
    const bare = String.raw`%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"`;
    for (const spec of [`LogFormat "${bare}" vhost_combined`, bare, bare.replaceAll('\\', ''), 'vhost_combined']) {
      expect(read(spec, line)).toEqual({
        at: AT,
        client: '127.0.0.1',
        user: 'john doe',
        method: 'GET',
        target: '/priv',
        protocol: 'HTTP/1.1',
        status: 404,
        bytes: 397,
        agent: 'curl/7.88.1',
        host: 'www.example.com',
      });
    }
    expect(compiled(bare).bytes).toBe('wire');
    expect(compiled('vhost_combined').bytes).toBe('unknown');
  });

  it('reads %D, %T and its units as one duration, %b before %O', () => {
    const line = '192.0.2.1 "GET / HTTP/1.1" 200 6 208 79';
    expect(read('%h "%r" %>s %b %O %I', line)).toMatchObject({ bytes: 6, requestBytes: 79 });
    expect(compiled('%h "%r" %>s %O %b %I').bytes).toBe('body');
    expect(read('%h "%r" %D', '192.0.2.1 "GET / HTTP/1.1" 1500').durationMs).toBe(1.5);
    expect(read('%h "%r" %T %{ms}T', '192.0.2.1 "GET / HTTP/1.1" 1 1500').durationMs).toBe(1500);
    expect(read('%h "%r" %T', '192.0.2.1 "GET / HTTP/1.1" 11').durationMs).toBe(11_000);
  });

  it('says local when no zone is logged, and end when only the end is', () => {
    const local = compiled('%h %{%d/%b/%Y %T}t "%r"');
    expect(local).toMatchObject({ localTime: true, stamp: 'begin' });
    expect(local.parse('192.0.2.1 22/Nov/2026 12:06:28 "GET / HTTP/1.1"')?.at).toBe(AT);
    expect(compiled('%h %{end:%FT%T%z}t "%r"')).toMatchObject({ stamp: 'end' });
    expect(compiled('%h %{end:%FT%T%z}t "%r"')).not.toHaveProperty('localTime');
    expect(read('%h %{%F %I:%M:%S %p %z}t "%r"', '::1 2026-11-22 12:06:28 PM +0100 "-"').at).toBe(AT - 3_600_000);
    expect(read('%h %{end:%FT%T%z}t "%r"', '::1 2026-11-22T13:06:28+0100 "GET / HTTP/1.1"').at).toBe(AT);
  });

  it('that is wrong is told where', () => {
    expect(complaint('%h %Z %r')).toBe('unknown directive %Z at character 4');
    expect(complaint('%h %r %{abc')).toBe('the brace of the directive at character 7 is not closed: %{abc');
    expect(complaint('%h %i %r')).toBe('directive %i at character 4 needs a name in braces, as in %{Name}i');
    expect(complaint('%h %{%Q}t "%r"')).toBe('unknown time directive %Q at character 6');
    expect(complaint('%h %{x}T %r')).toBe('unknown unit in %{x}T at character 4: s, ms or us');
    expect(complaint('%h %r %>')).toBe('the directive at character 7 is cut off: %>');
    expect(complaint('%h%r')).toMatch(/^nothing separates %h at character 1 from %r at character 3/);
    expect(complaint('%t "%r"')).toMatch(/names no client/);
    expect(complaint('%h %t')).toMatch(/names no request/);
    expect(complaint('foo')).toMatch(/neither a known name \(common, combined, vhost_combined, nginx\)/);
  });
});

describe('a log_format of nginx', () => {
  it('as it stands in the configuration', () => {
    const spec = `log_format rt '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
      '"$http_referer" "$http_user_agent" rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time"';`;
    const line =
      '127.0.0.1 - - [22/Nov/2026:12:06:28 +0000] "GET /up HTTP/1.1" 200 6 "-" "curl/7.88.1" rt=0.250 uct="-, 0.000" urt="0.050, 0.200"';
    expect(compiled(spec)).toMatchObject({ stamp: 'end', bytes: 'body' });
    expect(read(spec, line)).toEqual({
      at: AT,
      client: '127.0.0.1',
      method: 'GET',
      target: '/up',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 6,
      durationMs: 250,
      upstreamMs: 250,
      agent: 'curl/7.88.1',
    });
  });

  it('with lists, ports, targets in pieces, and JSON', () => {
    expect(
      read(
        '$msec $remote_addr:$remote_port $scheme://$host$request_uri $upstream_addr $upstream_response_time $request_time',
        '1795349188.325 ::1:43654 https://example.com/a?b 10.0.0.1:80, 10.0.0.2:80 0.001, 0.200 : 0.300 0.502',
      ),
    ).toMatchObject({
      at: AT + 325,
      client: '::1',
      host: 'example.com',
      target: '/a?b',
      upstreamMs: 501,
      durationMs: 502,
    });
    expect(read('$remote_addr $request_method $uri$is_args$args $status', '::1 GET /a?b=1 200').target).toBe('/a?b=1');
    expect(
      read(
        '{"t":"$time_iso8601","a":"$remote_addr","r":"$request","u":"$http_user_agent","x":"$http_x_forwarded_for"}',
        String.raw`{"t":"2026-11-22T12:06:28+00:00","a":"::1","r":"GET / HTTP/1.1","u":"ag \"q\"","x":""}`,
      ),
    ).toEqual({ at: AT, client: '::1', method: 'GET', target: '/', protocol: 'HTTP/1.1', status: 0, agent: 'ag "q"' });
  });

  it('prefers the client behind the proxy to the proxy, whichever comes first', () => {
    for (const [spec, line] of [
      ['$realip_remote_addr $remote_addr "$request"', '10.0.0.1 203.0.113.9 "GET / HTTP/1.1"'],
      ['$remote_addr $realip_remote_addr "$request"', '203.0.113.9 10.0.0.1 "GET / HTTP/1.1"'],
    ] as const)
      expect(read(spec, line).client).toBe('203.0.113.9');
  });

  it('that is wrong is told where', () => {
    expect(complaint('$remote_addr $ $request')).toBe('a "$" without the name of a variable at character 14');
    expect(complaint('$remote_addr$request')).toMatch(/^nothing separates \$remote_addr at character 1/);
  });
});

describe('any format', () => {
  it('and any line: no throw, and a cut line is no entry', () => {
    const pieces = fc.constantFrom(
      ...[
        '%h',
        '%t',
        '%r',
        '"%r"',
        '%>s',
        '%b',
        '%D',
        ' ',
        ' - ',
        '[',
        '$remote_addr',
        '$request',
        '$msec',
        '%',
        '$',
        '%{',
        '%{%F}t',
        '}',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.string(), (parts, line) => {
        const result = compileLogFormat(parts.join(''));
        if ('format' in result) expect(() => result.format.parse(line)).not.toThrow();
        expect(() => compileLogFormat(line)).not.toThrow();
      }),
    );
    const format = compiled('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"');
    const line = '::1 - - [22/Nov/2026:12:06:28 +0000] "GET / HTTP/1.1" 200 6 "-" "curl"';
    expect(format.parse(line)).toEqual(compiled('combined').parse(line));
    for (let end = 0; end < line.length; end++) expect(format.parse(line.slice(0, end))).toBeUndefined();
  });

  it('agrees with the fast reader on what Apache prints', () => {
    const slow = compiled('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"');
    const fast = compiled('combined');
    const wild = fc.string({ unit: fc.constantFrom('"', '\\', ' ', 'a', '/', '[', ']', '-', '1') });
    const logged = (text: string): string => text.replace(/["\\]/g, '\\$&');
    fc.assert(
      fc.property(wild, wild, wild, (user, request, agent) => {
        fc.pre(user.trim() === user && user !== '');
        const line = `192.0.2.1 - ${logged(user)} [22/Nov/2026:12:06:28 +0000] "${logged(request)}" 200 6 "-" "${logged(agent)}"`;
        expect(slow.parse(line)).toEqual(fast.parse(line));
        expect(fast.parse(line)).toMatchObject({ at: AT, status: 200, bytes: 6 });
      }),
    );
  });
});

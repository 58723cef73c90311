import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import { detectAccessFormat } from './detect.ts';

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

describe('JSON lines of nginx', () => {
  // nginx 1.22.1 with escape=json.
  const NGINX = [
    String.raw`{"time":"2026-11-22T12:06:28+00:00","msec":1795349188.334,"remote_addr":"127.0.0.1","remote_user":"","request":"GET /?a=%22&b=ü HTTP/1.1","status":200,"body_bytes_sent":6,"bytes_sent":"240","request_length":"118","request_time":0.000,"upstream_response_time":"","http_referer":"http://a\"b/\\x","http_user_agent":"ag \"q\" \\ é\ttab","host":"127.0.0.1","uri":"/index.html","xff":""}`,
    `{"time":"2026-11-22T12:06:28+00:00","msec":1795349188.354,"remote_addr":"127.0.0.1","remote_user":"ann","request":"GET /up HTTP/1.1","status":200,"body_bytes_sent":6,"bytes_sent":"222","request_length":"81","request_time":0.250,"upstream_response_time":"0.050, 0.200","http_referer":"","http_user_agent":"curl/7.88.1","host":"127.0.0.1","uri":"/up","xff":"1.2.3.4, 5.6.7.8"}`,
    String.raw`{"time":"2026-11-22T12:06:28+00:00","msec":1795349188.446,"remote_addr":"127.0.0.1","remote_user":"","request":"\u0016\u0003\u0001","status":400,"body_bytes_sent":157,"bytes_sent":"309","request_length":"0","request_time":0.000,"upstream_response_time":"","http_referer":"","http_user_agent":"","host":"","uri":"","xff":""}`,
  ];

  it('are read, control characters made harmless', () => {
    const format = detected(NGINX);
    expect(format).toMatchObject({ title: 'JSON access log', stamp: 'end', bytes: 'body' });
    expect(read(format, NGINX[1])).toEqual({
      at: 1795349188354,
      client: '127.0.0.1',
      user: 'ann',
      forwarded: '1.2.3.4, 5.6.7.8',
      method: 'GET',
      target: '/up',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 6,
      requestBytes: 81,
      durationMs: 250,
      upstreamMs: 250,
      agent: 'curl/7.88.1',
      host: '127.0.0.1',
    });
    expect(read(format, NGINX[0])).toMatchObject({ referer: 'http://a"b/\\x', agent: 'ag "q" \\ é\\x09tab' });
    expect(read(format, NGINX[2])).toMatchObject({ method: '', target: '\\x16\\x03\\x01', status: 400 });
  });

  it.each([
    // Names from public configurations.
    '{"time":"2026-11-22T12:06:28+00:00","host":"192.0.2.1","port":"43654","method":"POST","uri":"/api?x=1","status":"200","body_bytes":"6","referer":"","ua":"curl/7.88.1","request_time":"0.250","response_time":"0.200"}',
    '{"@timestamp":"2026-11-22T12:06:28+00:00","remote_addr":"192.0.2.1","scheme":"https","request_method": "POST","request_uri": "/api?x=1","server_protocol": "HTTP/1.1","request_time":0.250,"upstream_response_time":"0.200","status":"200","body_bytes_sent":6,"http_referer":"","http_user_agent":"curl/7.88.1","http_authorization":""}',
    '{"time_local":"22/Nov/2026:12:06:28 +0000","remote_addr":"192.0.2.1","remote_user":"","request":"POST /api?x=1 HTTP/1.1","status": "200","body_bytes_sent":"6","request_time":"0.250","upstream_response_time":"0.200","http_referrer":"","http_user_agent":"curl/7.88.1"}',
  ])('by whatever names: %s', (line) => {
    expect(read(detected([line]), line)).toMatchObject({
      at: Date.UTC(2026, 10, 22, 12, 6, 28),
      client: '192.0.2.1',
      method: 'POST',
      target: '/api?x=1',
      status: 200,
      bytes: 6,
      agent: 'curl/7.88.1',
      durationMs: 250,
      upstreamMs: 200,
    });
  });

  it('and of Apache, which stamps the begin: lines out of order', () => {
    const line = (second: number): string =>
      `{"time":"2026-11-22T12:06:${second}+0000","remoteIP":"192.0.2.1","host":"www.example.com","request":"/a","query":"?b=1","method":"GET","status":"200","userAgent":"curl/7.88.1","referer":"-"}`;
    const format = detected([line(10), line(28), line(20)]);
    expect(format.stamp).toBe('begin');
    expect(read(format, line(28))).toEqual({
      at: Date.UTC(2026, 10, 22, 12, 6, 28),
      client: '192.0.2.1',
      method: 'GET',
      target: '/a?b=1',
      protocol: '',
      status: 200,
      agent: 'curl/7.88.1',
      host: 'www.example.com',
    });
  });

  it('that are no JSON, for want of escape=json or of a value, are mended', () => {
    const line = String.raw`{"time":"2026-11-22T12:06:28+00:00","remote_addr":"192.0.2.1","request":"GET /\x22:-,}\x22 HTTP/1.1","status":200,"upstream_response_time":-,"request_time":0.250,"http_user_agent":"-","bytes":}`;
    expect(read(detected([line]), line)).toMatchObject({ target: '/":-,}"', durationMs: 250 });
  });

  it('without a zone are said to be local; a whole number of an unknown unit is left alone', () => {
    const line = '{"time":"2026-11-22 12:06:28","ip":"192.0.2.1","method":"GET","path":"/","status":200,"latency":120}';
    expect(detected([line]).localTime).toBe(true);
    expect(read(detected([line]), line)).not.toHaveProperty('durationMs');
  });
});

describe('Caddy', () => {
  // Caddy 2.6.2; the second with time_format iso8601 and duration_format string.
  const CADDY = [
    String.raw`{"level":"error","ts":1795349192.521957,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"40928","proto":"HTTP/1.1","method":"GET","host":"127.0.0.1:18083","uri":"/a?b=c","headers":{"User-Agent":["x \"y\""],"Accept":["*/*"],"Referer":["http://ref/"],"X-Forwarded-For":["1.2.3.4"]}},"user_id":"","duration":0.000083426,"size":0,"status":404,"resp_headers":{"Server":["Caddy"]}}`,
    `{"level":"error","ts":"2026-11-22T12:06:32.527Z","logger":"http.log.access.log1","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"34926","proto":"HTTP/1.1","method":"GET","host":"127.0.0.1:18084","uri":"/","headers":{"User-Agent":["curl/7.88.1"],"Accept":["*/*"]}},"user_id":"","duration":"57.107µs","size":0,"status":404,"resp_headers":{"Server":["Caddy"]}}`,
  ];

  it('is read with times and durations of either kind', () => {
    const format = detected(CADDY);
    expect(format).toMatchObject({ title: 'Caddy JSON', stamp: 'end', bytes: 'body' });
    expect(read(format, CADDY[0])).toEqual({
      at: 1795349192521,
      client: '127.0.0.1',
      forwarded: '1.2.3.4',
      method: 'GET',
      target: '/a?b=c',
      protocol: 'HTTP/1.1',
      status: 404,
      bytes: 0,
      durationMs: 0.083,
      referer: 'http://ref/',
      agent: 'x "y"',
      host: '127.0.0.1',
    });
    expect(read(format, CADDY[1])).toMatchObject({ at: Date.UTC(2026, 10, 22, 12, 6, 32, 527), durationMs: 0.057107 });
  });

  it('finds headers that the head did not have', () => {
    expect(read(detected(CADDY.slice(1)), CADDY[0])).toMatchObject({ forwarded: '1.2.3.4', referer: 'http://ref/' });
  });

  it('takes the client that a trusted proxy named (2.7 and later)', () => {
    const line = (CADDY[0] ?? '').replace('"proto"', '"client_ip":"203.0.113.9","proto"');
    expect(read(detected([line]), line).client).toBe('203.0.113.9');
  });

  it('before 2.5 has the port with the address', () => {
    const line = (CADDY[1] ?? '').replace(
      '"remote_ip":"127.0.0.1","remote_port":"34926"',
      '"remote_addr":"[2001:db8::1]:34926"',
    );
    expect(read(detected([line]), line).client).toBe('2001:db8::1');
  });

  it('and nginx never make the reader throw, whatever is in their fields', () => {
    const formats = [detected(CADDY)];
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, junk) => {
        for (const format of formats) {
          expect(() => format.parse(json)).not.toThrow();
          expect(() => format.parse(`{${junk}}`)).not.toThrow();
          expect(() => format.parse(`{"status":200,"ts":1,"request":${json}}`)).not.toThrow();
        }
        expect(() =>
          detectAccessFormat([json, `{${junk}`, `{"status":200,"time":${json},"request":${json}}`]),
        ).not.toThrow();
      }),
    );
    const start = performance.now();
    for (const junk of [
      `{"a":${' '.repeat(200_000)}x}`,
      `{${':'.repeat(200_000)}}`,
      `{"${'\\'.repeat(200_000)}"}`,
      `{${'"'.repeat(200_001)}}`,
    ])
      formats[0]?.parse(junk);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(() => detectAccessFormat([`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`])).not.toThrow();
  });
});

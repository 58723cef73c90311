import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { cgiRequest, cgiWatcher } from './cgi.ts';
import { processTable } from './processes.ts';
import { sightOf } from './sight.ts';

/** As Apache's mod_cgid starts a php-cgi by Action. */
const ENVIRON = [
  'GATEWAY_INTERFACE=CGI/1.1',
  'REMOTE_ADDR=203.0.113.66',
  'REMOTE_PORT=41234',
  'REQUEST_METHOD=POST',
  'REQUEST_URI=/xmlrpc.php?rsd&token=geheim',
  'SCRIPT_FILENAME=/usr/lib/cgi-bin/php8.2',
  'HTTP_HOST=blog.example.org',
  'HTTP_USER_AGENT=Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)',
  'HTTP_COOKIE=secret=1',
].join('\0');

describe('the environment of a CGI process', () => {
  it('tells who asks for what, with secrets hidden', () => {
    expect(cgiRequest(ENVIRON)).toEqual({
      seenBy: 'cgi',
      client: '203.0.113.66',
      method: 'POST',
      target: '/xmlrpc.php?rsd&token=***',
      host: 'blog.example.org',
      agent: 'Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)',
    });
  });

  it('believes a forwarded address from this host and from a named proxy only', () => {
    const from = (remote: string): string =>
      ENVIRON.replace('203.0.113.66', remote).concat('\0HTTP_X_FORWARDED_FOR=198.51.100.9, 192.0.2.7');
    expect(cgiRequest(from('127.0.0.1'))?.client).toBe('192.0.2.7');
    expect(cgiRequest(from('198.18.0.1'))?.client).toBe('198.18.0.1');
    expect(cgiRequest(from('198.18.0.1'), ['198.18.0.0/24'])?.client).toBe('192.0.2.7');
  });

  it('of a process that serves nobody tells nothing', () => {
    expect(cgiRequest('PATH=/bin\0HOME=/root')).toBeUndefined();
    expect(cgiRequest('')).toBeUndefined();
  });

  it('never makes it throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void cgiRequest(`GATEWAY_INTERFACE=x\0${text}`)));
  });
});

describe('CGI workers of a host', () => {
  it('are told with their age and state, and each is asked once', () => {
    const stat = (pid: number, start: number): string =>
      `${pid} (php-cgi) S 100 1 1 0 -1 0 0 0 0 0 10 5 0 0 20 0 1 0 ${start} 1000 900 0`;
    const host = fakeHost({
      files: {
        '/proc/41/stat': stat(41, 100_000),
        '/proc/41/cmdline': '/usr/bin/php-cgi\0',
        '/proc/41/environ': ENVIRON,
        '/proc/42/stat': stat(42, 100_400),
        '/proc/42/cmdline': '/usr/bin/php-cgi\0',
        '/proc/42/environ': 'PATH=/bin',
      },
    });
    const sight = sightOf(host);
    const table = processTable(sight);
    const watcher = cgiWatcher(sight, []);
    const first = watcher.look(table.look(1011.5, 524_288));
    expect(first).toMatchObject([{ pid: 41, client: '203.0.113.66', state: 'S', forS: 11.5 }]);
    host.files.delete('/proc/41/environ');
    expect(watcher.look(table.look(1012.5, 524_288))).toMatchObject([{ pid: 41, forS: 12.5 }]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNginxMessage } from './nginx.ts';

const HEAD = '2026/11/22 12:07:11';
const TAIL =
  'client: 203.0.113.66, server: x, request: "POST /xmlrpc.php HTTP/1.1", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock:", host: "x"';

describe('what nginx says', () => {
  it.each([
    [
      `${HEAD} [error] 22935#22935: *14 upstream timed out (110: Connection timed out) while reading response header from upstream, ${TAIL}`,
      'upstream-timeout',
    ],
    [
      `${HEAD} [error] 22935#22935: *1 connect() failed (111: Connection refused) while connecting to upstream, ${TAIL}`,
      'upstream-refused',
    ],
    [
      `${HEAD} [crit] 22935#22935: *3 connect() to unix:/run/none.sock failed (2: No such file or directory) while connecting to upstream, ${TAIL}`,
      'upstream-refused',
    ],
    [
      `${HEAD} [error] 22935#22935: *3 connect() to unix:/run/php/php8.2-fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream, ${TAIL}`,
      'upstream-refused',
    ],
    [
      `${HEAD} [error] 22935#22935: *12 recv() failed (104: Connection reset by peer) while reading response header from upstream, ${TAIL}`,
      'upstream-closed',
    ],
    [
      `${HEAD} [error] 1#1: *12 upstream prematurely closed connection while reading response header from upstream, ${TAIL}`,
      'upstream-closed',
    ],
    [
      `${HEAD} [error] 1#1: *12 FastCGI sent in stderr: "Primary script unknown" while reading response header from upstream, ${TAIL}`,
      'upstream-closed',
    ],
    [
      `${HEAD} [error] 23776#23776: *4 limiting requests, excess: 1.000 by zone "one", client: 203.0.113.66, server: x, request: "GET /lim HTTP/1.1", host: "x"`,
      'request-limited',
    ],
    [
      `${HEAD} [error] 22935#22935: *7 access forbidden by rule, client: 203.0.113.66, server: x, request: "GET /deny HTTP/1.1", host: "x"`,
      'client-denied',
    ],
    [
      `${HEAD} [error] 22935#22935: *9 open() "/var/www/missing.html" failed (2: No such file or directory), client: 203.0.113.66, server: x, request: "GET /missing.html HTTP/1.1", host: "x"`,
      'not-found',
    ],
  ])('about a request: %s', (line, what) => {
    expect(readNginxMessage(line)).toMatchObject({ kind: 'web', server: 'nginx', what, client: '203.0.113.66' });
  });

  it.each([
    [`${HEAD} [notice] 22932#22932: nginx/1.22.1`, 'started'],
    [`${HEAD} [notice] 22932#22932: signal 15 (SIGTERM) received from 22902, exiting`, 'stopping'],
    [`${HEAD} [notice] 22932#22932: signal 1 (SIGHUP) received from 22902, reconfiguring`, 'reloaded'],
    [`${HEAD} [alert] 1#1: 768 worker_connections are not enough`, 'connections-exhausted'],
    [`${HEAD} [alert] 1#1: worker process 1234 exited on signal 9`, 'child-signal'],
    ['nginx: [emerg] bind() to 127.0.0.1:3994 failed (98: Address already in use)', 'address-in-use'],
    [`${HEAD} [emerg] 23029#23029: still could not bind()`, 'address-in-use'],
    [`${HEAD} [emerg] 23030#23030: unexpected "}" in /etc/nginx/nginx.conf:1`, 'config-error'],
    [`${HEAD} [crit] 1#1: accept4() failed (24: Too many open files)`, 'too-many-files'],
    [
      `${HEAD} [crit] 1#1: *8 pwrite() "/var/lib/nginx/body/0000000001" failed (28: No space left on device), client: 203.0.113.66, server: x, request: "POST / HTTP/1.1", host: "x"`,
      'disk-full',
    ],
  ])('about itself: %s', (line, what) => {
    expect(readNginxMessage(line)).toMatchObject({ kind: 'web', what });
  });

  it.each([
    `${HEAD} [notice] 22932#22932: signal 17 (SIGCHLD) received from 22935`,
    `${HEAD} [notice] 22932#22932: worker process 22935 exited with code 0`,
    `${HEAD} [info] 22935#22935: *1 client 127.0.0.1 closed keepalive connection`,
    `${HEAD} [notice] 22932#22932: reconfiguring`,
  ])('means nothing: %s', (line) => {
    expect(readNginxMessage(line)).toBeUndefined();
  });

  it('names the backend', () => {
    const line = `${HEAD} [error] 1#1: *14 upstream timed out (110: Connection timed out) while reading response header from upstream, ${TAIL}`;
    expect(readNginxMessage(line)).toMatchObject({ detail: 'fastcgi://unix:/run/php/php8.2-fpm.sock:' });
  });

  it("gives PHP's worst message, over several lines", () => {
    const line = `${HEAD} [error] 23776#23776: *1 FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined variable $undef in /var/www/e.php on line 1; PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /var/www/e.php:1\nStack trace:\n#0 /var/www/wp-content/themes/astra/e.php(1): f()\n#1 {main}\n  thrown in /var/www/e.php on line 1" while reading response header from upstream, ${TAIL}`;
    expect(readNginxMessage(line)).toEqual({
      kind: 'php',
      level: 'fatal',
      what: 'uncaught',
      message: 'Uncaught Error: Call to undefined function foo() in /var/www/e.php:1',
      file: '/var/www/e.php',
      component: 'theme astra',
    });
  });

  it('blames nobody when a URL names a client of its own', () => {
    const line = `${HEAD} [error] 1#1: *9 open() "/var/www/a, client: 198.51.100.1, server: x" failed (2: No such file or directory), client: 203.0.113.66, server: x, request: "GET /a HTTP/1.1", host: "x"`;
    const event = readNginxMessage(line);
    expect(event === undefined || !('client' in event)).toBe(true);
  });

  it('never throws, and is quick on hostile repetition', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void readNginxMessage(text)));
    const begin = performance.now();
    for (const part of [' failed (2: x)', ', client: ', 'upstream ', '" while ', 'ModSecurity: Warning'])
      readNginxMessage(`${HEAD} [error] 1#1: ${part.repeat(20_000)}`);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

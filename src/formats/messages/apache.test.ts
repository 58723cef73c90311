import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApacheMessage } from './apache.ts';

const HEAD = '[Sun Nov 22 12:08:18.910541 2026]';

describe('what Apache says', () => {
  it.each([
    [
      `${HEAD} [mpm_event:notice] [pid 23769:tid 23769] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations`,
      'started',
    ],
    ['[Sat Nov 25 08:41:04 2017] [notice] Apache/2.2.15 (Unix) configured -- resuming normal operations', 'started'],
    [`${HEAD} [mpm_event:notice] [pid 23769:tid 23769] AH00491: caught SIGTERM, shutting down`, 'stopping'],
    ['[Sat Nov 25 08:41:04 2017] [notice] caught SIGTERM, shutting down', 'stopping'],
    [`${HEAD} [mpm_event:notice] [pid 23769:tid 23769] AH00493: SIGUSR1 received.  Doing graceful restart`, 'reloaded'],
    ['[Sat Nov 25 08:41:04 2017] [notice] SIGHUP received.  Attempting to restart', 'reloaded'],
    [
      `${HEAD} [mpm_event:error] [pid 23769:tid 23769] AH00484: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting`,
      'worker-limit-reached',
    ],
    [
      `${HEAD} [mpm_event:error] [pid 23769:tid 23769] AH10159: server is within MinSpareThreads of MaxRequestWorkers, consider raising the MaxRequestWorkers setting`,
      'worker-limit-reached',
    ],
    [
      '[Tue Mar 30 09:56:31 2010] [error] server reached MaxClients setting, consider raising the MaxClients setting',
      'worker-limit-reached',
    ],
    ["[warn] [client 192.0.2.7] mod_fcgid: can't apply process slot for /var/www/cgi-bin/php", 'worker-limit-reached'],
    [
      `${HEAD} [mpm_event:error] [pid 1:tid 1] AH03490: scoreboard is full, not at MaxRequestWorkers.Increase ServerLimit.`,
      'scoreboard-full',
    ],
    [
      `${HEAD} [cgid:error] [pid 23795:tid 23798] [client 127.0.0.1:48648] Script timed out before returning headers: slow`,
      'script-timeout',
    ],
    [
      `${HEAD} [cgid:error] [pid 23795:tid 23798] [client 127.0.0.1:48606] End of script output before headers: bad`,
      'premature-end',
    ],
    [
      '[Sat Nov 25 08:41:04 2017] [error] [client 192.0.2.7] Premature end of script headers: index.php',
      'premature-end',
    ],
    [
      `${HEAD} [authz_core:error] [pid 23795:tid 23798] [client 127.0.0.1:48574] AH01630: client denied by server configuration: /var/www/deny`,
      'client-denied',
    ],
    [
      `${HEAD} [evasive20:error] [pid 23795:tid 23798] [client 127.0.0.1:57112] client denied by server configuration: /var/www/x`,
      'request-limited',
    ],
    [
      `${HEAD} [mpm_prefork:alert] [pid 1] (12)Cannot allocate memory: AH00159: fork: Unable to fork new process`,
      'cannot-fork',
    ],
    [
      `${HEAD} [proxy:error] [pid 23795:tid 23798] (2)No such file or directory: AH02454: FCGI: attempt to connect to Unix domain socket /run/php/php8.2-fpm.sock (localhost:8000) failed`,
      'upstream-refused',
    ],
    [
      `${HEAD} [proxy:error] [pid 23795:tid 23797] (111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:3993 (127.0.0.1:3993) failed`,
      'upstream-refused',
    ],
    [
      `${HEAD} [proxy_http:error] [pid 23795:tid 23798] (70007)The timeout specified has expired: [client 127.0.0.1:48600] AH01102: error reading status line from remote server 127.0.0.1:3995`,
      'upstream-timeout',
    ],
    [
      `${HEAD} [proxy_fcgi:error] [pid 23795:tid 23798] [client 127.0.0.1:48622] AH01067: Failed to read FastCGI header`,
      'upstream-closed',
    ],
    [
      `${HEAD} [proxy_fcgi:error] [pid 23795:tid 23798] (104)Connection reset by peer: [client 127.0.0.1:48622] AH01075: Error dispatching request to :3992: `,
      'upstream-closed',
    ],
    ['[warn] [client 192.0.2.7] mod_fcgid: read data timeout in 45 seconds', 'upstream-timeout'],
    [
      `${HEAD} [reqtimeout:info] [pid 1:tid 1] [client 192.0.2.7:1234] AH01382: Request header read timeout`,
      'client-timeout',
    ],
    [
      `${HEAD} [core:notice] [pid 23769:tid 23769] AH00052: child pid 23795 exit signal Segmentation fault (11)`,
      'child-signal',
    ],
    ['(98)Address already in use: AH00072: make_sock: could not bind to address 127.0.0.1:3992', 'address-in-use'],
    ['no listening sockets available, shutting down', 'parent-exit'],
    [
      `${HEAD} [core:emerg] [pid 1:tid 1] (28)No space left on device: AH00023: Couldn't create the rewrite-map mutex`,
      'parent-exit',
    ],
    [
      `${HEAD} [core:error] [pid 1:tid 1] (28)No space left on device: AH00099: could not create /run/apache2/apache2.pid`,
      'disk-full',
    ],
    [
      `${HEAD} [security2:error] [pid 23795:tid 23798] [client 127.0.0.1:48634] [client 127.0.0.1] ModSecurity: Access denied with code 403 (phase 1). String match "1" at ARGS:evil. [file "/etc/x.conf"] [line "32"] [id "1234"] [msg "evil thing"] [hostname "127.0.0.1"] [uri "/"]`,
      'modsecurity',
    ],
    [
      `${HEAD} [core:info] [pid 23795:tid 23798] [client 127.0.0.1:48602] AH00128: File does not exist: /var/www/missing.html`,
      'not-found',
    ],
  ])('%s', (line, what) => {
    expect(readApacheMessage(line)).toMatchObject({ kind: 'web', server: 'apache', what });
  });

  it('names the client without its port, of either family and either version', () => {
    const client = (text: string, head = `${HEAD} [cgid:error] [pid 1:tid 1]`) =>
      (
        readApacheMessage(
          `${head} [client ${text}] End of script output before headers: php-wrap, referer: http://x/`,
        ) as { client?: string }
      ).client;
    expect(client('203.0.113.66:51626')).toBe('203.0.113.66');
    expect(client('2001:db8::1:443')).toBe('2001:db8::1');
    expect(client('2001:db8::1', '[error]')).toBe('2001:db8::1');
    expect(client('192.0.2.7', '[Sat Nov 25 08:41:04 2017] [error]')).toBe('192.0.2.7');
  });

  it("finds the worst of PHP's messages in one of proxy_fcgi", () => {
    const line = String.raw`${HEAD} [proxy_fcgi:error] [pid 23795:tid 23797] [client 127.0.0.1:48562] AH01071: Got error 'PHP message: WordPress database error Table 'wp.x' doesn't exist for query SELECT 1 made by require; PHP message: PHP Warning:  Undefined variable $undef in /var/www/e.php on line 1; PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /var/www/wp-content/plugins/akismet/e.php:1\nStack trace:\n#0 /var/www/e.php(1): f()\n#1 {main}\n  thrown in /var/www/e.php on line 1'`;
    expect(readApacheMessage(line)).toMatchObject({
      kind: 'php',
      level: 'fatal',
      what: 'uncaught',
      component: 'plugin akismet',
    });
  });

  it('reads mod_php and the stderr of CGI as PHP', () => {
    const php =
      'PHP Fatal error:  Allowed memory size of 16777216 bytes exhausted (tried to allocate 2097152 bytes) in /var/www/t.php on line 9';
    for (const head of [
      `${HEAD} [php:error] [pid 1] [client 192.0.2.7:1] `,
      `${HEAD} [:error] [pid 1] [client 192.0.2.7:1] `,
      `${HEAD} [cgi:error] [pid 1] [client 192.0.2.7:1] AH01215: `,
      '[error] [client 192.0.2.7] ',
      '[warn] [client 192.0.2.7] mod_fcgid: stderr: ',
    ]) {
      expect(readApacheMessage(head + php)).toMatchObject({
        kind: 'php',
        what: 'memory-exhausted',
        file: '/var/www/t.php',
      });
    }
  });

  it('lets no request choose the meaning', () => {
    const path = '/var/www/caught SIGTERM, shutting down (28)No space left on device: AH00169: ';
    expect(
      readApacheMessage(`${HEAD} [core:info] [pid 1] [client 192.0.2.7:1] AH00128: File does not exist: ${path}`),
    ).toMatchObject({ what: 'not-found' });
  });

  it('never throws, and is quick on hostile repetition', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void readApacheMessage(text)));
    const begin = performance.now();
    for (const part of [
      '[client 1.2.3.4] ',
      '(1)x: ',
      'AH01071: ',
      'PHP message: ',
      '; PHP message: PHP Warning: x ',
      ' in /',
      '/plugins/a',
    ]) {
      readApacheMessage(`${HEAD} [php:error] PHP Fatal error:  ${part.repeat(20_000)}`);
      readApacheMessage(part.repeat(20_000));
    }
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

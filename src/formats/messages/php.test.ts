import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPhpMessage } from './php.ts';

const STAMP = '[22-Nov-2026 12:06:13 UTC]';

describe('what PHP says', () => {
  it.each([
    [
      `${STAMP} PHP Fatal error:  Allowed memory size of 16777216 bytes exhausted (tried to allocate 2097152 bytes) in /var/www/t.php on line 9`,
      'fatal',
      'memory-exhausted',
    ],
    [
      `${STAMP} PHP Fatal error:  Maximum execution time of 1 second exceeded in /var/www/t.php on line 10`,
      'fatal',
      'max-execution-time',
    ],
    [
      `${STAMP} PHP Fatal error:  Uncaught Error: Call to undefined function foo_bar() in /var/www/t.php:11\nStack trace:\n#0 {main}\n  thrown in /var/www/t.php on line 11`,
      'fatal',
      'uncaught',
    ],
    [
      `${STAMP} PHP Fatal error:  Uncaught Error: Call to undefined function mysqli_connect() in /var/www/t.php:11`,
      'fatal',
      'missing-extension',
    ],
    [
      `${STAMP} PHP Fatal error:  Uncaught Error: Failed opening required 'nope.php' (include_path='.:/usr/share/php') in /var/www/t.php:13`,
      'fatal',
      'missing-file',
    ],
    [`${STAMP} PHP Parse error:  syntax error, unexpected token ";" in /var/www/p.php on line 1`, 'parse', 'syntax'],
    [
      `${STAMP} PHP Warning:  mysqli_connect(): (HY000/2002): Connection refused in /var/www/t.php on line 5`,
      'warning',
      'database-unreachable',
    ],
    [
      'PHP Warning:  mysqli_real_connect(): (HY000/2002): No such file or directory in /var/www/wp-includes/wp-db.php on line 1753',
      'warning',
      'database-unreachable',
    ],
    [
      "PHP Warning:  mysqli_real_connect(): (HY000/1045): Access denied for user 'wp'@'localhost' (using password: YES) in /var/www/wp-includes/wp-db.php on line 1753",
      'warning',
      'database-denied',
    ],
    [
      'PHP Warning:  mysqli_real_connect(): (08004/1040): Too many connections in /var/www/wp-includes/wp-db.php on line 1753',
      'warning',
      'database-too-many',
    ],
    [
      `${STAMP} PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/t.php:16\nStack trace:\n#0 /var/www/t.php(16): PDO->__construct()`,
      'fatal',
      'database-unreachable',
    ],
    [
      `${STAMP} PHP Fatal error:  Uncaught mysqli_sql_exception: Connection refused in /var/www/t.php:15`,
      'fatal',
      'database-unreachable',
    ],
    [
      'PDOException: SQLSTATE[HY000]: General error: 2006 MySQL server has gone away in /var/www/t.php:8',
      'warning',
      'database-unreachable',
    ],
    [
      `${STAMP} PHP Notice:  file_put_contents(): Write of 3 bytes failed with errno=28 No space left on device in /var/www/t.php on line 18`,
      'notice',
      'disk-full',
    ],
    [
      "WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php')",
      'warning',
      'database-unreachable',
    ],
    [
      "WordPress database error Table './wordpress/wp_options' is marked as crashed and should be repaired for query SELECT option_value FROM wp_options",
      'warning',
      'database-error',
    ],
    [`${STAMP} PHP Warning:  Undefined variable $undef in /var/www/e.php on line 1`, 'warning', 'other'],
  ])('%s', (line, level, what) => {
    expect(readPhpMessage(line)).toMatchObject({ kind: 'php', level, what });
  });

  it.each([
    [
      'PHP Warning:  file_get_contents(http://api.example.net/x): Failed to open stream: Connection refused in /var/www/t.php on line 6',
      'api.example.net',
    ],
    [
      'PHP Warning:  fsockopen(): Unable to connect to 127.0.0.1:3999 (Connection refused) in /var/www/t.php on line 17',
      '127.0.0.1',
    ],
    [
      'PHP Warning:  file_get_contents(): php_network_getaddresses: getaddrinfo for nope.invalid failed: Name or service not known in /var/www/t.php on line 19',
      'nope.invalid',
    ],
    [
      'PHP Warning:  cURL error 7: Failed to connect to api.example.net port 443 after 12 ms: Connection refused in /var/www/t.php on line 19',
      'api.example.net',
    ],
  ])('names the other side: %s', (line, peer) => {
    expect(readPhpMessage(line)).toMatchObject({ what: 'backend-timeout', peer });
  });

  it("does not call a server's plain refusal a time-out", () => {
    expect(
      readPhpMessage(
        'PHP Warning:  file_get_contents(http://a.example/x): Failed to open stream: HTTP request failed! HTTP/1.1 404 Not Found in /var/www/t.php on line 6',
      ),
    ).toMatchObject({ what: 'other' });
  });

  it('names the file where it happened, not where it was called from', () => {
    const line =
      'PHP Fatal error:  Uncaught TypeError: {closure}(): Argument #1 ($x) must be of type int, string given, called in /var/www/t.php on line 14 and defined in /var/www/u.php:14';
    expect(readPhpMessage(line)).toMatchObject({ file: '/var/www/u.php', what: 'uncaught' });
  });

  it('names the plugin or theme, by the file or by the innermost frame that is one', () => {
    const fatal =
      'PHP Fatal error:  Uncaught Error: x in /var/www/html/wp-includes/plugin.php:1\nStack trace:\n#0 /var/www/html/wp-includes/a.php(1): b()\n#1 /var/www/html/wp-content/plugins/akismet/c.php(2): d()\n#2 /var/www/html/wp-content/themes/astra/e.php(2): f()';
    expect(readPhpMessage(fatal)).toMatchObject({ component: 'plugin akismet' });
    const single =
      'PHP Parse error:  syntax error, unexpected token ";" in /srv/wp-content/plugins/hello.php on line 1';
    expect(readPhpMessage(single)).toMatchObject({ component: 'plugin hello' });
    const joomla = 'PHP Fatal error:  Uncaught Error: x in /var/www/components/com_content/views/y.php:1';
    expect(readPhpMessage(joomla)).toMatchObject({ component: 'component com_content' });
  });

  it('names the caller nearest to a failed query, and keeps the query out of the message', () => {
    const line = `WordPress database error Table 'wp.x' doesn't exist for query SELECT secret FROM x made by require('wp-blog-header.php'), include('/themes/mythemes/single.php'), do_action('init'), require_once('/plugins/shop/db.php'), Shop->query`;
    expect(readPhpMessage(line)).toMatchObject({
      what: 'database-error',
      component: 'plugin shop',
      message: "WordPress database error Table 'wp.x' doesn't exist",
    });
  });

  it('is silent on advice and on what a program chats about', () => {
    expect(
      readPhpMessage('PHP Deprecated:  Creation of dynamic property A::$b is deprecated in /var/www/a.php on line 1'),
    ).toBeUndefined();
    expect(readPhpMessage('import of 12 articles done')).toBeUndefined();
  });

  it('never throws, keeps the message short, and is quick on hostile repetition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(readPhpMessage(`PHP Fatal error:  ${text}`)?.message.length ?? 0).toBeLessThanOrEqual(300);
        readPhpMessage(text);
      }),
    );
    const begin = performance.now();
    for (const part of ['\n#0 /wp-content/', '; PHP message: ', ' in /', "Class 'x", 'http://a', '/modules/contrib']) {
      readPhpMessage(`PHP message: PHP Fatal error:  ${part.repeat(20_000)}`);
      readPhpMessage(`WordPress database error ${part.repeat(20_000)}`);
    }
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

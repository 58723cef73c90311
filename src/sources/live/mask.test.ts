import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskArgs, maskLine, maskTarget } from './mask.ts';

describe('what is secret', () => {
  it.each([
    ['/wp-login.php?user=anna&password=hunter2&x=1', '/wp-login.php?user=anna&password=***&x=1'],
    ['/api?access_token=abc.def&page=2', '/api?access_token=***&page=2'],
    ['/reset?key=aaa;login=bob', '/reset?key=***;login=bob'],
    ['/?s=passwords+and+tokens', '/?s=passwords+and+tokens'],
    ['/xmlrpc.php', '/xmlrpc.php'],
  ])('is hidden in the target %s', (target, masked) => {
    expect(maskTarget(target)).toBe(masked);
  });

  it.each([
    ['mysql -u root -phunter2 wordpress', 'mysql -u root -p*** wordpress'],
    ['backup --password=hunter2 --to s3', 'backup --password=*** --to s3'],
    ['tool --token hunter2 run', 'tool --token *** run'],
    ['/usr/sbin/apache2 -k start', '/usr/sbin/apache2 -k start'],
    ['curl https://anna:hunter2@example.org/', 'curl https://anna:***@example.org/'],
    ['env MYSQL_PWD=hunter2 mysqldump', 'env MYSQL_PWD=*** mysqldump'],
  ])('is hidden in the command line %s', (args, masked) => {
    expect(maskArgs(args)).toBe(masked);
  });

  it.each([
    [
      '203.0.113.9 - - [22/Nov/2026:10:00:00 +0000] "GET /?api_key=hunter2 HTTP/1.1" 200 5 "https://example.org/?token=x1" "curl"',
      '203.0.113.9 - - [22/Nov/2026:10:00:00 +0000] "GET /?api_key=*** HTTP/1.1" 200 5 "https://example.org/?token=***" "curl"',
    ],
    ['Authorization: Basic aHVudGVyOjI=', 'Authorization: ***'],
    ['header "Cookie: wordpress_logged_in_1=anna%7C1" set', 'header "Cookie: ***" set'],
  ])('is hidden in the line %s', (line, masked) => {
    expect(maskLine(line)).toBe(masked);
  });

  it('is hidden quickly and without throwing, whatever the line', () => {
    fc.assert(fc.property(fc.string(), (text) => void [maskTarget(text), maskArgs(text), maskLine(text)]));
    const began = performance.now();
    maskArgs(`mysql ${'-p '.repeat(3000)}`);
    maskLine(`?${'a=&'.repeat(20_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointOf } from './endpoint.ts';
import { targetFacts } from './target-facts.ts';

describe('the endpoint of a request', () => {
  it.each([
    ['POST', '/xmlrpc.php', 'POST /xmlrpc.php'],
    ['POST', '//xmlrpc.php', 'POST /xmlrpc.php'],
    ['GET', '/?s=shoes', 'GET /?s'],
    ['GET', '/?s=other+shoes&paged=2', 'GET /?paged&s'],
    ['GET', '/shop/?size=1&color=2&price=3&more=4', 'GET /shop/?color&more&price'],
    ['GET', '/?a1b2c3=x', 'GET /?…'],
    ['', '\\x16\\x03', '- \\x16\\x03'],
  ])('%s %s is %s', (method, target, endpoint) => {
    expect(endpointOf(method, target)).toBe(endpoint);
  });

  it('is the same whatever the values are, so that cache busters fall together', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(endpointOf('GET', `/?${a}=${b}`)).toBe('GET /?…');
        expect(endpointOf('GET', `/?s=${a}`)).toBe(endpointOf('GET', `/?s=${b}`));
      }),
    );
  });

  it('is short, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 400 }), (method, target) => {
        expect(endpointOf(method, target).length).toBeLessThanOrEqual(121);
      }),
    );
    for (const target of ['/'.repeat(60_000), `/?${'&'.repeat(60_000)}`, `/?${'a=b&'.repeat(20_000)}`]) {
      const begin = performance.now();
      endpointOf('GET', target);
      expect(performance.now() - begin).toBeLessThan(100);
    }
  });
});

describe('a probe', () => {
  const probe = (target: string, status = 404): boolean => {
    const facts = targetFacts(target);
    return facts.isProbe || (facts.isProbeWhenMissing && status === 404);
  };

  it.each([
    '/.env',
    '/.git/config',
    '/wp-config.php.bak',
    '/phpmyadmin/index.php',
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
    '/backup.sql',
    '/?author=1',
    '/?x=\u0024{jndi:ldap://x}',
    '/index.php?id=1+union+select+1',
    '/cgi-bin/../../../etc/passwd',
  ])('is %s, found or not', (target) => {
    expect([probe(target, 200), probe(target, 404)]).toEqual([true, true]);
  });

  it('is a program that is not there, and none that is', () => {
    expect(probe('/wp-content/plugins/nosuch/ajax.php')).toBe(true);
    expect(probe('/wp-content/plugins/real/ajax.php', 200)).toBe(false);
  });

  it.each([
    '/',
    '/shop/',
    '/wp-login.php',
    '/xmlrpc.php',
    '/wp-cron.php',
    '/missing.jpg',
    '/favicon.ico',
    '/updates/',
    '/?s=select+shoes',
  ])('is not %s', (target) => {
    expect(probe(target)).toBe(false);
  });

  it('is told quickly, whatever is asked for', () => {
    for (const piece of ['/', '.', 'union ', 'a', '%2e', '/wp-content/plugins/']) {
      const begin = performance.now();
      probe(piece.repeat(60_000 / piece.length));
      expect(performance.now() - begin).toBeLessThan(100);
    }
  });
});

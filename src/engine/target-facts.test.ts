import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../model/distinct.ts';
import { looksStatic, pathOf } from '../model/http.ts';
import { endpointOf } from './endpoint.ts';
import { isPathProbe, isProbeWhenMissing } from './probe-request.ts';
import { recent } from './recent.ts';
import { endpointFor, targetFacts } from './target-facts.ts';
import { group } from './visitor.ts';

const target = fc.oneof(
  fc.string(),
  fc
    .tuple(
      fc.constantFrom(
        '/',
        '/shop/',
        '/wp-login.php',
        '/blog/xmlrpc.php',
        '/.env',
        '/a.php',
        '/style.css',
        '/wp-admin/users.php',
      ),
      fc.constantFrom('', '?', '?action=lostpassword', '?x=1&utm_source=a', '#part'),
    )
    .map(([path, rest]) => path + rest),
);

describe('what a target says', () => {
  it('is what its parts say, asked one by one', () => {
    fc.assert(
      fc.property(target, (text) => {
        const facts = targetFacts(text);
        const path = pathOf(text);
        expect(facts).toMatchObject({
          path,
          pathHash: hash32(path),
          targetHash: hash32(text),
          isStatic: looksStatic(path),
        });
        if (isPathProbe(path)) expect(facts.isProbe).toBe(true);
        expect(facts.isProbeWhenMissing).toBe(isProbeWhenMissing(path));
      }),
    );
  });

  it('names the endpoint of each method, however many are made up', () => {
    fc.assert(
      fc.property(target, fc.array(fc.string({ maxLength: 12 }), { maxLength: 20 }), (text, methods) => {
        const facts = targetFacts(text);
        const known = recent(4, group);
        for (const method of methods)
          expect(endpointFor(facts, method, text, known).name).toBe(endpointOf(method, text));
      }),
    );
  });

  it('tells where a password is sent', () => {
    expect(targetFacts('/wp-login.php').isLogin).toBe(true);
    expect(targetFacts('/wp-login.php?action=login').isLogin).toBe(true);
    expect(targetFacts('/wp-login.php?action=lostpassword').isLogin).toBe(false);
    expect(targetFacts('/user/login').isLogin).toBe(true);
    expect(targetFacts('/wp-admin/admin-ajax.php').isAdministration).toBe(false);
  });
});

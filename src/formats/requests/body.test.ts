import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loginForm, multicall, pingback, xmlrpcCall } from './bodies.fixture.ts';
import { BODY_MAX, readBody } from './body.ts';

const XML = 'text/xml';
const SECRET = 'hunter2-s3cret';
const read = (body: string | Uint8Array, contentType = XML, whole = true, contentEncoding?: string) =>
  readBody({ bytes: Buffer.from(body), whole, contentType, contentEncoding });

describe('the body of an XML-RPC call', () => {
  it('tells a password guess, its user, and never its password', () => {
    const reading = read(xmlrpcCall('wp.getUsersBlogs', 'admin', SECRET));
    expect(reading).toMatchObject({
      body: 'xmlrpc',
      whole: true,
      calls: [{ name: 'wp.getUsersBlogs', count: 1 }],
      logins: 1,
      users: [{ name: 'admin', count: 1 }],
    });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it.each([
    ['wp.getProfile', ['1', 'admin', SECRET]],
    ['wp.getPage', ['1', '7', 'admin', SECRET]],
    ['metaWeblog.newPost', ['1', 'admin', SECRET]],
    ['blogger.getUsersBlogs', ['key', 'admin', SECRET]],
    ['blogger.newPost', ['key', '1', 'admin', SECRET]],
    ['mt.getCategoryList', ['1', 'admin', SECRET]],
  ])('knows where %s carries its user', (method, params) => {
    const reading = read(xmlrpcCall(method, ...params));
    expect(reading).toMatchObject({ logins: 1, users: [{ name: 'admin', count: 1 }] });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it('names nobody for a method that it does not know', () => {
    expect(read(xmlrpcCall('shop.login', 'admin', SECRET))).toMatchObject({ logins: 0, users: [] });
  });

  it('counts the guesses inside a multicall', () => {
    const guesses = Array.from({ length: 1000 }, (_, i) => [`user${i % 3}`, `${SECRET}${i}`] as const);
    const reading = read(multicall(guesses));
    expect(reading).toMatchObject({ logins: 1000, whole: true });
    expect(reading.users.map(({ count }) => count)).toEqual([334, 333, 333]);
    expect(reading.calls).toEqual([
      { name: 'wp.getUsersBlogs', count: 1000 },
      { name: 'system.multicall', count: 1 },
    ]);
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it('counts multicalls in multicalls', () => {
    const inner = multicall([['admin', SECRET]]).replace(/^<\?xml.*\?>\n/, '');
    const params = /<params>.*<\/params>/.exec(inner)?.[0] ?? '';
    const value = /<param>(.*)<\/param>/.exec(params)?.[1] ?? '';
    const nested =
      '<methodCall><methodName>system.multicall</methodName><params><param><value><array><data><value><struct>' +
      '<member><name>methodName</name><value>system.multicall</value></member>' +
      `<member><name>params</name><value><array><data>${value}</data></array></value></member>` +
      '</struct></value></data></array></value></param></params></methodCall>';
    expect(read(nested)).toMatchObject({ logins: 1, users: [{ name: 'admin', count: 1 }] });
  });

  it('lists whom a pingback makes the server fetch, without secrets of the URL', () => {
    const reading = read(pingback('http://u:p@Victim.example/page?key=1', 'https://example.org/hello/'));
    expect(reading.pingbacks).toEqual([
      { from: 'http://victim.example/page', to: 'https://example.org/hello/', count: 1 },
    ]);
  });

  it('is read as far as it goes', () => {
    const guesses = Array.from({ length: 20 }, (_, i) => ['admin', `${SECRET}${i}`] as const);
    const text = multicall(guesses);
    const reading = read(text.slice(0, text.length / 2), XML, false);
    expect(reading.whole).toBe(false);
    expect(reading.logins).toBeGreaterThanOrEqual(9);
    expect(reading.logins).toBeLessThanOrEqual(11);
  });

  it('expands no entities', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${xmlrpcCall('wp.getUsersBlogs', '&b;', SECRET).replace(/^<\?xml.*\?>\n/, '')}`;
    const reading = read(bomb);
    expect(JSON.stringify(reading)).not.toMatch(/aaaa|hunter/);
    expect(read(xmlrpcCall('wp.getUsersBlogs', 'a&amp;b', SECRET)).users).toEqual([{ name: 'a&b', count: 1 }]);
  });

  it('is given up where it is too deep', () => {
    const deep = `<methodCall><methodName>x</methodName><params>${'<param><value><array><data>'.repeat(5000)}`;
    expect(read(deep)).toMatchObject({ body: 'xmlrpc', whole: false });
  });
});

describe('other bodies', () => {
  it('tells a login at wp-login.php', () => {
    const reading = read(loginForm('admin', SECRET), 'application/x-www-form-urlencoded');
    expect(reading).toMatchObject({ body: 'form', whole: true, logins: 1, users: [{ name: 'admin', count: 1 }] });
    expect(reading.fields).toEqual(['log', 'pwd', 'wp-submit', 'redirect_to', 'testcookie']);
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it('tells credentials in JSON', () => {
    const reading = read(JSON.stringify({ data: [{ username: 'eve', password: SECRET }] }), 'application/json');
    expect(reading).toMatchObject({ body: 'json', logins: 1, users: [{ name: 'eve', count: 1 }] });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it('tells a login in a multipart form, and no file', () => {
    const parts = [
      'Content-Disposition: form-data; name="log"\r\n\r\nadmin',
      `Content-Disposition: form-data; name="pwd"\r\n\r\n${SECRET}`,
      'Content-Disposition: form-data; name="file"; filename="x.php"\r\n\r\n<?php',
    ];
    const body = `${parts.map((part) => `--B\r\n${part}\r\n`).join('')}--B--\r\n`;
    const reading = read(body, 'multipart/form-data; boundary=B');
    expect(reading).toMatchObject({ body: 'multipart', whole: true, logins: 1, fields: ['log', 'pwd'] });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  it.each([
    ['', 'empty'],
    ['x', 'other'],
    ['<html></html>', 'other'],
    ['\0\0\0\0', 'other'],
    ['{"broken', 'other'],
  ])('%j is %s', (body, kind) => {
    expect(read(body)).toMatchObject({ body: kind, logins: 0, calls: [] });
  });

  it('looks into a compressed body, and not further than a bomb', () => {
    const body = xmlrpcCall('wp.getUsersBlogs', 'admin', SECRET);
    for (const packed of [gzipSync(body), deflateSync(body)])
      expect(read(packed, XML, true, 'gzip')).toMatchObject({ body: 'compressed', logins: 1 });
    expect(read(gzipSync(Buffer.alloc(BODY_MAX * 20)), XML, true, 'gzip')).toMatchObject({
      body: 'compressed',
      whole: false,
    });
  });
});

describe('any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(text)),
    fc
      .array(
        fc
          .constantFrom('<methodCall>', '<methodName>', '</methodName>', '<params>', '<param>', '<value>', '</value>')
          .map((tag) => tag) as fc.Arbitrary<string>,
        { maxLength: 60 },
      )
      .map((tags) => Buffer.from(`<methodCall>${tags.join('wp.getUsersBlogs')}`)),
    fc.json().map((text) => Buffer.from(text)),
  );

  it('are read without a fault, within bounds', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(XML, 'multipart/form-data; boundary=B', ''),
        fc.boolean(),
        (raw, type, whole) => {
          const reading = readBody({ bytes: raw, whole, contentType: type });
          expect(reading.users.length).toBeLessThanOrEqual(12);
          expect(JSON.stringify(reading).length).toBeLessThan(8000);
        },
      ),
    );
  });

  it('never give a password away, wherever a body is cut', () => {
    const bodies = [
      xmlrpcCall('wp.getUsersBlogs', 'admin', SECRET),
      multicall([
        ['admin', SECRET],
        ['bob', SECRET],
      ]),
      loginForm('admin', SECRET),
      JSON.stringify({ username: 'a', password: SECRET }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.nat(700), fc.boolean(), (body, at, whole) => {
        const reading = readBody({ bytes: Buffer.from(body.slice(0, at)), whole });
        expect(JSON.stringify(reading)).not.toMatch(/hunter|s3cret/);
      }),
      { numRuns: 500 },
    );
  });
});

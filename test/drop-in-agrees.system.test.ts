// The drop-in reads in PHP what Seawall's parsers read from packets: both are held to each other on the same bodies.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loginForm, multicall, pingback, xmlrpcCall } from '../src/formats/requests/bodies.fixture.ts';
import { readBody } from '../src/formats/requests/body.ts';
import { readNotes } from '../src/formats/requests/notes.ts';
import type { BodyReading } from '../src/model/capture.ts';
import { dropIn } from '../src/remedies/capture/drop-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-agrees-'));
const record = join(folder, 'record');
const tally = join(folder, 'tally');
const prepend = join(folder, 'prepend.php');
const page = join(folder, 'page.php');
writeFileSync(page, '<?php');
writeFileSync(prepend, dropIn({ until: Date.now() + 600_000, count: 1000 }, [{ record, tally }]));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'hunter2-s3cret';

function inPhp(body: Uint8Array, type: string): { reading: BodyReading; raw: string } {
  writeFileSync(record, '');
  writeFileSync(tally, '');
  const result = spawnSync('php-cgi', ['-n', '-d', `auto_prepend_file=${prepend}`], {
    input: body,
    env: {
      PATH: '/usr/bin:/bin',
      REDIRECT_STATUS: '200',
      REQUEST_METHOD: 'POST',
      SCRIPT_FILENAME: page,
      REQUEST_URI: '/xmlrpc.php',
      REMOTE_ADDR: '198.51.100.7',
      CONTENT_TYPE: type,
      CONTENT_LENGTH: `${body.length}`,
    },
  });
  expect(result.stdout.toString()).not.toMatch(/warning|error/i);
  const raw = readFileSync(record, 'utf8');
  const [request] = readNotes(raw).requests;
  if (!request) throw new Error(`nothing noted: ${raw}`);
  const { body: kind, whole, calls, moreCalls, logins, users, pingbacks, morePingbacks, fields } = request;
  return { reading: { body: kind, whole, calls, moreCalls, logins, users, pingbacks, morePingbacks, fields }, raw };
}

function expectSame(body: string | Uint8Array, type: string): void {
  const bytes = Buffer.from(body);
  const { reading, raw } = inPhp(bytes, type);
  expect(reading).toEqual(readBody({ bytes, whole: true, contentType: type }));
  expect(raw).not.toMatch(/hunter|s3cret/);
}

const XML = 'text/xml';
const FORM = 'application/x-www-form-urlencoded';
const many = Array.from({ length: 300 }, (_, i) => [`user${i % 20}`, `${SECRET}${i}`] as const);
const multi = multicall(many);

describe('the drop-in agrees with the parsers', () => {
  it.each([
    ['a guess', xmlrpcCall('wp.getUsersBlogs', 'admin', SECRET), XML],
    ['a method with its user second', xmlrpcCall('wp.getProfile', '1', 'admin', SECRET), XML],
    ['a method with its user third', xmlrpcCall('blogger.newPost', 'k', '1', 'admin', SECRET), XML],
    ['a method of a plugin', xmlrpcCall('shop.login', 'admin', SECRET), XML],
    ['Jetpack', xmlrpcCall('jetpack.verifyAction'), XML],
    ['a user with entities and umlauts', xmlrpcCall('wp.getUsersBlogs', 'J&amp;rg &#252;&#x4e2d; ü', SECRET), XML],
    ['a multicall', multi, XML],
    ['a multicall that is cut', multi.slice(0, 40_001), XML],
    ['a pingback', pingback('http://u:p@Victim.example/a?k=1#x', 'https://example.org/b/'), XML],
    ['CDATA and comments', xmlrpcCall('wp.getUsersBlogs', '<![CDATA[a<b]]>', `<!-- x -->${SECRET}`), XML],
    [
      'a document type',
      `<!DOCTYPE x [<!ENTITY b "c">]>${xmlrpcCall('wp.getUsersBlogs', '&b;', SECRET).slice(39)}`,
      XML,
    ],
    ['damage', xmlrpcCall('wp.getUsersBlogs', 'admin', SECRET).replace('</params>', '</param>'), XML],
    ['deep nesting', `<methodCall><methodName>x</methodName>${'<a>'.repeat(100)}`, XML],
    ['empty elements', '<methodCall><methodName>x</methodName><params/></methodCall>', XML],
    ['nothing', '', XML],
    ['garbage', '\u0001\u0002', XML],
    ['text', 'just some text', 'text/plain'],
    ['a login form', loginForm('admin', SECRET), FORM],
    ['a form that is none', '<x>=', FORM],
    ['other forms', 'a=1&b=2', FORM],
    [
      'JSON',
      JSON.stringify({ data: [{ username: 'eve', password: SECRET, more: { deep: [1, 2] } }] }),
      'application/json',
    ],
    ['cut JSON', `{"username":"eve","password":"${SECRET}`, 'application/json'],
  ])('on %s', (_, body, type) => expectSame(body, type));

  it('on a multipart form', () => {
    const part = (name: string, value: string) =>
      `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    expectSame(`${part('log', 'admin')}${part('pwd', SECRET)}--B--\r\n`, 'multipart/form-data; boundary=B');
  });

  it('on bodies made at random, wherever they are cut', () => {
    const name = fc.constantFrom('wp.getUsersBlogs', 'pingback.ping', 'system.multicall', 'metaWeblog.newPost', 'x y');
    const value = fc.constantFrom(
      'admin',
      '',
      ' 1 ',
      'http://v.example/x?y',
      'é',
      '&lt;',
      '<array><data><value>1</value></data></array>',
    );
    const call = fc
      .tuple(name, fc.array(value, { maxLength: 5 }))
      .map(([method, params]) => xmlrpcCall(method, ...params));
    const struct = fc
      .tuple(name, fc.array(value, { maxLength: 4 }))
      .map(([method, params]) =>
        multi.replace(
          /<data>.*<\/data>/s,
          `<data><value><struct><member><name>methodName</name><value>${method}</value></member><member><name>params</name><value><array><data>${params.map((one) => `<value>${one}</value>`).join('')}</data></array></value></member></struct></value></data>`,
        ),
      );
    const form = fc
      .array(
        fc.tuple(
          fc.constantFrom('log', 'pwd', 'user', 'other', '', 'action'),
          fc.constantFrom('', 'a+b', '%41', '1=2'),
        ),
        { maxLength: 6 },
      )
      .map((fields) => fields.map(([key, text]) => `${key}=${text}`).join('&'));
    const body = fc.tuple(fc.oneof(call, struct, form), fc.double({ min: 0.3, max: 1.6, noNaN: true }));
    fc.assert(
      fc.property(body, ([text, share]) => expectSame(text.slice(0, Math.ceil(text.length * share)), XML)),
      { numRuns: 150, endOnFailure: true },
    );
  });
});

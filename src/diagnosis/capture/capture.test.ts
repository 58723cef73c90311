import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../../model/capture.ts';
import { distinct } from '../../model/distinct.ts';
import { table } from '../../model/table.ts';
import type { ReplyTally } from '../../model/traffic.ts';
import { readXmlrpc } from '../../symptoms/view/xmlrpc-replies.ts';
import { judgeCapture } from './index.ts';
import { replyBytesOf } from './sender.ts';

const PLAIN: CapturedRequest = {
  source: '203.0.113.66',
  method: 'POST',
  path: '/xmlrpc.php',
  marks: [],
  body: 'xmlrpc',
  whole: true,
  calls: [],
  moreCalls: 0,
  logins: 0,
  users: [],
  pingbacks: [],
  morePingbacks: 0,
  fields: [],
};

const guess = (user: string, more: Partial<CapturedRequest> = {}): CapturedRequest => ({
  ...PLAIN,
  calls: [{ name: 'wp.getUsersBlogs', count: 1 }],
  logins: 1,
  users: [{ name: user, count: 1 }],
  ...more,
});
const multi = (logins: number): CapturedRequest => ({
  ...PLAIN,
  calls: [
    { name: 'wp.getUsersBlogs', count: logins },
    { name: 'system.multicall', count: 1 },
  ],
  logins,
  users: [{ name: 'admin', count: logins }],
});
const ping = (from: string): CapturedRequest => ({
  ...PLAIN,
  calls: [{ name: 'pingback.ping', count: 1 }],
  pingbacks: [{ from, to: 'https://example.org/a/', count: 1 }],
});
const idle: CapturedRequest = { ...PLAIN, body: 'empty' };
const times = (count: number, request: CapturedRequest, spacingMs = 1000): CapturedRequest[] =>
  Array.from({ length: count }, (_, i) => ({ ...request, at: 1_000_000 + i * spacingMs }));

const judge = (requests: readonly CapturedRequest[], trustedProxies: string[] = []) =>
  judgeCapture(requests, { trustedProxies });

describe('captured requests', () => {
  it('are a password attack, with the users and how many guesses', () => {
    const verdict = judge([...times(30, guess('admin')), ...times(12, guess('editor'))]);
    expect(verdict).toMatchObject({ kind: 'passwords', logins: 42, letIn: [] });
    expect(verdict.users).toEqual([
      { name: 'admin', count: 30 },
      { name: 'editor', count: 12 },
    ]);
    expect(verdict.sureness).toBeGreaterThan(0.95);
  });

  it('are a password attack in a single multicall', () => {
    expect(judge([multi(500)])).toMatchObject({ kind: 'passwords', logins: 500 });
  });

  it('are a password attack when they come faster than anybody types', () => {
    expect(judge(times(6, guess('admin'))).kind).toBe('passwords');
    expect(judge(times(6, guess('admin'), 30_000)).kind).toBe('legitimate');
  });

  it('say who was let in', () => {
    const refused = times(20, guess('admin', { reply: { accepted: 0, refused: 1 } }));
    const verdict = judge([...refused, guess('admin', { reply: { accepted: 1, refused: 0 } })]);
    expect(verdict).toMatchObject({ kind: 'passwords', letIn: ['203.0.113.66'] });
  });

  it('are reflection, with whom it hits', () => {
    const verdict = judge(times(40, ping('http://victim.example/x')));
    expect(verdict).toMatchObject({
      kind: 'reflection',
      pingbacks: 40,
      victims: [{ name: 'victim.example', count: 40 }],
    });
    expect(verdict.senders[0]?.replyBytes).toEqual([370]);
  });

  it('are a denial of service when there is nothing in them', () => {
    expect(judge(times(60, idle)).kind).toBe('denial-of-service');
    expect(judge(times(60, { ...PLAIN, body: 'other' })).kind).toBe('denial-of-service');
    expect(judge(times(60, { ...PLAIN, calls: [{ name: 'system.listMethods', count: 1 }] })).kind).toBe(
      'denial-of-service',
    );
  });

  it('are not called a denial of service when their bodies could not be seen', () => {
    expect(judge(times(15, { ...PLAIN, body: 'unseen' }, 10_000)).kind).toBe('unclear');
  });

  it('are ordinary work of Jetpack, the app, a program that logs in, and people', () => {
    const jetpack = times(30, { ...PLAIN, marks: ['jetpack'], calls: [{ name: 'jetpack.syncObject', count: 1 }] }, 500);
    const app = ['wp.getUsersBlogs', 'wp.getOptions', 'wp.getPosts', 'wp.getComments'].flatMap((method) =>
      times(4, {
        ...guess('jane', { source: '198.51.100.9', agent: 'wp-android/24.1' }),
        calls: [{ name: method, count: 1 }],
      }),
    );
    const desktop = app.map(({ agent: _, ...request }) => ({ ...request, source: '198.51.100.10' }));
    const login: CapturedRequest = {
      ...guess('joe', { source: '198.51.100.11', path: '/wp-login.php', body: 'form', calls: [] }),
      fields: ['log', 'pwd'],
    };
    const verdict = judge([...jetpack, ...app, ...desktop, login]);
    expect(verdict).toMatchObject({ kind: 'legitimate', logins: 0, users: [] });
    expect(Object.fromEntries(verdict.senders.map(({ address, kind }) => [address, kind]))).toEqual({
      '203.0.113.66': 'client',
      '198.51.100.9': 'client',
      '198.51.100.10': 'client',
      '198.51.100.11': 'visitor',
    });
  });

  it('believe no mark against the deeds', () => {
    const fake = times(40, guess('admin', { agent: 'wp-iphone/24.1', marks: ['jetpack'] }));
    expect(judge(fake).kind).toBe('passwords');
  });

  it('name the attackers, and leave those out who work', () => {
    const app = times(
      5,
      guess('jane', { source: '198.51.100.9', agent: 'wp-android/24.1', reply: { accepted: 1, refused: 0 } }),
    );
    const verdict = judge([...times(50, ping('http://victim.example/')), ...app]);
    expect(verdict.kind).toBe('reflection');
    expect(verdict.senders.map(({ kind }) => kind)).toEqual(['reflection', 'client']);
    expect(
      judge([...times(50, ping('http://victim.example/')), ...times(40, guess('a', { source: '192.0.2.9' }))]).kind,
    ).toBe('mixed');
  });

  it('are an attack from many addresses that each do little', () => {
    const spread = Array.from({ length: 30 }, (_, i) => guess('admin', { source: `198.51.100.${i}` }));
    expect(judge(spread)).toMatchObject({ kind: 'passwords', logins: 30 });
    const people = spread.slice(0, 6);
    expect(judge(people).kind).toBe('legitimate');
    const pings = Array.from({ length: 12 }, (_, i) => ({
      ...ping('http://victim.example/'),
      source: `198.51.100.${i}`,
    }));
    expect(judge(pings).kind).toBe('reflection');
    expect(judge(pings.slice(0, 2)).kind).toBe('legitimate');
  });

  it('are told apart behind proxies that are known, and no other', () => {
    const behind = times(20, guess('admin', { source: '10.0.0.1', forwarded: ['198.51.100.1', '203.0.113.9'] }));
    expect(judge(behind).senders[0]?.address).toBe('10.0.0.1');
    expect(judge(behind, ['10.0.0.0/8']).senders[0]?.address).toBe('203.0.113.9');
    const own = times(20, guess('admin', { source: '127.0.0.1', forwarded: ['203.0.113.9'] }));
    expect(judge(own).senders[0]?.address).toBe('203.0.113.9');
  });

  it('may be none, or too few to tell', () => {
    expect(judge([]).kind).toBe('nothing');
    expect(judge([idle]).kind).toBe('unclear');
  });

  it('agree with what the sizes of replies betray in the access log', () => {
    const meaning = (request: CapturedRequest) => {
      const bytes = replyBytesOf(request);
      const key = `HTTP/1.1 200 ${bytes}`;
      const xmlrpc = table<ReplyTally>(10);
      xmlrpc.entries.set(key, { count: 1, first: 0, last: 0, sources: distinct(), targets: distinct(), examples: [] });
      return readXmlrpc({ xmlrpc, bytes: 'body' }).meaningOf(key);
    };
    expect(meaning(ping('http://v.example/'))).toEqual({ kind: 'pingback' });
    expect(meaning(guess('a'))).toEqual({ kind: 'guess', guesses: 1 });
    for (const logins of [3, 10, 1000]) expect(meaning(multi(logins))).toEqual({ kind: 'guess', guesses: logins });
    // The log alone can't tell these from guesses; the capture can.
    expect(meaning(idle)).toEqual({ kind: 'guess', guesses: 1 });
  });

  it('are always judged, whatever they are', () => {
    const any = fc.record({
      at: fc.nat(1e9),
      source: fc.constantFrom('198.51.100.1', '2001:db8::1', '::1'),
      logins: fc.nat(20),
      body: fc.constantFrom(...(['empty', 'xmlrpc', 'form', 'json', 'other', 'unseen'] as const)),
      users: fc.array(fc.record({ name: fc.string(), count: fc.nat(9) }), { maxLength: 3 }),
      fields: fc.array(fc.string(), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (some) => {
        const verdict = judge(some.map((one) => ({ ...PLAIN, ...one })));
        expect(verdict.sureness).toBeGreaterThanOrEqual(0);
        expect(verdict.sureness).toBeLessThanOrEqual(1);
        expect(Object.values(verdict.byKind).reduce((sum, count) => sum + count, 0)).toBe(some.length);
      }),
    );
  });
});

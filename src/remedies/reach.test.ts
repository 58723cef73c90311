// What must hold of reach: it counts what a remedy stops, and names whom else it hits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advise } from './index.ts';
import { distinctTargets } from './reach.ts';
import { trafficOf } from './traffic.fixture.ts';

const XMLRPC = 'POST /xmlrpc.php';
const reason = 'a test';

/** One attacker, the phone app, a Jetpack-like client, and readers. */
const flood = trafficOf([
  { from: '203.0.113.66', endpoints: { [XMLRPC]: 400 }, eachMs: 11_000 },
  { from: '198.51.100.50', endpoints: { [XMLRPC]: 6 }, agent: 'wp-android/22.1' },
  { from: '198.51.100.51', endpoints: { [XMLRPC]: 12 }, agent: 'Jetpack by WordPress.com' },
  { from: '198.51.100.10', endpoints: { 'GET /': 3, 'GET /style.css': 5 }, assets: 5 },
]);

describe('the reach of a denied endpoint', () => {
  it('stops nearly all of the cost, and names the good clients that it hits as well', () => {
    const { reach } = advise({ kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason }, flood);
    expect(reach?.requests).toBe(418);
    expect(reach?.costShare).toBeGreaterThan(0.99);
    expect(reach?.bystanders).toEqual(['198.51.100.51', '198.51.100.50']);
    expect(reach?.bystanderCount).toBe(2);
  });

  it('does not hit those who are excepted', () => {
    const plan = { kind: 'deny-endpoint', path: '/xmlrpc.php', except: ['198.51.100.0/24'], reason } as const;
    const { reach } = advise(plan, flood);
    expect(reach?.requests).toBe(400);
    expect(reach?.bystanders).toEqual([]);
  });

  it('calls nobody a bystander when many sources do the same', () => {
    const many = trafficOf(
      Array.from({ length: 50 }, (_, i) => ({ from: `203.0.${i}.7`, endpoints: { [XMLRPC]: 8 } })),
    );
    const { reach } = advise({ kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason }, many);
    expect(reach).toMatchObject({ requests: 400, costShare: 1, bystanderCount: 0 });
  });

  it('finds the same file in another folder, as <Files> does', () => {
    const blog = trafficOf([
      { from: '203.0.113.66', endpoints: { 'POST /blog/xmlrpc.php': 9, 'POST /xmlrpc.php?rsd': 1 } },
    ]);
    expect(advise({ kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason }, blog).reach?.requests).toBe(10);
  });
});

describe('the reach of a block', () => {
  it('of one address hits nobody else', () => {
    const plan = { kind: 'block', targets: ['203.0.113.66'], forSeconds: 3600, reason } as const;
    expect(advise(plan, flood).reach).toMatchObject({ requests: 400, bystanders: [], bystanderCount: 0 });
  });

  it('of a network names those in it who only read', () => {
    const search = trafficOf([
      ...Array.from({ length: 8 }, (_, i) => ({ from: `203.0.113.${i + 1}`, endpoints: { 'GET /': 40 }, eachMs: 500 })),
      { from: '203.0.113.200', endpoints: { 'GET /': 1, 'GET /a.css': 8, 'GET /about/': 2 }, assets: 8 },
      { from: '203.0.113.201', endpoints: { 'GET /.env': 1 }, probes: 1 },
      { from: '198.51.100.1', endpoints: { 'GET /': 4 } },
    ]);
    const plan = { kind: 'block', targets: ['203.0.113.0/24', '203.0.113.5'], forSeconds: 3600, reason } as const;
    const { reach } = advise(plan, search);
    expect(reach?.requests).toBe(332);
    expect(reach?.bystanders).toEqual(['203.0.113.200']);
  });

  it('of a proxy says so by naming the proxy', () => {
    const behind = trafficOf(
      [{ from: '203.0.113.66', endpoints: { 'GET /': 9 } }],
      [{ address: '198.51.100.9', requests: 9, why: 'configured' }],
    );
    const plan = { kind: 'block', targets: ['198.51.100.9'], forSeconds: 3600, reason } as const;
    expect(advise(plan, behind).reach?.bystanders).toEqual(['198.51.100.9']);
  });
});

describe('the reach of a limit', () => {
  const logins = trafficOf([
    { from: '203.0.113.66', endpoints: { 'POST /wp-login.php': 600 }, minutes: 10, loginFailed: 600 },
    {
      from: '198.51.100.2',
      endpoints: { 'POST /wp-login.php': 2, 'GET /wp-admin/': 20 },
      loginPassed: 1,
      loginFailed: 1,
    },
  ]);

  it('counts what is beyond the limit, and leaves a person alone', () => {
    const { reach } = advise({ kind: 'limit-endpoint', path: '/wp-login.php', perMinute: 6, reason }, logins);
    expect(reach).toMatchObject({ requests: 540, bystanders: [], bystanderCount: 0 });
  });

  it('of a robot covers all that it sent under its name', () => {
    const robots = trafficOf([
      {
        from: '192.0.2.1',
        endpoints: { 'GET /': 90 },
        agent: 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)',
      },
      { from: '198.51.100.2', endpoints: { 'GET /': 10 } },
    ]);
    const { reach } = advise({ kind: 'limit-agent', agent: 'GPTBot', reason }, robots);
    expect(reach).toMatchObject({ requests: 90, bystanderCount: 0 });
    expect(reach?.costShare).toBeCloseTo(0.9);
  });

  it('is not told where traffic does not bear on it', () => {
    expect(advise({ kind: 'restart-web', reason }, flood).reach).toBeUndefined();
  });
});

describe('targets', () => {
  it('that lie within another are not counted twice', () => {
    const texts = distinctTargets([
      '203.0.113.7',
      '203.0.113.99/24',
      '203.0.113.0/24',
      '2001:DB8::7',
      '2001:db8::/64',
      'x',
    ]);
    expect(texts.map((target) => target.text)).toEqual(['203.0.113.0/24', '2001:db8::/64']);
  });

  it('never make reach exceed the record', () => {
    const target = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.constantFrom('203.0.113.0/24', '203.0.0.0/16', '198.51.100.0/30'),
    );
    fc.assert(
      fc.property(fc.array(target, { maxLength: 6 }), (targets) => {
        const { reach } = advise({ kind: 'block', targets, forSeconds: 60, reason }, flood);
        expect(reach?.requests).toBeLessThanOrEqual(flood.whole.total.requests);
        expect(reach?.costShare).toBeGreaterThanOrEqual(0);
        expect(reach?.costShare).toBeLessThanOrEqual(1);
      }),
    );
  });
});

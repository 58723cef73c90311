// A flood is one source, one network that rotates, or many that act as one; whoever stands for many people is none.
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { ATTACKER, BROWSER, found, readers, requests, visitor } from './dossier.fixture.ts';
import { requestFlood } from './request-flood.ts';

const CURL = 'python-requests/2.31';
const search = (client: string, times: number, everyS: number, fromS = 0, agent = CURL): AccessEntry[] =>
  requests(times, everyS, (i) => ({ client, agent, target: `/?s=${client}${i}` }), fromS);

describe('a flood from one address', () => {
  it('is named with its rate, its share and what it asked for', () => {
    const [flood] = found(requestFlood, { access: [...readers(10), ...search(ATTACKER, 600, 0.5, 60)] });
    expect(flood?.measure).toMatchObject({
      kind: 'address',
      sources: [ATTACKER],
      sourceCount: 1,
      endpoint: 'GET /?s',
      endpointShare: 1,
    });
    expect(flood?.measure.ratePerS).toBeCloseTo(2, 0);
    expect(flood?.measure.costShare).toBeGreaterThan(0.85);
  });

  it('is told by its rate where it asks for files that cost no worker', () => {
    const files = requests(3000, 0.02, { client: ATTACKER, target: '/big.jpg' }, 30);
    expect(found(requestFlood, { access: [...readers(10), ...files] })).toMatchObject([
      { measure: { kind: 'address', sources: [ATTACKER] } },
    ]);
  });

  it.each([
    ['fewer than 60 requests', search(ATTACKER, 59, 0.5)],
    ['a monitor that asks once a minute', search(ATTACKER, 60, 60, 0, 'check_http/2.3')],
    ['a source that takes a small share', search(ATTACKER, 120, 5)],
    [
      'many phones behind the address of one carrier',
      Array.from({ length: 40 }, (_, n) =>
        readers(1, { fromS: n, everyS: 20, fields: { agent: `Mozilla/5.0 (Linux; Android ${n % 7})` } }),
      )
        .flat()
        .map((line) => ({ ...line, client: '203.0.113.1' })),
    ],
    [
      'a search engine that its network proves',
      search('66.249.66.1', 600, 0.5, 0, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
    ],
  ])('is not %s', (_what, lines) => {
    expect(found(requestFlood, { access: [...readers(20, { everyS: 10 }), ...lines] })).toEqual([]);
  });

  it('is not a search engine that only claims to be one', () => {
    const claims = search(ATTACKER, 600, 0.5, 0, 'Mozilla/5.0 (compatible; Googlebot/2.1)');
    expect(found(requestFlood, { access: [...readers(5), ...claims] })).toMatchObject([
      { measure: { sources: [ATTACKER] } },
    ]);
  });
});

describe('a flood from one network', () => {
  const rotating = (hosts: number, agent = CURL) =>
    Array.from({ length: hosts }, (_, n) => search(`203.0.113.${n + 1}`, 12, hosts * 0.25, n * 0.25, agent)).flat();

  it('is summed up, though each address asks for little', () => {
    expect(found(requestFlood, { access: [...readers(10), ...rotating(50)] })).toMatchObject([
      { measure: { kind: 'network', sources: ['203.0.113.0/24'], sourceCount: 1 } },
    ]);
  });

  it('is not a company whose people read', () => {
    const people = readers(30, { everyS: 20 }).map((line) => ({
      ...line,
      client: line.client.replace(/^198\.18\.(\d+)\.7$/, '203.0.113.$1'),
    }));
    expect(found(requestFlood, { access: [...readers(5, { first: 100 }), ...people] })).toEqual([]);
  });
});

describe('a flood from many networks', () => {
  const swarm = (hosts: number, each: number, fields = { agent: CURL }) =>
    Array.from({ length: hosts }, (_, n) =>
      requests(each, 20, (i) => ({ client: visitor(n + 50), target: `/api/quote?x=${n}${i}`, ...fields }), n * 0.1),
    ).flat();

  it('is told by what they have in common', () => {
    expect(found(requestFlood, { access: [...readers(10), ...swarm(120, 10)] })).toMatchObject([
      { measure: { kind: 'distributed', sourceCount: 120, endpointShare: 1 } },
    ]);
  });

  it('is fifteen sources or more', () => {
    expect(found(requestFlood, { access: [...readers(10), ...swarm(14, 12)] })).toEqual([]);
  });

  it('is not a crowd, which loads what belongs to a page and comes by a link', () => {
    expect(
      found(requestFlood, { access: [...readers(10), ...readers(150, { fromS: 300, everyS: 60, first: 50 })] }),
    ).toEqual([]);
  });

  it('is not people who come by a link to a page without pictures', () => {
    const come = requests(900, 0.2, (i) => ({
      client: visitor(i % 200),
      target: '/news/',
      agent: `${BROWSER} ${i % 9}`,
      referer: 'https://news.example/',
    }));
    expect(found(requestFlood, { access: come })).toEqual([]);
  });
});

// One endpoint, few sources, and a share of the cost that it does not have otherwise.
import { describe, expect, it } from 'vitest';
import { ATTACKER, found, readers, requests, visitor } from './dossier.fixture.ts';
import { endpointAbuse } from './endpoint-abuse.ts';

const SEARCH = { method: 'GET', target: '/?s=x' };
const abuse = (times: number, everyS: number, fromS = 0) =>
  requests(times, everyS, { ...SEARCH, client: ATTACKER }, fromS);

describe('endpoint-abuse', () => {
  it('names the endpoint, who asks most for it, and the share it had before', () => {
    const access = [...readers(10, { untilS: 1200 }), ...abuse(300, 1, 600)];
    expect(found(endpointAbuse, { access })).toMatchObject([
      { measure: { endpoint: 'GET /?s', requests: 300, topSource: ATTACKER, topShare: 1, sources: 1, normalShare: 0 } },
    ]);
  });

  it.each([
    ['fewer than 50 requests', [...readers(10), ...abuse(49, 1)]],
    ['a monitor that asks for one page every ten seconds', [...readers(10), ...abuse(60, 10)]],
    ['what takes no share that matters', [...readers(50, { everyS: 5 }), ...abuse(120, 5)]],
    [
      'a page that many visitors ask for',
      requests(600, 1, (i) => ({ ...SEARCH, client: visitor(i % 100), referer: 'https://www.example.org/' })),
    ],
  ])('is not %s', (_what, access) => {
    expect(found(endpointAbuse, { access })).toEqual([]);
  });

  it('is not what the site is there for: the endpoint has that share at all times', () => {
    const usual = requests(120, 10, (i) => ({ ...SEARCH, client: visitor(i % 30) }));
    expect(found(endpointAbuse, { access: [...usual, ...abuse(300, 1, 500)] })).toEqual([]);
  });
});

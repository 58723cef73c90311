// Naming an innocent is worse than naming nobody: who is a culprit, who never is, and when a network takes the place of addresses.
import { describe, expect, it } from 'vitest';
import type { Traffic } from '../model/traffic.ts';
import { ATTACKER, at, dossierOf, readers, requests } from '../symptoms/dossier.fixture.ts';
import { blame, costOf, innocence } from './blame.ts';
import { type Scene, sceneOf } from './scene.ts';

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const SPAN = { from: at(0), to: at(600) };

function sceneWith(clients: Readonly<Record<string, number>>, more: Partial<Traffic> = {}, agent = 'curl/8'): Scene {
  const access = Object.entries(clients).flatMap(([client, times]) =>
    requests(times, 600 / times, { client, agent, target: '/?s=x' }),
  );
  const dossier = dossierOf({ access: [...readers(5), ...access] });
  return sceneOf({ ...dossier, ...(dossier.traffic && { traffic: { ...dossier.traffic, ...more } }) }, []);
}
const named = (scene: Scene, ids: readonly string[]): string[] => blame(scene, ids, SPAN).map(({ id }) => id);

describe('blame', () => {
  it('gives each culprit its requests, its worker-seconds and their share', () => {
    const [culprit] = blame(sceneWith({ [ATTACKER]: 600 }), [ATTACKER], SPAN);
    expect(culprit).toMatchObject({ kind: 'address', id: ATTACKER, requests: 600 });
    expect(culprit?.workerSeconds).toBeCloseTo(150, 0);
    expect(culprit?.share).toBeCloseTo(150 / (150 + 50 * 0.25), 1);
    expect(culprit?.facts.join(' ')).toMatch(/"GET \/\?s": 100 % of its requests.*"curl\/8".*no style sheet/);
  });

  it('puts the heaviest first', () => {
    const scene = sceneWith({ '203.0.113.1': 100, '198.51.100.2': 500 });
    expect(named(scene, ['203.0.113.1', '198.51.100.2'])).toEqual(['198.51.100.2', '203.0.113.1']);
  });

  it.each([
    ['a private address', '10.0.0.5', {}],
    ['the host itself', '127.0.0.1', {}],
    ['a carrier-grade NAT', '100.64.1.1', {}],
    ['a published proxy', '104.16.8.8', {}],
    ['a proxy that was believed', '192.0.2.1', { proxies: [{ address: '192.0.2.1', requests: 9, why: 'configured' }] }],
    ['a proxy that hides who asks', '192.0.2.1', { hiddenBehind: [{ address: '192.0.2.1', requests: 9, why: 'x' }] }],
  ])('never names %s', (_what, id, more) => {
    const scene = sceneWith({ [id]: 600, [ATTACKER]: 100 }, more);
    expect(innocence(scene, id)).toBeDefined();
    expect(named(scene, [id, ATTACKER])).toEqual([ATTACKER]);
  });

  it('never names a search engine that its network proves, and does name one that only claims to be', () => {
    const scene = sceneWith({ '66.249.66.1': 600, [ATTACKER]: 600 }, {}, GOOGLEBOT);
    const culprits = blame(scene, ['66.249.66.1', ATTACKER], SPAN);
    expect(culprits.map(({ id }) => id)).toEqual([ATTACKER]);
    expect(culprits[0]?.facts.join(' ')).toContain('which nothing proves');
  });

  it('names who was too light to be kept apart, without a share', () => {
    expect(blame(sceneWith({ [ATTACKER]: 60 }), ['203.0.113.99'], SPAN)).toEqual([
      { kind: 'address', id: '203.0.113.99', share: 0, facts: [] },
    ]);
  });

  it('works without an access log', () => {
    const scene = sceneOf(dossierOf({}), []);
    expect(named(scene, [ATTACKER, '10.0.0.5'])).toEqual([ATTACKER]);
  });

  it('costs nothing where nobody is named', () => {
    expect(costOf(sceneWith({ [ATTACKER]: 60 }), [], SPAN)).toEqual({ workerS: 0, share: 0, requests: 0 });
  });
});

describe('a network in place of its addresses', () => {
  const four = Object.fromEntries([1, 2, 3, 4].map((n) => [`203.0.113.${n}`, 100]));
  const ids = Object.keys(four);

  it('is named for four that are nearly all of it', () => {
    const culprits = blame(sceneWith(four), ids, SPAN);
    expect(culprits).toMatchObject([{ kind: 'network', id: '203.0.113.0/24', requests: 400 }]);
    expect(culprits[0]?.facts.join(' ')).toContain('4 addresses of this network took part.');
  });

  it('is not named for three', () => {
    expect(named(sceneWith(four), ids.slice(0, 3)).sort()).toEqual(ids.slice(0, 3));
  });

  it('is not named where innocents live in it', () => {
    const scene = sceneWith({ ...four, '203.0.113.200': 80, '203.0.113.201': 80 });
    expect(named(scene, ids).sort()).toEqual(ids);
  });
});

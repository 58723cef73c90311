// Live, before the log has a line: who holds the workers decides, and nobody is blamed for being one of many.
import { describe, expect, it } from 'vitest';
import type { ConnectionState, InFlightRequest, Sample } from '../model/sample.ts';
import { at, dossierOf } from '../symptoms/dossier.fixture.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { diagnose } from './index.ts';

interface Flying {
  readonly client: string;
  readonly beginS: number;
  readonly lastsS: number;
  readonly target?: string;
  readonly method?: string;
}

/** Six looks, a second apart, from the 20th second on. */
function live(flying: readonly Flying[], more: Partial<Sample> = {}): Sample[] {
  return [20, 21, 22, 23, 24, 25].map((second, i) => {
    const inFlight = flying.flatMap(
      ({ client, beginS, lastsS, target = '/xmlrpc.php', method = 'POST' }, n): InFlightRequest[] =>
        second >= beginS && second < beginS + lastsS
          ? [{ seenBy: 'cgi', client, method, target, forS: second - beginS, pid: 100 + n, state: 'S' }]
          : [],
    );
    return {
      at: at(second),
      evidence: { file: 'this host, sampled', line: i + 1, text: '{}' },
      cpus: 1,
      memory: { totalKb: 524_288, availableKb: 200_000 },
      programs: [
        {
          name: 'php-cgi',
          count: inFlight.length,
          users: [],
          blocked: 0,
          running: 0,
          zombies: 0,
          pssKb: inFlight.length * 36_000,
        },
        { name: 'mariadbd', count: 1, users: [], blocked: 0, running: 0, zombies: 0, rssKb: 90_000 },
      ],
      inFlight,
      probe: { url: 'http://www.example.org/', status: 200, ms: 300 },
      ...more,
    };
  });
}

const PINGBACKS = Array.from({ length: 25 }, (_, i) => ({ client: '203.0.113.66', beginS: 9 + i, lastsS: 11.3 }));
const OUT: ConnectionState[] = [{ peer: '192.0.2.200', peerPort: 80, state: 'SYN-SENT', count: 9 }];

function verdictOf(samples: readonly Sample[]) {
  const dossier = dossierOf({ samples });
  return diagnose(dossier, findSymptoms(dossier));
}

describe('a pingback flood that no log has yet', () => {
  it('is named by what is in flight and whom the host calls', () => {
    const verdict = verdictOf(live(PINGBACKS, { connections: OUT }));
    expect(verdict.cause).toBe('pingback-abuse');
    expect(verdict.culprits).toMatchObject([{ kind: 'address', id: '203.0.113.66' }]);
    expect(verdict.culprits[0]?.facts[0]).toContain('requests in flight at once');
    expect(verdict.remarks.join(' ')).toContain('192.0.2.200');
    expect(verdict.plans.map(({ kind }) => kind)).toContain('block');
  });

  it('is a flood of one address where nobody is called', () => {
    const verdict = verdictOf(live(PINGBACKS));
    expect(verdict.cause).toBe('request-flood');
    expect(verdict.culprits.map(({ id }) => id)).toEqual(['203.0.113.66']);
  });

  it('does not blame a proxy that stands in front', () => {
    const verdict = verdictOf(live(PINGBACKS.map((one) => ({ ...one, client: '10.0.0.5' }))));
    expect(verdict.culprits).toEqual([]);
  });
});

describe('many visitors at once', () => {
  const crowd = Array.from({ length: 60 }, (_, i) => ({
    client: `198.51.${100 + (i % 3)}.${10 + i}`,
    beginS: 8 + (i % 18),
    lastsS: 12,
    method: 'GET',
    target: ['/', '/?p=5', '/shop/', '/?cat=1'][i % 4] ?? '/',
  }));

  it('pile up, and nobody of them is blamed', () => {
    const dossier = dossierOf({ samples: live(crowd) });
    const symptoms = findSymptoms(dossier);
    expect(symptoms.map(({ id }) => id)).toContain('worker-pileup');
    expect(symptoms.map(({ id }) => id)).not.toContain('request-flood');
    expect(diagnose(dossier, symptoms).culprits).toEqual([]);
  });
});

describe('a host that works', () => {
  it('is well with a few requests in flight, also when they are slow ones', () => {
    const daily = [
      { client: '198.51.100.7', beginS: 15, lastsS: 9, method: 'POST', target: '/wp-admin/admin-ajax.php' },
      { client: '198.51.100.7', beginS: 21, lastsS: 2, method: 'GET', target: '/wp-admin/' },
      { client: '198.51.100.9', beginS: 22, lastsS: 1, method: 'GET', target: '/' },
    ];
    expect(verdictOf(live(daily)).cause).toBe('none');
  });
});

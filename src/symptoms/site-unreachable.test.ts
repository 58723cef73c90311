// Nobody gets in: a probe without an answer, a door that stays shut, a log that falls silent at once.
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { at, capture, found, peer, requests, samples } from './dossier.fixture.ts';
import { siteUnreachable } from './site-unreachable.ts';

const probes = (values: readonly (number | undefined)[]) => ({
  samples: samples(values, (status) => ({
    probe: { url: 'http://www.example.org/', ms: 300, ...(status !== undefined && { status }) },
  })),
});

describe('site-unreachable by the probe', () => {
  it('is two in a row without an answer', () => {
    expect(found(siteUnreachable, probes([200, undefined, undefined, undefined]))).toMatchObject([
      {
        certainty: 'observed',
        span: { from: at(10), to: at(30) },
        measure: { failures: 3, attempts: 4, seenBy: 'probe' },
      },
    ]);
  });

  it('is not one, and no error page', () => {
    expect(found(siteUnreachable, probes([200, 200, undefined, 200, 200, 200, 200, 200]))).toEqual([]);
    expect(found(siteUnreachable, probes([500, 503, 500]))).toEqual([]);
  });
});

describe('site-unreachable in a capture', () => {
  const knocking = (many: number, established: number) =>
    Array.from({ length: many }, (_, n) => peer(`198.18.${n}.1`, 3, established));

  it('is five different peers who knock and are not let in', () => {
    expect(found(siteUnreachable, { packets: capture({ peers: knocking(5, 0) }) })).toMatchObject([
      { measure: { failures: 5, attempts: 5, seenBy: 'packets' } },
    ]);
    expect(found(siteUnreachable, { packets: capture({ peers: knocking(4, 0) }) })).toEqual([]);
  });

  it('is not a blocked attacker: a capture sees packets before the firewall drops them', () => {
    const peers = [peer('203.0.113.66', 900, 0), ...knocking(20, 3)];
    expect(found(siteUnreachable, { packets: capture({ peers }) })).toEqual([]);
  });
});

describe('site-unreachable by the silence of the access log', () => {
  /** So many visitors, one request each, in each of the 48 windows of 5 minutes that four hours have. */
  const day = (visitorsIn: (window: number) => number): AccessEntry[] =>
    Array.from({ length: 48 }, (_, window) =>
      requests(
        visitorsIn(window),
        300 / Math.max(1, visitorsIn(window)),
        (i) => ({ client: `198.18.${window}.${i}` }),
        window * 300,
      ),
    ).flat();

  it('is inferred from a quarter of an hour with hardly a line, between times of steady traffic', () => {
    const [one] = found(siteUnreachable, { access: day((window) => (window >= 20 && window < 23 ? 1 : 20)) });
    expect(one).toMatchObject({ certainty: 'inferred', measure: { seenBy: 'access-log' } });
    expect((one?.measure.failures ?? 0) / (one?.measure.attempts ?? 1)).toBeGreaterThan(0.8);
    expect(one?.span.from).toBeGreaterThanOrEqual(at(20 * 300 - 300));
    expect(one?.span.to).toBeLessThanOrEqual(at(23 * 300 + 300));
  });

  it.each([
    ['a night that falls slowly', day((window) => Math.round(20 + 18 * Math.cos((window / 48) * 2 * Math.PI)))],
    ['a log that is missing', day((window) => (window >= 20 && window < 23 ? 0 : 20))],
    ['a site with few visitors', day((window) => (window >= 20 && window < 23 ? 0 : 3))],
    ['half of the visitors', day((window) => (window >= 20 && window < 23 ? 10 : 20))],
    ['the end of the record', day((window) => (window >= 40 ? 1 : 20))],
    ['steady traffic', day(() => 20)],
  ])('is not %s', (_what, access) => {
    expect(found(siteUnreachable, { access })).toEqual([]);
  });
});

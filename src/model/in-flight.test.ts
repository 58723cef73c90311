import { describe, expect, it } from 'vitest';
import { inFlightView } from './in-flight.ts';
import type { InFlightRequest, Sample } from './sample.ts';

const EVIDENCE = { file: 'this host, sampled', line: 1, text: '{}' };
const T = Date.UTC(2026, 10, 22, 9, 0, 0);

/** A sample a second; each request is `client`, the second in which it begins, and how long it lasts. */
function samplesOf(
  requests: readonly (readonly [client: string, beginS: number, lastsS: number])[],
  seconds: readonly number[],
  seenBy: InFlightRequest['seenBy'] = 'cgi',
): Sample[] {
  return seconds.map((second) => ({
    at: T + second * 1000,
    evidence: EVIDENCE,
    inFlight: requests.flatMap(([client, begin, lasts], i) =>
      second >= begin && second < begin + lasts
        ? [{ seenBy, client, method: 'POST', target: `/xmlrpc.php?n=${i}`, forS: second - begin, pid: 100 + i }]
        : [],
    ),
  }));
}

describe('what is in flight', () => {
  const pingbacks = Array.from({ length: 20 }, (_, i) => ['203.0.113.66', i, 11] as const);
  const view = inFlightView(samplesOf([...pingbacks, ['198.51.100.7', 13, 1]], [12, 13, 14, 15, 16]));

  it('is added up by source, each request once', () => {
    expect(view?.holders[0]).toMatchObject({
      id: '203.0.113.66',
      atOnce: 11,
      requests: 15,
      endpoint: 'POST /xmlrpc.php?n',
      endpointShare: 1,
      oldestS: 10,
    });
    expect(view?.holders[0]?.share).toBeGreaterThan(0.95);
    expect(view).toMatchObject({ seenBy: 'cgi', peak: 12, last: 11, addresses: 2, samples: 5 });
  });

  it('tells how fast new ones come', () => {
    expect(view?.holders[0]?.perS).toBeCloseTo(1, 0);
  });

  it('is told by who knows most: the same request is not counted twice', () => {
    const both = samplesOf([['203.0.113.66', 0, 9]], [1, 2]).map((sample) => ({
      ...sample,
      inFlight: [
        ...(sample.inFlight ?? []),
        { seenBy: 'socket' as const, client: '203.0.113.66', forS: 1 },
        { seenBy: 'socket' as const, client: '198.51.100.7', forS: 1 },
      ],
    }));
    expect(inFlightView(both)?.holders.map(({ id, atOnce }) => [id, atOnce])).toEqual([['203.0.113.66', 1]]);
  });

  it('of addresses of one network is also added up for the network', () => {
    const search = Array.from({ length: 12 }, (_, i) => [`203.0.113.${10 + (i % 6)}`, i, 8] as const);
    const found = inFlightView(samplesOf(search, [8, 9, 10, 11]));
    expect(found?.networks[0]).toMatchObject({ id: '203.0.113.0/24', addresses: 6, kind: 'network', atOnce: 8 });
  });

  it('behind PHP-FPM is what nearly all of its workers do', () => {
    const samples = samplesOf([['203.0.113.66', 0, 9]], [1, 2], 'socket').map((sample) => ({
      ...sample,
      inFlight: [
        ...(sample.inFlight ?? []).map(({ target: _, method: __, ...socket }) => socket),
        { seenBy: 'fpm' as const, method: 'POST', target: '/wp-login.php', forS: 1, pid: 9 },
      ],
    }));
    expect(inFlightView(samples)?.holders[0]?.endpoint).toBe('POST /wp-login.php');
  });

  it('is nothing where nobody looked', () => {
    expect(inFlightView([{ at: T, evidence: EVIDENCE }])).toBeUndefined();
    expect(inFlightView([{ at: T, evidence: EVIDENCE, inFlight: [] }])).toBeUndefined();
  });
});

// PHP that waits for others is named with the other side; ordinary calls outwards are not.
import { describe, expect, it } from 'vitest';
import type { PhpEvent } from '../model/event.ts';
import { backendTimeouts } from './backend-timeouts.ts';
import { at, capture, event, events, found, sample, samples } from './dossier.fixture.ts';

const WAITED: PhpEvent = {
  kind: 'php',
  level: 'warning',
  what: 'backend-timeout',
  message: 'cURL error 28: Operation timed out after 5000 milliseconds',
  peer: 'api.example.net',
  component: 'plugin shipping',
};
const slowIn = (waitsFor: string) => ({ kind: 'fpm', what: 'slow-request', pool: 'www', waitsFor }) as const;
const open = (peer: string, count: number, peerPort = 443) => ({
  connections: [{ peer, peerPort, count, state: 'ESTAB' }],
});

describe('backend-timeouts', () => {
  it('says from the third complaint on for whom PHP waited, and who made it ask', () => {
    expect(found(backendTimeouts, { events: events(3, 20, WAITED) })).toMatchObject([
      {
        certainty: 'observed',
        span: { from: at(0), to: at(40) },
        measure: { times: 3, peer: 'api.example.net', component: 'plugin shipping' },
      },
    ]);
    expect(found(backendTimeouts, { events: events(2, 20, WAITED) })).toEqual([]);
  });

  it('counts folded complaints', () => {
    expect(found(backendTimeouts, { events: [event(0, WAITED, { times: 40, untilS: 60 })] })).toMatchObject([
      { measure: { times: 40 } },
    ]);
  });

  it("tells by FPM's slow log, but not from requests that wait for the database", () => {
    expect(found(backendTimeouts, { events: events(3, 20, slowIn('curl_exec')) })).toHaveLength(1);
    expect(found(backendTimeouts, { events: events(9, 20, slowIn('mysqli_query')) })).toEqual([]);
  });

  it('infers it from connections that stand open to one foreign service', () => {
    expect(found(backendTimeouts, { samples: samples([0, 0, 0, 8, 9], (n) => open('192.0.2.80', n)) })).toMatchObject([
      { certainty: 'inferred', span: { from: at(30) }, measure: { peer: '192.0.2.80', times: 9 } },
    ]);
  });

  it.each([
    ['a service that is always connected', samples([8, 9, 8, 9, 10], (n) => open('192.0.2.80', n))],
    ['a cache or database on the own side', samples([0, 0, 0, 9, 9], (n) => open('10.0.0.5', n, 8080))],
    ['four connections', [sample(0, open('192.0.2.80', 4))]],
    ['visitors, whose ports are high', [sample(0, open('192.0.2.80', 90, 51234))]],
  ])('is not %s', (_what, seen) => {
    expect(found(backendTimeouts, { samples: seen })).toEqual([]);
  });

  it('sees in a capture that calls are not answered', () => {
    const evidence = { file: 'packets.pcap', line: 7, text: 'IP 192.0.2.10.40000 > 192.0.2.80.80: Flags [S]' };
    // Each call is repeated twice before its time is up.
    const call = (syns: number, established: number) => ({
      packets: capture({
        outgoing: [
          {
            address: '192.0.2.80',
            port: 80,
            syns,
            calls: Math.ceil(syns / 3),
            established,
            first: at(1),
            last: at(50),
            evidence,
          },
        ],
      }),
    });
    expect(found(backendTimeouts, call(30, 0))).toMatchObject([
      { measure: { peer: '192.0.2.80', times: 10 }, evidence: [evidence] },
    ]);
    expect(found(backendTimeouts, call(30, 29))).toEqual([]);
    expect(found(backendTimeouts, call(9, 0))).toEqual([]);
  });
});

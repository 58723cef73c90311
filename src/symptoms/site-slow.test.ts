// Slow by this host's own baseline, for more than one request; a host that is always slow is not sick of that.
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { ATTACKER, at, events, found, readers, requests, samples, visitor } from './dossier.fixture.ts';
import { siteSlow } from './site-slow.ts';

const probes = (values: readonly number[]) => ({
  samples: samples(values, (ms) => ({ probe: { url: 'http://www.example.org/', status: 200, ms } })),
});
const pages = (fromS: number, untilS: number, durationMs: number): AccessEntry[] =>
  requests((untilS - fromS) * 2, 0.5, (i) => ({ client: visitor(i % 20), target: `/p-${i % 9}/`, durationMs }), fromS);

describe('site-slow', () => {
  it('is a probe that waits four times as long as usual, and 2 s', () => {
    expect(found(siteSlow, probes([300, 350, 320, 300, 9000, 10_000]))).toMatchObject([
      { span: { from: at(40), to: at(50) }, measure: { seenBy: 'probe', normalMs: 300, slowMs: 10_000 } },
    ]);
  });

  it.each([
    ['twice as long', probes([1500, 1500, 1600, 1500, 3000, 3000])],
    ['under 2 s', probes([100, 110, 100, 100, 1900, 1900])],
    ['one slow answer', probes([300, 350, 320, 9000, 300, 310])],
    ['a site that always takes its time', probes([4000, 4100, 4000, 4200, 5000, 5200])],
  ])('is not %s by the probe', (_what, seen) => {
    expect(found(siteSlow, seen)).toEqual([]);
  });

  it('is read off logged times', () => {
    const access = [...pages(0, 600, 200), ...pages(600, 700, 14_000)];
    const [slow] = found(siteSlow, { access });
    expect(slow?.measure).toMatchObject({ seenBy: 'access-log', normalMs: 256, slowMs: 16_384, gaveUp: 0 });
    expect(found(siteSlow, { access: pages(0, 700, 200) })).toEqual([]);
  });

  it('is visitors who give up waiting, ten of them', () => {
    const gone = (times: number) => ({
      access: [...readers(10), ...requests(times, 2, { client: visitor(3), target: '/', status: 499 }, 300)],
    });
    expect(found(siteSlow, gone(12))).toMatchObject([{ measure: { gaveUp: 12 } }]);
    expect(found(siteSlow, gone(9))).toEqual([]);
  });

  it('sees visitors give up behind a flood that is answered', () => {
    const flood = requests(6000, 0.1, { client: ATTACKER, target: '/?s=x' });
    const gone = requests(12, 10, { client: visitor(3), target: '/', status: 499 }, 300);
    expect(found(siteSlow, { access: [...readers(5), ...flood, ...gone] })).toMatchObject([
      { measure: { gaveUp: 12 } },
    ]);
  });

  it('is inferred from the error log where nothing tells times', () => {
    const timedOut = { kind: 'web', server: 'nginx', what: 'upstream-timeout' } as const;
    expect(found(siteSlow, { events: events(3, 5, timedOut) })).toMatchObject([{ certainty: 'inferred' }]);
    expect(found(siteSlow, { events: events(2, 5, timedOut) })).toEqual([]);
  });
});

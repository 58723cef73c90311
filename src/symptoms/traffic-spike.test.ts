// Many more people than normal, at once: not a day that fills up, not those who had to wait, not programs.
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { found, requests } from './dossier.fixture.ts';
import { trafficSpike } from './traffic-spike.ts';

const WINDOW_S = 300;

/** Readers, each of whom opens a page and loads what belongs to it, in each of the 48 windows that four hours have. */
function hours(peopleIn: (window: number) => number, fields: Partial<AccessEntry> = {}): AccessEntry[] {
  return Array.from({ length: 48 }, (_, window) => {
    const people = peopleIn(window);
    return requests(
      people * 3,
      WINDOW_S / Math.max(1, people * 3),
      (i) => ({
        client: `198.${18 + (window % 2)}.${window * 5 + Math.floor(i / 600)}.${Math.floor(i / 3) % 200}`,
        target: ['/news/', '/style.css', '/photo.jpg'][i % 3] ?? '/',
        referer: i % 3 === 0 ? 'https://news.example/story' : 'https://www.example.org/news/',
        ...fields,
      }),
      window * WINDOW_S,
    );
  }).flat();
}
const rush = (people: number) => (window: number) => (window >= 30 && window < 34 ? people : 12);

describe('traffic-spike', () => {
  it('says how many came in which time, against how many usually', () => {
    const [spike] = found(trafficSpike, { access: hours(rush(120)) });
    expect(spike?.measure.visitors).toBeGreaterThan(100);
    expect(spike?.measure.normalVisitors).toBeGreaterThan(8);
    expect(spike?.measure.normalVisitors).toBeLessThan(18);
    expect(spike?.measure.ratio).toBeGreaterThan(6);
    expect(spike?.measure.perSeconds).toBeGreaterThanOrEqual(256);
  });

  it('names the site that led them here', () => {
    const [spike] = found(trafficSpike, { access: hours(rush(120), { referer: 'https://news.example/story' }) });
    expect(spike?.measure.referer).toBe('news.example');
  });

  it.each([
    ['twice as many', hours(rush(24))],
    ['a day that fills up', hours((window) => 4 + window * 2)],
    ['an evening that is busy each time', hours((window) => (window % 16 < 4 ? 60 : 10))],
    ['a few more on a quiet site', hours((window) => (window === 30 ? 15 : 1))],
    ['those who had waited while the site was down', hours((w) => (w === 30 ? 90 : w >= 26 && w < 30 ? 1 : 25))],
    ['programs', hours(rush(120), { target: '/api/quote', referer: '', method: 'POST', agent: 'curl/8' })],
  ])('is not %s', (_what, access) => {
    expect(found(trafficSpike, { access })).toEqual([]);
  });

  it('is not said of a record that is all rush: nothing is known of before', () => {
    expect(found(trafficSpike, { access: hours(() => 120) })).toEqual([]);
  });
});

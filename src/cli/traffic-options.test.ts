import { expect, it } from 'vitest';
import { trafficCommandOf } from './traffic-options.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const of = (paths: readonly string[], options: object = {}, onTerminal = true) =>
  trafficCommandOf(paths, options, NOW, onTerminal);

it('without a log it reads standard input, unless that is a terminal', () => {
  expect(of([], {}, false).paths).toEqual(['-']);
  expect(() => of([])).toThrow('traffic: nothing to read. Name access logs');
  expect(of(['a.log']).paths).toEqual(['a.log']);
});

it('says so when an option took the log for one of its values', () => {
  expect(() => of([], { agent: ['curl', import.meta.filename] })).toThrow(
    /no log was named; --agent took .*traffic-options.test.ts for one of its values. Name logs before the options/,
  );
});

it('hands on what reading needs', () => {
  const { reading, top, width, form } = of(['a.log'], {
    since: '2h',
    timezone: 'Europe/Berlin',
    trustedProxy: ['192.0.2.0/24'],
    threads: '4',
    engine: 'reference',
    top: '25',
    width: '100',
    csv: true,
  });
  expect(reading).toEqual({
    since: NOW - 7_200_000,
    timezone: 'Europe/Berlin',
    trustedProxies: ['192.0.2.0/24'],
    threads: 4,
    engine: 'reference',
  });
  expect([top, width, form]).toEqual([25, 100, 'csv']);
});

it.each([
  [{ json: true, csv: true }, '--json and --csv: give one of them'],
  [{ top: '0' }, '--top 0: give a number of rows, 1 to 10000'],
  [{ top: 'ten' }, '--top ten'],
  [{ threads: '0' }, '--threads 0: give a number of threads'],
  [{ engine: 'turbo' }, '--engine turbo: give auto, kernel, reference'],
  [{ width: '9' }, '--width 9'],
  [{ since: '2h', until: '3h' }, 'nothing lies between'],
  [{ follow: true, csv: true }, '--csv does not go with --follow'],
  [{ follow: true, by: 'source' }, '--by does not go with --follow'],
  [{ follow: true, verifyBots: true }, '--verify-bots does not go with --follow'],
  [{ follow: true, since: '2h' }, '--since and --until do not go with --follow: it begins at the end of the logs'],
])('refuses %j', (options, message) => {
  expect(() => of(['a.log'], options)).toThrow(
    expect.objectContaining({ name: 'OptionError', message: expect.stringContaining(message) }),
  );
});

it('can follow files only', () => {
  expect(() => of(['-'], { follow: true })).toThrow('--follow: name the logs to follow');
  expect(() => of([], { follow: true }, false)).toThrow('--follow: name the logs to follow');
});

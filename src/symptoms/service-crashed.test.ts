// A fault of its own: by its signal, not by signal 9 or 15; single workers that die are replaced and not worth a word.
import { describe, expect, it } from 'vitest';
import { event, events, found, unit } from './dossier.fixture.ts';
import { serviceCrashed } from './service-crashed.ts';

const segfault = (process: string) => ({ kind: 'kernel', what: 'segfault', process, pid: 7 }) as const;
const child = (signal: number) => ({ kind: 'fpm', what: 'child-signal', pool: 'www', signal }) as const;

describe('service-crashed', () => {
  it('is one death of a service', () => {
    expect(
      found(serviceCrashed, { events: [event(0, { kind: 'database', what: 'signal', signal: 11 })] }),
    ).toMatchObject([{ measure: { role: 'database', signal: 11, times: 1 } }]);
    expect(found(serviceCrashed, { events: [unit(0, 'dumped', { signal: 6 })] })).toMatchObject([
      { measure: { service: 'mariadb.service', role: 'database', signal: 6 } },
    ]);
    expect(found(serviceCrashed, { events: [event(0, segfault('mysqld'))] })).toHaveLength(1);
  });

  it('is three deaths of workers', () => {
    expect(found(serviceCrashed, { events: events(3, 10, child(11)) })).toMatchObject([
      { measure: { service: 'php-fpm', role: 'php', signal: 11, times: 3 } },
    ]);
    expect(found(serviceCrashed, { events: events(2, 10, child(11)) })).toEqual([]);
    expect(found(serviceCrashed, { events: events(3, 10, segfault('apache2')) })).toMatchObject([
      { measure: { role: 'web' } },
    ]);
    expect(found(serviceCrashed, { events: [event(0, segfault('php-cgi'), { times: 3, untilS: 5 })] })).toHaveLength(1);
  });

  it('tells each service apart', () => {
    const both = [...events(3, 10, child(11)), unit(5, 'dumped', { signal: 6 })];
    expect(found(serviceCrashed, { events: both }).map(({ measure }) => measure.role)).toEqual(['database', 'php']);
  });

  it.each([
    ['a kill for memory', [unit(0, 'killed', { signal: 9 }), ...events(9, 1, child(9))]],
    ['a stop', [unit(0, 'killed', { signal: 15 }), ...events(9, 1, child(15))]],
    ['a program that is no part of the site', [event(0, segfault('thunderbird'), { times: 9 })]],
    ['a unit that is no part of the site', [unit(0, 'dumped', { unit: 'cups.service', role: 'other', signal: 11 })]],
  ])('is not %s', (_what, told) => {
    expect(found(serviceCrashed, { events: told })).toEqual([]);
  });
});

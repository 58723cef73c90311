// Errors of the code itself, with the plugin or theme that made them.
import { describe, expect, it } from 'vitest';
import type { PhpEvent } from '../model/event.ts';
import { at, event, events, found } from './dossier.fixture.ts';
import { phpErrors } from './php-errors.ts';

const fatal = (more: Partial<PhpEvent> = {}): PhpEvent => ({
  kind: 'php',
  level: 'fatal',
  what: 'uncaught',
  message: 'Uncaught Error: Class "Shop\\Cart" not found',
  component: 'plugin shop',
  ...more,
});

describe('php-errors', () => {
  it('names the component that failed most', () => {
    const told = [...events(20, 5, fatal()), ...events(3, 5, fatal({ component: 'theme astra', what: 'syntax' }))];
    expect(found(phpErrors, { events: told })).toMatchObject([
      {
        span: { from: at(0), to: at(95) },
        measure: { errors: 23, what: 'uncaught', component: 'plugin shop', message: fatal().message },
      },
    ]);
  });

  it('is five of them, folded ones counted', () => {
    expect(found(phpErrors, { events: events(5, 5, fatal()) })).toHaveLength(1);
    expect(found(phpErrors, { events: [event(0, fatal(), { times: 5, untilS: 60 })] })).toHaveLength(1);
    expect(found(phpErrors, { events: events(4, 5, fatal()) })).toEqual([]);
  });

  it('judges by number, not by lines: one folded line weighs what it stands for', () => {
    const told = [event(0, fatal({ what: 'memory-exhausted', component: 'plugin big' }), { times: 200, untilS: 60 })];
    const [errors] = found(phpErrors, { events: [...told, ...events(3, 5, fatal())] });
    expect(errors?.measure).toMatchObject({ errors: 203, what: 'memory-exhausted', component: 'plugin big' });
  });

  it.each([
    ['warnings', events(90, 1, fatal({ level: 'warning' }))],
    ['one a quarter of an hour: the host lives with that', events(20, 901, fatal())],
    [
      'exceptions of the database',
      events(90, 1, fatal({ message: 'Uncaught mysqli_sql_exception: Connection refused' })),
    ],
    ['a full disk', events(90, 1, fatal({ what: 'disk-full' }))],
  ])('is not %s', (_what, told) => {
    expect(found(phpErrors, { events: told })).toEqual([]);
  });
});

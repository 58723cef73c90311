// The limit, by the name that it has in the configuration.
import { describe, expect, it } from 'vitest';
import { event, events, found } from './dossier.fixture.ts';
import { workerLimitReached } from './worker-limit-reached.ts';

const web = (server: 'apache' | 'nginx', what: 'worker-limit-reached' | 'connections-exhausted' | 'scoreboard-full') =>
  ({ kind: 'web', server, what }) as const;

describe('worker-limit-reached', () => {
  it.each([
    ['apache', 'worker-limit-reached', 'MaxRequestWorkers'],
    ['apache', 'scoreboard-full', 'MaxRequestWorkers'],
    ['nginx', 'connections-exhausted', 'worker_connections'],
  ] as const)('of %s, which says %s, is %s', (server, what, setting) => {
    expect(found(workerLimitReached, { events: events(2, 5, web(server, what)) })).toMatchObject([
      { measure: { server, setting, times: 2 } },
    ]);
  });

  it('names the pool and its limit', () => {
    const told = [event(0, { kind: 'fpm', what: 'max-children-reached', pool: 'shop', limit: 6 }, { times: 4 })];
    expect(found(workerLimitReached, { events: told })).toMatchObject([
      { measure: { server: 'php-fpm', setting: 'pm.max_children of pool shop', limit: 6, times: 4 } },
    ]);
  });

  it('tells the web server and PHP-FPM apart', () => {
    const both = [
      event(0, web('nginx', 'connections-exhausted')),
      event(1, { kind: 'fpm', what: 'max-children-reached' }),
    ];
    expect(found(workerLimitReached, { events: both })).toHaveLength(2);
  });

  it('is not a pool that is only busy', () => {
    expect(found(workerLimitReached, { events: events(9, 5, { kind: 'fpm', what: 'busy', pool: 'www' }) })).toEqual([]);
  });
});

// Probing is many different things that are not there; a broken theme asks for the same one again.
import { describe, expect, it } from 'vitest';
import { ATTACKER, found, readers, requests, visitor } from './dossier.fixture.ts';
import { scanProbes } from './scan-probes.ts';

const probes = (times: number, different = times, client = ATTACKER) =>
  requests(times, 1, (i) => ({ client, target: `/old-${i % different}/shell.php`, status: 404, agent: 'zgrab' }));

describe('scan-probes', () => {
  it('is forty of fifteen kinds from one source', () => {
    expect(found(scanProbes, { access: [...readers(5), ...probes(40, 15)] })).toMatchObject([
      { measure: { requests: 40, different: 15, sources: [ATTACKER], sourceCount: 1 } },
    ]);
    expect(found(scanProbes, { access: [...readers(5), ...probes(39, 15)] })).toEqual([]);
    expect(found(scanProbes, { access: [...readers(5), ...probes(40, 14)] })).toEqual([]);
  });

  it('counts what attackers look for, also where it is there', () => {
    const names = ['.env', '.git/config', 'wp-config.php.bak', 'backup.zip', 'phpmyadmin/'];
    const hits = requests(60, 1, (i) => ({ client: ATTACKER, target: `/${i % 12}/${names[i % 5]}`, status: 200 }));
    expect(found(scanProbes, { access: [...readers(5), ...hits] })).toHaveLength(1);
  });

  it('is many sources with a few each, where that is a good part of all requests', () => {
    const swarm = Array.from({ length: 40 }, (_, n) => probes(5, 5, visitor(100 + n))).flat();
    expect(found(scanProbes, { access: [...readers(5), ...swarm] })).toMatchObject([{ measure: { sourceCount: 40 } }]);
  });

  it.each([
    [
      'a moved site, whose links are dead',
      requests(400, 1, (i) => ({
        client: visitor(i % 20),
        target: `/2019/post-${i}/`,
        status: 404,
        referer: 'https://www.example.org/',
      })),
    ],
    [
      'a theme without its picture',
      requests(400, 1, (i) => ({ client: visitor(i % 20), target: '/logo.png', status: 404 })),
    ],
    [
      'one script that visitors still call',
      requests(400, 1, { client: visitor(1), target: '/counter.php', status: 404 }),
    ],
    ['the trickle that every host gets', Array.from({ length: 20 }, (_, n) => probes(3, 3, visitor(100 + n))).flat()],
    ['the programs of the site itself', requests(400, 1, { client: visitor(1), target: '/wp-cron.php', status: 404 })],
  ])('is not %s', (_what, access) => {
    expect(found(scanProbes, { access: [...readers(5), ...access] })).toEqual([]);
  });
});

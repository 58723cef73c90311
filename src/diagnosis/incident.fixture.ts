// For tests: the founding incident, small: pingbacks once a second, PHP in a pile, the database killed, errors, a damaged table.
import type { Dossier } from '../model/dossier.ts';
import {
  ATTACKER,
  dossierOf,
  event,
  oomKill,
  program,
  readers,
  requests,
  samples,
  visitor,
  xmlrpc,
} from '../symptoms/dossier.fixture.ts';

/** When the pingbacks began, and when the database was killed, seconds after the begin of the record. */
export const BEGAN_S = 300;
export const KILLED_S = 330;

const TOTAL_KB = 524_288;
const EACH_KB = 34_300;

export function pingbackIncident(): Dossier {
  const workers = (seconds: number): number => Math.max(0, Math.min(40, Math.floor((seconds - BEGAN_S) / 1.5)));
  const moments = Array.from({ length: 61 }, (_, i) => i * 10);
  return dossierOf({
    host: { name: 'web1', cpus: 1, memTotalKb: TOTAL_KB, swapTotalKb: 0 },
    access: [
      ...readers(8, { untilS: BEGAN_S }),
      ...xmlrpc(30, 1, 370, {}, BEGAN_S),
      ...xmlrpc(120, 1, 0, {}, KILLED_S),
      ...requests(40, 5, (i) => ({ client: visitor(i % 8), target: `/p-${i}/`, status: 500, bytes: 2527 }), KILLED_S),
    ],
    samples: samples(moments, (seconds) => ({
      memory: { totalKb: TOTAL_KB, availableKb: Math.max(2000, 450_000 - workers(seconds) * EACH_KB) },
      database: { alive: seconds < KILLED_S },
      programs: [
        ...(workers(seconds) > 0
          ? [
              program('php-cgi', workers(seconds), {
                rssKb: workers(seconds) * 55_000,
                pssKb: workers(seconds) * EACH_KB,
              }),
            ]
          : []),
        ...(seconds < KILLED_S ? [program('mariadbd', 1, { rssKb: 85_000, largestRssKb: 85_000 })] : []),
        program('apache2', 3, { rssKb: 20_000 }),
        program('systemd', 1, { rssKb: 9000 }),
        program('sshd', 1, { rssKb: 7000 }),
      ],
    })),
    events: [
      event(0, { kind: 'database', what: 'ready' }),
      oomKill(KILLED_S, 'mariadbd', {
        scope: 'global',
        memTotalKb: TOTAL_KB,
        anonRssKb: 67_236,
        tasks: [
          { name: 'php-cgi', count: 20, rssKb: 20 * 55_000, anonKb: 20 * EACH_KB, largestKb: 55_000, largestPid: 900 },
          { name: 'mariadbd', count: 1, rssKb: 85_000, anonKb: 67_236, largestKb: 85_000, largestPid: 812 },
        ],
      }),
      event(KILLED_S + 100, { kind: 'database', what: 'table-crashed', table: 'wordpress/wp_stats' }),
    ],
  });
}

export { ATTACKER };

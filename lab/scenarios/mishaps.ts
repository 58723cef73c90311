// Scenarios in which nobody means harm.
import { THIRD } from '../addresses.ts';
import { putFiles } from '../put-files.ts';
import { addresses, type Scenario } from './scenario.ts';
import { VISITORS } from './visitors.ts';

const INNOCENT = [...VISITORS, '198.18.0.0/16', '192.0.2.10'];

export const flashCrowd: Scenario = {
  name: 'flash-crowd',
  about: 'a news site links to one post: hundreds of readers, nobody is to blame',
  lab: { web: 'apache-cgi', memoryMb: 512 },
  seconds: 80,
  begin: async (lab, seconds) => {
    // The link spreads: more come every quarter of a minute.
    const streams = [1.5, 1.5, 2, 3].map((perSecond, part) => ({
      actor: 'crowd-reader' as const,
      perSecond,
      from: part * 15,
      sources: readers(part * 200, 200),
    }));
    return { traffic: [lab.visitors(streams, seconds)] };
  },
  truth: {
    cause: 'flash-crowd',
    culprits: [],
    innocent: INNOCENT,
    symptoms_required: ['traffic-spike', 'worker-pileup'],
    symptoms_forbidden: ['login-failures', 'pingback-requests', 'disk-full', 'slow-clients', 'endpoint-abuse'],
    compromised: 'no',
  },
  notes:
    'Readers from hundreds of networks, each one or two of them, open one post with the referer news.example: 1.5 a second at first, 8 after 45 s, which is more than twice what one processor answers.',
};

/** One or two of each network, as people come. */
function readers(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    return `198.18.${(n * 37) % 256}.${1 + ((n * 101) % 254)}`;
  });
}

export const memoryHog: Scenario = {
  name: 'memory-hog',
  about: 'six sorts of a nightly job take the memory; the kernel kills the database, which did not grow',
  lab: { web: 'apache-fpm', memoryMb: 512, fpmMaxChildren: 5 },
  seconds: 60,
  begin: async (lab) => {
    await putFiles(lab.state, [{ path: '/usr/local/bin/nightly-statistics', content: STATISTICS, mode: 0o755 }]);
    await lab.run(['sh', '-c', 'setsid nightly-statistics >/dev/null 2>&1 </dev/null &']);
    return { traffic: [], repair: async () => void (await lab.run(['pkill', 'nightly-statist'])) };
  },
  truth: {
    cause: 'memory-hog',
    culprits: ['sort'],
    innocent: INNOCENT,
    symptoms_required: ['oom-kill', 'database-killed', 'memory-exhausted'],
    symptoms_forbidden: [
      'request-flood',
      'login-failures',
      'pingback-requests',
      'worker-pileup',
      'disk-full',
      'traffic-spike',
    ],
    compromised: 'no',
  },
  notes:
    'Six `sort` of a cron job grow by 4 MB a second each to at most 90 MB; mariadbd, steady at 105 MB, is the largest single process and is killed.',
};

/** Sorts what it is fed, bit by bit, as a job that adds up a day's logs does. */
const STATISTICS = `#!/bin/sh
for part in 1 2 3 4 5 6; do
  for second in $(seq 24); do
    head -c 2M /dev/urandom | base64
    sleep 1
  done | sort -S 200M >/dev/null &
done
wait
`;

export const slowBackend: Scenario = {
  name: 'slow-backend',
  about: 'each page asks another host for prices, and that host stops answering',
  lab: { web: 'apache-fpm', memoryMb: 1024, fpmMaxChildren: 5, accessLog: 'timed' },
  seconds: 90,
  begin: async (lab, seconds) => {
    const url = `http://${THIRD.silent}/prices`;
    await putFiles(lab.state, [{ path: '/etc/wordpress/backend-url', content: `${url}\n` }]);
    const more = [{ actor: 'browser' as const, perSecond: 0.8, sources: addresses('198.51.100.', 100, 140) }];
    return {
      traffic: [lab.visitors(more, seconds)],
      repair: async () => void (await lab.run(['rm', '-f', '/etc/wordpress/backend-url'])),
    };
  },
  truth: {
    cause: 'slow-backend',
    culprits: [THIRD.silent],
    innocent: INNOCENT,
    symptoms_required: ['site-slow', 'worker-limit-reached'],
    symptoms_forbidden: [
      'oom-kill',
      'database-killed',
      'login-failures',
      'pingback-requests',
      'disk-full',
      'request-flood',
    ],
    compromised: 'no',
  },
  notes:
    'A plugin asks 192.0.2.200 for prices in every page and waits 10 s; packets there are swallowed. pm.max_children is 5, so 0.5 pages a second fill it.',
};

export const diskFull: Scenario = {
  name: 'disk-full',
  about: 'a dump fills the volume of the database; readers notice nothing, comments are lost',
  lab: { web: 'apache-cgi', memoryMb: 1024, databaseMb: 64 },
  seconds: 60,
  begin: async (lab, seconds) => {
    // As if written by a job long ago: not counted as this server's memory.
    const fill = 'cat /dev/zero >/var/lib/mysql/dump-2026-11.sql';
    await lab.run(['sh', '-c', fill], { limited: false });
    const writers = [{ actor: 'commenter' as const, perSecond: 0.5, sources: addresses('198.51.100.', 150, 170) }];
    return {
      traffic: [lab.visitors(writers, seconds)],
      repair: async () => void (await lab.run(['rm', '-f', '/var/lib/mysql/dump-2026-11.sql'])),
    };
  },
  truth: {
    cause: 'disk-full',
    culprits: [],
    innocent: INNOCENT,
    symptoms_required: ['disk-full'],
    symptoms_forbidden: ['oom-kill', 'database-killed', 'login-failures', 'pingback-requests', 'request-flood'],
    compromised: 'no',
  },
  notes: 'A dump beside the tables takes the last byte of the volume; comments need room for new rows.',
};

export const databaseStopped: Scenario = {
  name: 'database-stopped',
  about: 'somebody stopped the database in an orderly way and forgot to start it',
  lab: { web: 'nginx-fpm', memoryMb: 512, fpmMaxChildren: 5 },
  seconds: 45,
  begin: async (lab) => {
    await lab.run(['service', 'mariadb', 'stop']);
    return { traffic: [], repair: async () => void (await lab.run(['service', 'mariadb', 'start'])) };
  },
  truth: {
    cause: 'service-stopped',
    culprits: [],
    innocent: INNOCENT,
    symptoms_required: ['database-down', 'site-error'],
    symptoms_forbidden: [
      'oom-kill',
      'database-killed',
      'memory-exhausted',
      'login-failures',
      'disk-full',
      'request-flood',
    ],
    compromised: 'no',
  },
  notes: '`service mariadb stop`; the error log says "Normal shutdown". Visitors get the database error page.',
};

// Fit the number of workers to the memory: visitors then wait a little, instead of the kernel killing the database.
import type { Preview, Remedy } from '../model/remedy.ts';
import { apacheFile, apacheUndo, writeFile } from './shell.ts';

export const WORKERS_NAME = 'seawall-workers';

function phpFpm(workers: number, version: string | undefined): Preview {
  return {
    title: `Let PHP-FPM run at most ${workers} workers (pm.max_children)`,
    commands: [
      `V=${version ?? '8.2'}   # the PHP version in use: ls /etc/php`,
      '# The pool is called www unless its file says otherwise; with several pools, the sum of their pm.max_children counts:',
      "grep -rnE '^ *(\\[|pm)' /etc/php/$V/fpm/pool.d/",
      '# A later file overrides the pool (RHEL: /etc/php-fpm.d/zz-seawall.conf, php-fpm -t, systemctl reload php-fpm).',
      '# static: PHP-FPM refuses to start when the spare servers of dynamic are more than pm.max_children, and ondemand starts workers late in a rush.',
      ...writeFile('/etc/php/$V/fpm/pool.d/zz-seawall.conf', ['[www]', 'pm = static', `pm.max_children = ${workers}`]),
      'php-fpm$V -t && systemctl reload php$V-fpm || rm /etc/php/$V/fpm/pool.d/zz-seawall.conf',
      `# Proof: never more than this: ps -C php-fpm$V --no-headers | wc -l   (${workers} and the master)`,
    ],
    undo: [
      `V=${version ?? '8.2'}`,
      'rm /etc/php/$V/fpm/pool.d/zz-seawall.conf; php-fpm$V -t && systemctl reload php$V-fpm',
    ],
  };
}

/**
 * mpm_event and mpm_worker run whole processes of ThreadsPerChild threads (64 at most, unless ThreadLimit is raised), so
 * MaxRequestWorkers has to be a multiple of it, else Apache rounds, and up to one process (AH00513).
 */
function threads(workers: number): { perChild: number; max: number } {
  return workers <= 64 ? { perChild: workers, max: workers } : { perChild: 25, max: Math.floor(workers / 25) * 25 };
}

/** Each worker may have so many requests before it in the queue. Apache's own 511 take minutes at a small host: nobody waits that long. */
const QUEUE_PER_WORKER = 4;
const QUEUE_LEAST = 16;
const QUEUE_MOST = 511;

/** What a limit looks like in Apache's configuration, whatever its way to run workers. */
export function apacheWorkerLines(workers: number, program: string): string[] {
  const { perChild, max } = threads(workers);
  return [
    // Whoever finds the queue full tries again by himself (TCP), after 1, 3, 7 s; who waits in it is served before he gives up.
    `ListenBacklog ${Math.min(QUEUE_MOST, Math.max(QUEUE_LEAST, workers * QUEUE_PER_WORKER))}`,
    '<IfModule mpm_prefork_module>',
    ...(workers > 256 ? [`  ServerLimit ${workers}`] : []),
    `  MaxRequestWorkers ${workers}`,
    '</IfModule>',
    '<IfModule !mpm_prefork_module>',
    ...(max / perChild > 16 ? [`  ServerLimit ${max / perChild}`] : []),
    `  ThreadsPerChild ${perChild}`,
    `  MaxRequestWorkers ${max}`,
    '</IfModule>',
    ...(program.startsWith('php-cgi')
      ? ['<IfModule fcgid_module>', `  FcgidMaxProcesses ${workers}`, '</IfModule>']
      : []),
  ];
}

function apache(workers: number, program: string): Preview {
  const lines = apacheWorkerLines(workers, program);
  return {
    title: `Let Apache serve at most ${workers} requests at once (MaxRequestWorkers)`,
    commands: [
      ...apacheFile(WORKERS_NAME, lines),
      '# What is being worked on is finished first; a restart also clears the pile and the queue.',
      '# Pictures and styles count too. With short KeepAliveTimeout (2) fewer workers wait for nothing.',
    ],
    undo: apacheUndo(WORKERS_NAME),
  };
}

export const limitWorkers: Remedy<'limit-workers'> = {
  kind: 'limit-workers',

  preview(plan): Preview {
    const workers = Math.floor(plan.workers);
    if (!(workers >= 1 && workers <= 10_000)) {
      return {
        title: 'Fit the number of workers to the memory, by hand',
        commands: [
          '# (memory - database - system) / private memory of one worker = workers that fit. Private memory, not RSS:',
          "grep -E '^(Pss|Private)' /proc/PID/smaps_rollup",
        ],
        undo: [],
      };
    }
    if (plan.program.startsWith('php-fpm')) return phpFpm(workers, /^php-fpm(\d\.\d)$/.exec(plan.program)?.[1]);
    if (/^(?:apache2?|httpd|php-cgi|php\d?)/.test(plan.program)) return apache(workers, plan.program);
    return {
      title: `Limit the workers to ${workers} in the configuration of their program`,
      commands: [
        '# PHP-FPM: pm.max_children; Apache: MaxRequestWorkers; LiteSpeed: PHP suEXEC Max Conn and PHP_LSAPI_CHILDREN.',
      ],
      undo: [],
    };
  },

  /** What would have waited instead of running depends on moments, not on totals: the profile does not tell. */
  reach: () => undefined,
};

// The recorded pingback flood as findings, every fifth second of it: what the reports are tried on.
import type { LogEvent } from '../model/event.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import type { Findings } from '../model/findings.ts';
import type { Sample } from '../model/sample.ts';
import type { Symptom } from '../model/symptom.ts';
import { table } from '../model/table.ts';
import { sliceProfile, type Traffic, type TrafficSlice, trafficProfile } from '../model/traffic.ts';

const BEGIN = Date.parse('2026-11-22T10:04:42Z');

function at(time: string): number {
  return Date.parse(`2026-11-22T${time}Z`);
}

// [seconds, MemAvailable in kB, php-cgi, status of the probe, its ms, database alive, line in samples.jsonl]
// biome-ignore format: a table
const SAMPLES: readonly (readonly [number, number, number, number, number, 0 | 1, number])[] = [
  [0,457816,0,200,609,1,1], [5,430056,1,200,248,1,6], [10,456576,0,200,572,1,11], [15,448776,1,200,579,1,16], [20,456148,0,200,361,1,21], [25,455844,0,200,259,1,26], [30,390504,3,200,798,1,31], [35,455108,0,200,252,1,36],
  [40,455192,0,200,307,1,41], [45,455056,0,200,424,1,46], [50,454740,0,200,377,1,51], [55,454808,0,200,361,1,56], [60,454768,0,200,239,1,61], [65,454872,0,200,230,1,66], [70,454708,0,200,235,1,71], [75,454736,0,200,241,1,76],
  [80,454916,0,200,242,1,81], [85,454532,0,200,327,1,86], [90,418684,1,200,301,1,91], [95,310804,4,200,586,1,96], [100,274016,5,200,408,1,101], [105,175232,9,200,1638,1,106], [110,273060,5,200,385,1,111], [115,209948,7,200,240,1,116],
  [120,272664,5,200,259,1,121], [125,236996,6,200,618,1,126], [130,236912,6,200,836,1,131], [135,128624,9,200,503,1,136], [140,38776,13,200,622,1,141], [145,4496,15,0,10001,1,146], [150,97164,16,0,10001,1,151], [155,1456,26,0,10003,1,156],
  [160,2300,32,0,10001,0,161], [165,3932,42,0,10005,0,166], [170,12284,65,0,10002,0,171], [175,9156,76,0,10001,0,176], [180,4708,88,0,10001,0,181], [185,3192,95,0,10002,0,185], [190,15236,105,0,10002,0,190], [195,11772,114,0,10001,0,195],
  [200,10016,117,0,10001,0,199], [205,9264,119,0,10002,0,204], [210,8052,122,0,10002,0,209], [215,9744,130,0,10003,0,214], [220,9052,138,0,10002,1,218], [225,21232,148,0,10002,1,223], [230,23160,144,0,10001,1,228], [235,23248,145,0,10001,1,231],
  [240,22644,148,0,10002,1,234], [245,25312,149,0,10002,1,239], [250,58812,147,0,10001,0,244], [255,17672,143,0,9408,0,247], [260,22012,146,0,6410,0,252], [265,518496,0,0,0,0,257], [270,456812,0,200,428,1,262], [275,455944,0,200,495,1,267],
  [280,421152,2,200,329,1,272], [285,455488,0,200,341,1,277], [290,454816,0,200,310,1,282], [295,428672,1,200,243,1,287], [300,440344,1,200,353,1,292], [305,454080,0,200,553,1,297], [310,453912,0,200,355,1,302], [315,454040,0,200,367,1,307],
  [320,432248,1,200,341,1,312], [325,453928,0,200,369,1,317], [330,453800,0,200,449,1,322], [335,453800,0,200,473,1,327], [340,453800,0,200,334,1,332], [345,453700,0,200,341,1,337], [350,453740,0,200,961,1,342], [355,453852,0,200,349,1,347],
];

// [seconds since 10:04:40, requests, failed], 4 seconds each
// biome-ignore format: a table
const SLICES: readonly (readonly [number, number, number])[] = [
  [0,3,0], [4,3,0], [8,5,0], [12,8,0], [16,1,0], [20,4,0], [24,5,0], [28,3,0], [32,4,0], [36,8,0], [40,3,0], [44,4,0], [48,7,0], [52,2,0], [56,5,0], [60,3,0], [64,3,0], [68,4,0], [72,4,0], [76,5,0], [80,2,0], [84,5,0], [88,4,0],
  [92,4,0], [96,9,0], [100,7,0], [104,5,0], [108,9,0], [112,7,0], [116,4,0], [120,8,0], [124,4,0], [128,4,0], [132,10,0], [136,8,0], [140,8,0], [144,12,0], [148,5,3], [152,7,7], [156,9,5], [160,9,5], [164,7,7], [168,9,8], [172,22,22],
  [176,30,27], [180,21,20], [184,16,16], [188,2,2], [192,1,1], [196,5,4], [220,1,0], [264,1,1], [268,2,0], [272,4,0], [276,10,0], [280,1,0], [284,7,0], [288,8,0], [292,2,0], [296,6,0], [300,6,0], [304,3,0], [308,6,0], [312,5,0],
  [316,5,0], [320,1,0], [324,5,0], [328,3,0], [332,2,0], [336,7,0], [340,2,0], [344,3,0], [348,5,0], [352,7,0], [356,3,0], [360,2,0], [364,1,0],
];

function samples(): Sample[] {
  return SAMPLES.map(([seconds, availableKb, workers, status, ms, alive, line]) => ({
    at: BEGIN + seconds * 1000,
    memory: { totalKb: 524288, availableKb },
    programs: [
      { name: 'mariadbd', count: 1, users: ['mysql'], blocked: 0, running: 0, zombies: 0 },
      { name: 'php-cgi', count: workers, users: ['www-data'], blocked: 0, running: 0, zombies: 0 },
    ].filter(({ count }) => count > 0),
    probe: { url: 'http://www.victim.example/', ms, ...(status > 0 && { status }) },
    database: { alive: alive === 1 },
    evidence: evidence('samples.jsonl', line, `{"t":"${new Date(BEGIN + seconds * 1000).toISOString()}"}`),
  }));
}

function traffic(): Traffic {
  const slices: TrafficSlice[] = SLICES.map(([seconds, requests, failed]) => {
    const profile = sliceProfile(16);
    Object.assign(profile.total, { requests, failed, ok: requests - failed });
    return { from: at('10:04:40') + seconds * 1000, widthMs: 4000, profile };
  });
  const whole = trafficProfile(16);
  Object.assign(whole.total, { requests: 445, failed: 128, ok: 317, first: BEGIN, last: at('10:10:41') });
  return {
    whole,
    slices,
    sliceMs: 4000,
    sources: table(16),
    failures: table(16),
    xmlrpc: table(16),
    timing: { logged: 0, fromOrder: 138, estimated: 307 },
    bytes: 'body',
    proxies: [],
    hiddenBehind: [],
    undated: 0,
    filtered: 0,
  };
}

const FLOOD_LINE = evidence(
  'logs/access.log',
  113,
  '203.0.113.66 - - [22/Nov/2026:10:06:14 +0000] "POST /xmlrpc.php HTTP/1.0" 200 370 "-" "Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)"',
);
const KILL_LINE = evidence(
  'logs/kernel.log',
  119,
  '2026-11-22T10:07:22,092369+00:00 Memory cgroup out of memory: Killed process 5601 (mariadbd) total-vm:8591224288kB, anon-rss:67236kB, file-rss:18092kB, shmem-rss:0kB, UID:103 pgtables:436kB oom_score_adj:0',
);
const LIMIT_LINE = evidence(
  'logs/error.log',
  7,
  '[Sun Nov 22 10:07:58.144311 2026] [mpm_event:error] [pid 5620:tid 5620] AH00484: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting',
);
const READY_LINE = evidence(
  'logs/mariadb-error.log',
  46,
  '2026-11-22 10:08:20 0 [Note] /usr/sbin/mariadbd: ready for connections.',
);
const TABLE_LINE = evidence(
  'logs/mariadb-error.log',
  73,
  "2026-11-22 10:09:13 5 [ERROR] mariadbd: Table './wordpress/wp_stats_hits' is marked as crashed and should be repaired",
);
const ERROR_LINE = evidence(
  'logs/access.log',
  202,
  '198.51.100.26 - - [22/Nov/2026:10:07:19 +0000] "GET /?p=13 HTTP/1.1" 500 2527 "-" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15"',
);
const SAMPLE_LINE = evidence('samples.jsonl', 244, '{"t":"2026-11-22T10:08:52.939Z","load":[107.17,58.23,46.03]}');

const SYMPTOMS = {
  pingbacks: {
    id: 'pingback-requests',
    span: { from: at('10:06:14'), to: at('10:07:56') },
    certainty: 'observed',
    measure: {
      requests: 138,
      bySize: 34,
      ratePerS: 1.35,
      sources: ['203.0.113.66'],
      sourceCount: 1,
      heldS: 11.3,
      heldFrom: 'log-order',
    },
    evidence: [FLOOD_LINE],
  },
  pile: {
    id: 'worker-pileup',
    span: { from: at('10:06:17'), to: at('10:09:10') },
    certainty: 'observed',
    measure: { program: 'php-cgi', peak: 150, normal: 1, workerKb: 35456, workerKbIs: 'anonymous', heldS: 52 },
    evidence: [SAMPLE_LINE],
  },
  memory: {
    id: 'memory-exhausted',
    span: { from: at('10:07:07'), to: at('10:09:10') },
    certainty: 'observed',
    measure: { lowestKb: 856, totalKb: 524288, pressure: 87, scope: 'cgroup' },
    evidence: [SAMPLE_LINE],
  },
  oom: {
    id: 'oom-kill',
    span: { from: at('10:07:22.092'), to: at('10:08:56.021') },
    certainty: 'observed',
    measure: {
      kills: 6,
      victim: 'mariadbd',
      victimKb: 67236,
      holder: 'php-cgi',
      holderCount: 21,
      holderKb: 744576,
      scope: 'cgroup',
      limitKb: 524288,
    },
    evidence: [KILL_LINE],
  },
  killed: {
    id: 'database-killed',
    span: { from: at('10:07:22.092'), to: at('10:08:56.021') },
    certainty: 'observed',
    measure: { service: 'mariadbd', signal: 9, times: 2 },
    evidence: [KILL_LINE],
  },
  errors: {
    id: 'site-error',
    span: { from: at('10:07:07'), to: at('10:09:10') },
    certainty: 'observed',
    measure: {
      errors: 128,
      requests: 160,
      share: 0.8,
      normalShare: 0,
      visitors: 27,
      databasePages: 4,
      seenBy: 'access-log',
      statuses: { '500': 31, '504': 97 },
    },
    evidence: [ERROR_LINE],
  },
  tables: {
    id: 'tables-crashed',
    span: { from: at('10:09:13'), to: at('10:09:13') },
    certainty: 'observed',
    measure: { tables: ['wordpress/wp_stats_hits', 'wordpress/wp_redirect_log'] },
    evidence: [TABLE_LINE],
  },
} as const satisfies Record<string, Symptom>;

function once(time: string, quote: Evidence): { at: number; until: number; count: number; evidence: Evidence } {
  return { at: at(time), until: at(time), count: 1, evidence: quote };
}

function kill(time: string, name: string, anonRssKb: number): LogEvent {
  return { kind: 'oom-kill', pid: 5601, name, scope: 'cgroup', anonRssKb, tasks: [], ...once(time, KILL_LINE) };
}

// The ban stands for what the operator did by hand: it is in the case's notes, in no log, and so quotes a neighbour.
const EVENTS: readonly LogEvent[] = [
  kill('10:07:22.092', 'mariadbd', 67236),
  kill('10:07:29.832', 'php-cgi', 35456),
  kill('10:07:35.015', 'php-cgi', 35456),
  kill('10:07:55.426', 'php-cgi', 27648),
  { kind: 'web', server: 'apache', what: 'worker-limit-reached', ...once('10:07:58.144', LIMIT_LINE) },
  {
    kind: 'web',
    server: 'apache',
    what: 'script-timeout',
    ...once('10:08:13.350', LIMIT_LINE),
    count: 97,
    until: at('10:09:05'),
  },
  { kind: 'database', what: 'crash-recovery', ...once('10:08:20', READY_LINE) },
  { kind: 'database', what: 'ready', ...once('10:08:20', READY_LINE) },
  { kind: 'admin', what: 'ban', address: '203.0.113.66', ...once('10:08:52.700', SAMPLE_LINE) },
  kill('10:08:56.021', 'mariadbd', 58020),
  { kind: 'web', server: 'apache', what: 'started', ...once('10:09:10', LIMIT_LINE) },
  { kind: 'database', what: 'ready', ...once('10:09:12', READY_LINE) },
  { kind: 'database', what: 'table-crashed', table: 'wordpress/wp_stats_hits', ...once('10:09:13', TABLE_LINE) },
];

/** The case `pingback-flood`, as a good diagnosis would see it. */
export function pingbackFindings(): Findings {
  const { pingbacks, pile, memory, oom, killed, errors, tables } = SYMPTOMS;
  return {
    dossier: {
      span: { from: BEGIN, to: at('10:10:41') },
      zone: { name: 'UTC', assumed: false },
      host: { name: 'web1', cpus: 1, memTotalKb: 524288, swapTotalKb: 0 },
      traffic: traffic(),
      events: EVENTS,
      eventsDropped: 0,
      samples: samples(),
      samplesDropped: 0,
      sources: [
        source('logs/access.log', 'Apache access log, combined', 445),
        source('logs/error.log', 'Apache error log', 142),
        source('logs/kernel.log', 'Kernel messages', 1017),
        {
          ...source('logs/mariadb-error.log', 'MariaDB/MySQL error log', 76),
          notes: ['no zone in its times: taken as UTC, like the manifest'],
        },
        source('samples.jsonl', "Seawall's samples of the host", 351),
      ],
      notRecognised: [{ path: 'notes.txt', reason: 'no known format', firstLine: 'called the hoster at ten past ten' }],
      assumptions: [],
      readAt: at('10:12:00'),
    },
    symptoms: [pingbacks, pile, memory, oom, killed, errors, tables],
    verdict: {
      cause: 'pingback-abuse',
      confidence: 0.94,
      compromised: 'no',
      compromiseEvidence: [],
      span: { from: at('10:06:14'), to: at('10:09:10') },
      chain: [
        { symptom: pingbacks },
        {
          symptom: pile,
          after: 0,
          because:
            "Little's law: 1.35 requests/s x 11.3 s in service = 15 workers by 10:07:07, then 6/s x 11.3 s = 68; nothing else holds workers so long.",
        },
        { symptom: memory, after: 1, because: '26 php-cgi x 34.6 MB = 900 MB wanted, 512 MB allowed.' },
        {
          symptom: killed,
          after: 2,
          because:
            'mariadbd was the largest single process (65.7 MB anonymous): the kernel kills the largest, not the guilty.',
        },
        {
          symptom: errors,
          after: 3,
          because: 'the first error page came 3 s before the kernel wrote its line, all others after it.',
        },
        { symptom: tables, after: 3, because: 'the database was killed while these tables were open.' },
      ],
      rivals: [
        {
          cause: 'login-brute-force',
          score: 0.04,
          lost: 'the replies have 370 bytes, which only a pingback gives; a wrong password gives 403.',
        },
        {
          cause: 'flash-crowd',
          score: 0.02,
          lost: 'one address made 84 % of the requests that reached PHP; other visitors stayed at their normal number.',
        },
      ],
      missing: [
        {
          what: 'What the pingbacks named as their target, which would show whom the server was made to attack.',
          command: 'tcpdump -c 200 -w body.pcap port 80 and host 203.0.113.66',
        },
      ],
      culprits: [
        {
          kind: 'address',
          id: '203.0.113.66',
          share: 0.96,
          requests: 138,
          workerSeconds: 3412,
          facts: [
            'It sent nothing but POST /xmlrpc.php, always as "Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)".',
          ],
        },
      ],
      remarks: ['The server called 192.0.2.200 for each of these requests: it was used to attack that address.'],
      plans: [],
    },
    remedies: [
      {
        plan: {
          kind: 'block',
          targets: ['203.0.113.66'],
          forSeconds: 86400,
          reason: 'It takes 96 % of the worker time.',
        },
        preview: {
          title: 'Block 203.0.113.66 in the firewall for 24 hours',
          commands: [
            'nft add table inet seawall',
            "nft add set inet seawall blocked4 '{ type ipv4_addr; flags interval, timeout; }'",
            "nft add element inet seawall blocked4 '{ 203.0.113.66 timeout 86400s }'",
          ],
          undo: ["nft delete element inet seawall blocked4 '{ 203.0.113.66 }'"],
        },
        reach: { requests: 138, costShare: 0.96, bystanders: [], bystanderCount: 0 },
      },
      {
        plan: { kind: 'restart-web', reason: 'The pile of workers and the queue behind it outlive the block.' },
        preview: {
          title: 'Restart the web server, to clear the pile and the queue',
          commands: ['systemctl restart apache2'],
          undo: [],
        },
      },
      {
        plan: {
          kind: 'deny-endpoint',
          path: '/xmlrpc.php',
          except: ['198.51.100.50'],
          reason: 'Refused before PHP starts, a request costs 1/1200.',
        },
        preview: {
          title: 'Deny /xmlrpc.php in the web server, before PHP starts',
          commands: [
            'printf \'<Files "xmlrpc.php">\\n  Require all denied\\n</Files>\\n\' > /etc/apache2/conf-available/seawall-xmlrpc.conf && a2enconf seawall-xmlrpc && apache2ctl configtest && systemctl reload apache2',
          ],
          undo: ['a2disconf seawall-xmlrpc', 'systemctl reload apache2'],
        },
        reach: { requests: 160, costShare: 0.97, bystanders: ['198.51.100.51', '198.51.100.52'], bystanderCount: 2 },
      },
    ],
  };
}

function source(path: string, title: string, lines: number): Findings['dossier']['sources'][number] {
  return {
    path,
    format: 'fixture',
    title,
    bytes: lines * 180,
    lines,
    unreadable: 0,
    span: { from: BEGIN, to: at('10:10:41') },
    notes: [],
  };
}

// One symptom of every kind, with figures as they occur, and findings for any cause.
import { evidence } from '../model/evidence.ts';
import type { Findings } from '../model/findings.ts';
import type { Measures, Symptom, SymptomId } from '../model/symptom.ts';
import type { Cause, Verdict } from '../model/verdict.ts';

export const FROM = Date.parse('2026-11-22T08:12:00Z');
const TO = Date.parse('2026-11-22T08:41:04Z');

const QUOTE = evidence(
  'access_log',
  12,
  '203.0.113.66 - - [22/Nov/2026:08:12:00 +0000] "POST /wp-login.php HTTP/1.1" 302 - "-" "-"',
);

const MEASURES: Measures = {
  'site-error': {
    errors: 94,
    requests: 120,
    share: 0.783,
    normalShare: 0.004,
    visitors: 31,
    databasePages: 12,
    seenBy: 'access-log',
    statuses: { '500': 90, '502': 4 },
  },
  'site-slow': { slowMs: 14_000, normalMs: 350, gaveUp: 17, seenBy: 'access-log' },
  'site-unreachable': { failures: 9, attempts: 12, seenBy: 'probe' },
  'database-down': { service: 'mariadb', lastAlive: FROM, how: 'unit' },
  'database-killed': { service: 'mariadb', signal: 9, times: 2 },
  'database-restart-failed': { service: 'mariadb', attempts: 3, reason: 'start-pre operation timed out' },
  'database-stalled': { what: 'page-cleaner', tookMs: 9169 },
  'tables-crashed': { tables: ['wp_options', 'wp_posts'] },
  'oom-kill': {
    kills: 3,
    victim: 'mysqld',
    victimKb: 180_224,
    holder: 'php-cgi',
    holderCount: 94,
    holderKb: 3_370_000,
    scope: 'global',
  },
  'memory-exhausted': { lowestKb: 4496, totalKb: 524_288, scope: 'host' },
  'swap-thrash': { inPerS: 1800, outPerS: 2200, swapUsedKb: 900_000 },
  'load-spike': { peak: 135.2, normal: 0.4, cpus: 1 },
  'worker-pileup': { program: 'php-cgi', peak: 94, normal: 2, workerKb: 35_840, workerKbIs: 'anonymous', heldS: 11.3 },
  'worker-limit-reached': { server: 'apache', setting: 'MaxRequestWorkers', limit: 150, times: 1 },
  'request-flood': {
    kind: 'address',
    sources: ['203.0.113.66'],
    sourceCount: 1,
    requests: 12_400,
    ratePerS: 7.1,
    costShare: 0.94,
    workerS: 3100,
    endpoint: 'GET /',
    endpointShare: 0.82,
  },
  'endpoint-abuse': {
    endpoint: 'POST /xmlrpc.php',
    requests: 1744,
    costShare: 0.97,
    normalShare: 0.03,
    sources: 1,
    topSource: '203.0.113.66',
    topShare: 0.99,
  },
  'login-failures': {
    where: 'xmlrpc',
    requests: 164,
    guesses: 1315,
    sources: ['203.0.113.66'],
    sourceCount: 1,
    succeeded: 0,
    successEvidence: [],
  },
  'pingback-requests': {
    requests: 1744,
    bySize: 1744,
    ratePerS: 1,
    sources: ['203.0.113.66'],
    sourceCount: 1,
    heldS: 11.3,
    heldFrom: 'mechanism',
  },
  'scan-probes': { requests: 900, sources: ['203.0.113.66', '203.0.113.67'], sourceCount: 2, different: 412 },
  'crawler-storm': {
    robot: 'ExampleBot',
    agent: 'Mozilla/5.0 (compatible; ExampleBot/1.0)',
    requests: 8000,
    costShare: 0.71,
    sources: ['198.51.100.9'],
    sourceCount: 1,
  },
  'traffic-spike': { visitors: 300, normalVisitors: 12, perSeconds: 60, ratio: 25, referer: 'news.example' },
  'half-open-connections': { peak: 512, sources: 480, topSource: '203.0.113.66' },
  'slow-clients': { connections: 148, timeouts: 300, topSource: '203.0.113.66', topShare: 0.97 },
  'database-access-denied': { times: 40, how: 'refused-user', user: 'wp', detail: 'using password: YES' },
  'service-crashed': { service: 'php-fpm', role: 'php', signal: 11, times: 7 },
  'php-errors': {
    errors: 210,
    what: 'uncaught',
    component: 'plugin shop',
    message: 'Class "Shop\\Cart" not found',
  },
  'disk-full': { places: ['/var'], inodes: false, writer: '/var/www/html/wp-content/debug.log' },
  'slow-queries': {
    queries: 31,
    longestS: 48.2,
    locked: true,
    statement: 'SELECT * FROM wp_postmeta WHERE meta_value = ?',
  },
  'backend-timeouts': { times: 66, peer: 'api.example.net', component: 'plugin mailer' },
  'too-many-connections': { times: 120, used: 151, limit: 151 },
};

/** A symptom of this kind; from 08:12:00 to 08:41:04 UTC. */
export function symptomOf<K extends SymptomId>(
  id: K,
  measure: Partial<Measures[K]> = {},
  certainty: Symptom['certainty'] = 'observed',
): Symptom {
  const symptom = {
    id,
    span: { from: FROM, to: TO },
    certainty,
    measure: { ...MEASURES[id], ...measure },
    evidence: [QUOTE],
  };
  // The parts belong to the same id, which the type checker can't follow through the union.
  return symptom as unknown as Symptom;
}

/** Findings with this cause; the symptoms are the chain. */
export function findingsOf(cause: Cause, symptoms: readonly Symptom[], verdict: Partial<Verdict> = {}): Findings {
  return {
    dossier: {
      span: { from: FROM, to: TO },
      zone: { name: 'UTC', assumed: false },
      host: { name: 'web1', cpus: 1, memTotalKb: 2_097_152 },
      events: [],
      eventsDropped: 0,
      samples: [],
      samplesDropped: 0,
      sources: [],
      notRecognised: [],
      assumptions: [],
      readAt: TO,
    },
    symptoms,
    verdict: {
      cause,
      confidence: 0.9,
      compromised: 'no',
      compromiseEvidence: [],
      chain: symptoms.map((symptom, i) => (i === 0 ? { symptom } : { symptom, after: i - 1, because: 'it follows.' })),
      rivals: [],
      missing: [],
      culprits: [],
      span: { from: FROM, to: TO },
      remarks: [],
      plans: [],
      ...verdict,
    },
    remedies: [],
  };
}

/** The request that let a guesser in. */
export const ACCEPTED = QUOTE;

// Symptoms: what is wrong, detected in facts, with a span, a measure and its evidence. The ids are a closed list (docs/causes.md).
import type { Evidence } from './evidence.ts';
import type { EpochMs, TimeSpan } from './time.ts';

/** How many sources a measure names, heaviest first; `sourceCount` says how many there were. */
export const SOURCES_NAMED = 100;

/** What each symptom measures. Shares are 0 to 1, rates per second, memory kB. */
export interface Measures {
  'site-error': {
    errors: number;
    requests: number;
    share: number;
    normalShare: number;
    /** Different addresses that got an error. */
    visitors: number;
    /** Replies that are WordPress's database error page by their body, or look like it by their size. */
    databasePages: number;
    seenBy: 'access-log' | 'probe' | 'error-log';
    /** "500", "502", "504", ... with their counts. */
    statuses: Readonly<Record<string, number>>;
  };
  'site-slow': { slowMs?: number; normalMs?: number; gaveUp: number; seenBy: 'access-log' | 'probe' | 'error-log' };
  'site-unreachable': {
    failures: number;
    attempts: number;
    seenBy: 'probe' | 'packets' | 'connections' | 'access-log';
  };
  'database-down': {
    service: string;
    /** Last moment at which it was known to work. */
    lastAlive?: EpochMs;
    how: 'process' | 'unit' | 'log' | 'replies' | 'clients';
  };
  'database-killed': { service: string; signal: number; times: number };
  'database-restart-failed': { service: string; attempts: number; reason: string };
  'database-stalled': { what: 'page-cleaner' | 'locks' | 'disk' | 'threads'; tookMs?: number; threads?: number };
  'tables-crashed': { tables: readonly string[] };
  'oom-kill': {
    kills: number;
    /** Name of the first process killed, and its anonymous memory. */
    victim: string;
    victimKb?: number;
    /** The program that held most memory in the task table. */
    holder?: string;
    holderCount?: number;
    holderKb?: number;
    scope?: 'global' | 'cgroup';
    limitKb?: number;
    /** Why it is inferred, when no kernel line says so. */
    because?: string;
  };
  'memory-exhausted': { lowestKb?: number; totalKb?: number; pressure?: number; scope: 'host' | 'cgroup' };
  'swap-thrash': { inPerS?: number; outPerS?: number; swapUsedKb?: number };
  'load-spike': { peak: number; normal?: number; cpus?: number };
  'worker-pileup': {
    program: string;
    peak: number;
    normal: number;
    /** Memory that one worker has for itself: PSS, else anonymous, else RSS (overstated). */
    workerKb?: number;
    workerKbIs?: 'pss' | 'anonymous' | 'rss';
    /** How long the median worker had run at the peak. */
    heldS?: number;
  };
  'worker-limit-reached': {
    server: 'apache' | 'nginx' | 'php-fpm' | 'other';
    setting: string;
    limit?: number;
    times: number;
  };
  'request-flood': FloodMeasure;
  'endpoint-abuse': {
    endpoint: string;
    requests: number;
    /** Share of the cost that the endpoint took, and took before. */
    costShare: number;
    normalShare?: number;
    sources: number;
    topSource: string;
    topShare: number;
  };
  'login-failures': {
    where: 'wp-login' | 'xmlrpc' | 'both' | 'other';
    requests: number;
    /** Passwords tried, those inside multicalls counted. */
    guesses: number;
    sources: readonly string[];
    sourceCount: number;
    succeeded: number;
    successEvidence: readonly Evidence[];
  };
  'pingback-requests': {
    /** All of them, and those that the size of the reply betrays: while the host fails, no reply tells. */
    requests: number;
    bySize: number;
    ratePerS: number;
    sources: readonly string[];
    sourceCount: number;
    /** Seconds that one holds its worker, and where the figure is from. */
    heldS: number;
    heldFrom: 'log-order' | 'logged' | 'processes' | 'in-flight' | 'mechanism';
    /** Seen in flight, before the log has them: so many at once. */
    inFlight?: number;
  };
  'scan-probes': { requests: number; sources: readonly string[]; sourceCount: number; different: number };
  'crawler-storm': {
    robot: string;
    agent: string;
    requests: number;
    costShare: number;
    sources: readonly string[];
    sourceCount: number;
  };
  'traffic-spike': { visitors: number; normalVisitors: number; perSeconds: number; ratio: number; referer?: string };
  'half-open-connections': { peak: number; sources: number; topSource?: string };
  'slow-clients': { connections: number; timeouts: number; topSource?: string; topShare?: number };
  'database-access-denied': { times: number; how: 'refused-user' | 'wrong-door'; user?: string; detail?: string };
  'service-crashed': { service: string; role: 'web' | 'php' | 'database' | 'other'; signal?: number; times: number };
  'php-errors': { errors: number; what: string; component?: string; message: string };
  'disk-full': { places: readonly string[]; inodes: boolean; writer?: string; usedBy?: string };
  'slow-queries': { queries: number; longestS: number; locked: boolean; statement?: string };
  'backend-timeouts': { times: number; peer?: string; component?: string };
  'too-many-connections': { times: number; used?: number; limit?: number };
}

/** A source of traffic beyond what this host's visitors do. */
export interface FloodMeasure {
  /** One address, one network, or many of either. */
  kind: 'address' | 'network' | 'distributed';
  /** Addresses or CIDR, heaviest first, at most `SOURCES_NAMED`. */
  sources: readonly string[];
  sourceCount: number;
  requests: number;
  ratePerS: number;
  costShare: number;
  /** Worker-seconds. */
  workerS: number;
  /** The endpoint most asked for, and its share of these requests; empty where nobody told. */
  endpoint: string;
  endpointShare: number;
  /** Seen in flight, before the log has them: so many at once. */
  inFlight?: number;
}

export type SymptomId = keyof Measures;

export type Symptom<K extends SymptomId = SymptomId> = {
  [I in SymptomId]: {
    readonly id: I;
    readonly span: TimeSpan;
    /** `inferred`: concluded from other facts, not said by a source. */
    readonly certainty: 'observed' | 'inferred';
    readonly measure: Readonly<Measures[I]>;
    readonly evidence: readonly Evidence[];
  };
}[K];

export const SYMPTOM_IDS = [
  'site-error',
  'site-slow',
  'site-unreachable',
  'database-down',
  'database-killed',
  'database-restart-failed',
  'database-stalled',
  'tables-crashed',
  'oom-kill',
  'memory-exhausted',
  'swap-thrash',
  'load-spike',
  'worker-pileup',
  'worker-limit-reached',
  'request-flood',
  'endpoint-abuse',
  'login-failures',
  'pingback-requests',
  'scan-probes',
  'crawler-storm',
  'traffic-spike',
  'half-open-connections',
  'slow-clients',
  'database-access-denied',
  'service-crashed',
  'php-errors',
  'disk-full',
  'slow-queries',
  'backend-timeouts',
  'too-many-connections',
] as const satisfies readonly SymptomId[];

// All detectors, one a symptom, and the one call that runs them.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import { backendTimeouts } from './backend-timeouts.ts';
import { crawlerStorm } from './crawler-storm.ts';
import { databaseAccessDenied } from './database-access-denied.ts';
import { databaseDown } from './database-down.ts';
import { databaseKilled } from './database-killed.ts';
import { databaseRestartFailed } from './database-restart-failed.ts';
import { databaseStalled } from './database-stalled.ts';
import { diskFull } from './disk-full.ts';
import { endpointAbuse } from './endpoint-abuse.ts';
import { halfOpenConnections } from './half-open-connections.ts';
import { loadSpike } from './load-spike.ts';
import { loginFailures } from './login-failures.ts';
import { memoryExhausted } from './memory-exhausted.ts';
import { oomKill } from './oom-kill.ts';
import { phpErrors } from './php-errors.ts';
import { pingbackRequests } from './pingback-requests.ts';
import { requestFlood } from './request-flood.ts';
import { scanProbes } from './scan-probes.ts';
import { serviceCrashed } from './service-crashed.ts';
import { siteError } from './site-error.ts';
import { siteSlow } from './site-slow.ts';
import { siteUnreachable } from './site-unreachable.ts';
import { slowClients } from './slow-clients.ts';
import { slowQueries } from './slow-queries.ts';
import { swapThrash } from './swap-thrash.ts';
import { tablesCrashed } from './tables-crashed.ts';
import { tooManyConnections } from './too-many-connections.ts';
import { trafficSpike } from './traffic-spike.ts';
import type { Detector } from './view/detector.ts';
import { workerLimitReached } from './worker-limit-reached.ts';
import { workerPileup } from './worker-pileup.ts';

const DETECTORS: readonly Detector[] = [
  siteError,
  siteSlow,
  siteUnreachable,
  databaseDown,
  databaseKilled,
  databaseRestartFailed,
  databaseStalled,
  tablesCrashed,
  oomKill,
  memoryExhausted,
  swapThrash,
  loadSpike,
  workerPileup,
  workerLimitReached,
  requestFlood,
  endpointAbuse,
  loginFailures,
  pingbackRequests,
  scanProbes,
  crawlerStorm,
  trafficSpike,
  halfOpenConnections,
  slowClients,
  databaseAccessDenied,
  serviceCrashed,
  phpErrors,
  diskFull,
  slowQueries,
  backendTimeouts,
  tooManyConnections,
];

/** All that is wrong, ordered by when it began. */
export function findSymptoms(dossier: Dossier): readonly Symptom[] {
  return DETECTORS.flatMap((detector) => detector.detect(dossier)).sort((a, b) => a.span.from - b.span.from);
}

// All rules on causes, in the order of the closed list.
import type { CauseRule } from '../hypothesis.ts';
import { applicationError, slowBackend } from './behind-php.ts';
import { slowClientAttack, synFlood } from './connections.ts';
import { connectionLimit, databaseAccess, databaseWontStart, slowDatabase } from './database.ts';
import { diskFull } from './disk-full.ts';
import { flashCrowd } from './flash-crowd.ts';
import { flood } from './flood.ts';
import { loginBruteForce } from './login-brute-force.ts';
import { memory } from './memory.ts';
import { pingbackAbuse } from './pingback-abuse.ts';
import { aggressiveCrawler, vulnerabilityScan } from './scan-and-crawl.ts';
import { serviceCrashed } from './service-crashed.ts';
import { serviceStopped } from './service-stopped.ts';

export const CAUSE_RULES: readonly CauseRule[] = [
  flood,
  loginBruteForce,
  pingbackAbuse,
  vulnerabilityScan,
  aggressiveCrawler,
  flashCrowd,
  slowClientAttack,
  synFlood,
  memory,
  slowBackend,
  slowDatabase,
  connectionLimit,
  databaseAccess,
  databaseWontStart,
  serviceCrashed,
  applicationError,
  diskFull,
  serviceStopped,
];

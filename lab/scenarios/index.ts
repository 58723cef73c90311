// All scenarios of the lab.
import { passwordGuessingLogin, passwordGuessingXmlrpc, pingbackFlood, searchFlood, slowClients } from './attacks.ts';
import { databaseStopped, diskFull, flashCrowd, memoryHog, slowBackend } from './mishaps.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  pingbackFlood,
  passwordGuessingXmlrpc,
  passwordGuessingLogin,
  searchFlood,
  slowClients,
  flashCrowd,
  memoryHog,
  slowBackend,
  diskFull,
  databaseStopped,
];

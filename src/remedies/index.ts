// Remedies: from a plan to what would be done and whom it would have hit. Pure; acting on a host is not done here.
import type { AdvisedRemedy } from '../model/findings.ts';
import type { KnownHost, PlanOf, Remedy, RemedyKind, RemedyPlan } from '../model/remedy.ts';
import type { Traffic } from '../model/traffic.ts';
import { changePasswords, disableComponent, limitBackendWait } from './application.ts';
import { block } from './block.ts';
import { protectDatabase, repairTables } from './database-care.ts';
import { fixDatabaseAccess, fixDatabaseStart, fixQueries, raiseConnections } from './database-trouble.ts';
import { denyEndpoint } from './deny-endpoint.ts';
import { denyForwarded } from './deny-forwarded.ts';
import { enableSynCookies } from './enable-syn-cookies.ts';
import { findChange } from './find-change.ts';
import { freeDisk } from './free-disk.ts';
import { limitAgent } from './limit-agent.ts';
import { limitConnections } from './limit-connections.ts';
import { limitEndpoint } from './limit-endpoint.ts';
import { limitRequestTime } from './limit-request-time.ts';
import { limitWorkers } from './limit-workers.ts';
import { restartWeb, startService, stopProcess } from './services.ts';

const REMEDIES: { readonly [K in RemedyKind]: Remedy<K> } = {
  block,
  'deny-forwarded': denyForwarded,
  'deny-endpoint': denyEndpoint,
  'limit-endpoint': limitEndpoint,
  'limit-agent': limitAgent,
  'limit-workers': limitWorkers,
  'limit-connections': limitConnections,
  'restart-web': restartWeb,
  'start-service': startService,
  'repair-tables': repairTables,
  'protect-database': protectDatabase,
  'free-disk': freeDisk,
  'stop-process': stopProcess,
  'fix-database-access': fixDatabaseAccess,
  'fix-database-start': fixDatabaseStart,
  'disable-component': disableComponent,
  'raise-connections': raiseConnections,
  'fix-queries': fixQueries,
  'limit-backend-wait': limitBackendWait,
  'enable-syn-cookies': enableSynCookies,
  'limit-request-time': limitRequestTime,
  'change-passwords': changePasswords,
  'find-change': findChange,
};

/**
 * The plan with its preview, and its reach when traffic was recorded and bears on it. Never throws. Nothing from a log
 * stands in a command unless it was parsed or is of plain characters.
 */
export function advise(plan: RemedyPlan, traffic: Traffic | undefined, host: KnownHost = {}): AdvisedRemedy {
  const { preview, reach } = adviseAs(plan.kind, plan, traffic, host);
  return reach ? { plan, preview, reach } : { plan, preview };
}

function adviseAs<K extends RemedyKind>(kind: K, plan: PlanOf<K>, traffic: Traffic | undefined, host: KnownHost) {
  const remedy: Remedy<K> = REMEDIES[kind];
  return { preview: remedy.preview(plan, host), reach: traffic && remedy.reach(plan, traffic) };
}

// For tests: the traffic of a site, told as who asked for what how often.

import { networkOf } from '../model/address.ts';
import { distinct } from '../model/distinct.ts';
import { entryOf, table } from '../model/table.ts';
import {
  addTally,
  counter,
  groupTally,
  type SourceDetail,
  type Tally,
  type Traffic,
  tally,
  trafficProfile,
  weightOf,
} from '../model/traffic.ts';

interface Asked {
  readonly from: string;
  /** "POST /xmlrpc.php" and how often. */
  readonly endpoints: Readonly<Record<string, number>>;
  /** Worker time of one request, ms. */
  readonly eachMs?: number;
  readonly agent?: string;
  readonly assets?: number;
  readonly probes?: number;
  readonly loginPassed?: number;
  readonly loginFailed?: number;
  /** How long the address was seen, in minutes; 1 unless said. */
  readonly minutes?: number;
}

export function trafficOf(asked: readonly Asked[], proxies: Traffic['proxies'] = []): Traffic {
  const whole = trafficProfile(1000);
  const sources = table<SourceDetail>(1000);
  for (const one of asked) {
    const detail = detailOf(one);
    sources.entries.set(one.from, detail);
    addTally(whole.total, detail);
    const network = networkOf(one.from);
    if (network !== undefined) addTally(entryOf(whole.networks, network, groupTally, weightOf), detail);
    addTally(entryOf(whole.agents, one.agent ?? 'Mozilla/5.0', groupTally, weightOf), detail);
    for (const [endpoint, requests] of Object.entries(one.endpoints)) {
      addTally(entryOf(whole.endpoints, endpoint, groupTally, weightOf), part(one, requests));
    }
  }
  return {
    whole,
    slices: [],
    sliceMs: 1000,
    sources,
    failures: table(10),
    xmlrpc: table(10),
    timing: { logged: 0, fromOrder: 0, estimated: 0 },
    bytes: 'unknown',
    proxies,
    hiddenBehind: [],
    undated: 0,
    filtered: 0,
  };
}

function part(one: Asked, requests: number): Tally {
  const workerMs = requests * (one.eachMs ?? 100);
  return { ...tally(), requests, dynamic: requests, workerMs, first: 0, last: (one.minutes ?? 1) * 60_000 };
}

function detailOf(one: Asked): SourceDetail {
  const requests = Object.values(one.endpoints).reduce((sum, count) => sum + count, 0);
  const endpoints = counter();
  for (const [endpoint, count] of Object.entries(one.endpoints)) endpoints.counts.set(endpoint, count);
  return {
    ...part(one, requests),
    endpoints,
    agents: counter(),
    xmlrpc: counter(),
    loginFailed: one.loginFailed ?? 0,
    loginPassed: one.loginPassed ?? 0,
    probes: one.probes ?? 0,
    probed: distinct(),
    targets: distinct(),
    assets: one.assets ?? 0,
    posts: 0,
    referred: 0,
    xmlrpcExamples: new Map(),
    lags: new Map(),
    examples: [],
    passedLogins: [],
    adminRequests: [],
    earlyAdminRequests: [],
    requestBytes: 0,
    requestsSized: 0,
  };
}

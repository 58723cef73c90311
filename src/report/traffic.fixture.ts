// For tests: findings on the traffic of a small site, with whatever a test wants to be otherwise.
import { entry, T0, trafficOf } from '../engine/entries.fixture.ts';
import type { AccessEntry } from '../model/access-entry.ts';
import { robotClaims } from '../model/robot-claims.ts';
import { table } from '../model/table.ts';
import { addTally, type GroupTally, groupTally } from '../model/traffic.ts';
import type { TrafficFindings } from '../model/traffic-reading.ts';

export const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** A flood of `POST /xmlrpc.php`, forty visitors, a true Googlebot and a false one, in two minutes. */
export function siteRequests(): AccessEntry[] {
  const flood = Array.from({ length: 100 }, (_, i) =>
    entry({
      at: T0 + i * 1000,
      client: '203.0.113.66',
      method: 'POST',
      target: '/xmlrpc.php',
      status: i < 90 ? 200 : 503,
      bytes: 370,
      durationMs: 9000,
      agent: 'Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)',
    }),
  );
  const visitors = Array.from({ length: 80 }, (_, i) =>
    entry({
      at: T0 + i * 1500,
      client: `198.51.100.${10 + (i % 40)}`,
      target: i % 2 === 0 ? `/?p=${i}` : '/style.css',
      durationMs: 200,
      referer: 'https://www.example.org/',
      host: 'www.example.org',
    }),
  );
  const robots = ['66.249.66.1', '192.0.2.200'].flatMap((client) =>
    Array.from({ length: 5 }, (_, i) => entry({ at: T0 + i * 2000, client, agent: GOOGLEBOT, durationMs: 100 })),
  );
  return [...flood, ...visitors, ...robots].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
}

export function trafficFindings(
  requests: readonly AccessEntry[] = siteRequests(),
  changed: Partial<TrafficFindings> = {},
): TrafficFindings {
  const traffic = trafficOf([requests], { stamp: 'begin' });
  return {
    traffic,
    logs: [
      { path: 'access.log', title: 'combined (Apache)', bytes: 1000, lines: requests.length, unreadable: 0, notes: [] },
    ],
    notRecognised: [],
    owners: new Map([['203.0.113.66', { asn: 64496, name: 'Example Hosting', country: 'NL' }]]),
    ownersFrom: { date: '2026-06-17', attribution: 'IP Geolocation by DB-IP (https://db-ip.com)' },
    query: {},
    readAt: T0 + 3_600_000,
    zone: { name: 'UTC', assumed: false },
    top: 10,
    robots: robotClaims(traffic),
    ...changed,
  };
}

/** Groups of a query by several things, each key with the number of its requests. */
export function groupsOf(
  requests: Readonly<Record<string, number>>,
): NonNullable<TrafficFindings['traffic']['groups']> {
  const groups = table<GroupTally>(100);
  for (const [key, times] of Object.entries(requests)) {
    const group = groupTally();
    addTally(group, { ...groupTally(), requests: times, workerMs: times * 1000, first: T0, last: T0 });
    groups.entries.set(key, group);
  }
  return groups;
}

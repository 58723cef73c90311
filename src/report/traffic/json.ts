// The report on traffic for programs: all figures plain, times in UTC, text from logs as it stood there.
import { countDistinct } from '../../model/distinct.ts';
import type { Table } from '../../model/table.ts';
import type { Tally } from '../../model/traffic.ts';
import type { Dimension } from '../../model/traffic-query.ts';
import type { TrafficFindings } from '../../model/traffic-reading.ts';
import { iso } from '../text/clock.ts';
import type { TrafficData } from '../traffic-schema.ts';
import { type CountedTally, rowOf, rowsByCost } from './rows.ts';

/** The report as data that passes `trafficSchema`. */
export function trafficData(findings: TrafficFindings): TrafficData {
  const { traffic } = findings;
  const { total } = traffic.whole;
  return {
    schema: 'seawall-traffic/1',
    readAt: iso(findings.readAt),
    zone: { ...findings.zone },
    total: {
      ...tallyData(total),
      addresses: traffic.sources.folded === 0 ? traffic.sources.entries.size : countDistinct(total.members),
    },
    timing: { ...traffic.timing },
    bytes: traffic.bytes,
    filtered: traffic.filtered,
    undated: traffic.undated,
    slices: traffic.slices.map(({ from, widthMs, profile }) => ({
      from: iso(from),
      seconds: widthMs / 1000,
      requests: profile.total.requests,
      failed: profile.total.failed,
      workerSeconds: profile.total.workerMs / 1000,
      addresses: countDistinct(profile.total.members),
    })),
    tables: tablesOf(findings),
    robots: findings.robots.map(({ robot, proof, by, addresses, examples, tally }) => {
      const { costShare, requestShare } = rowOf(findings, [], tally);
      return {
        robot,
        proof,
        ...(by !== undefined && { by }),
        addresses,
        examples: [...examples],
        ...tallyData(tally),
        costShare,
        requestShare,
      };
    }),
    proxies: traffic.proxies.map((proxy) => ({ ...proxy })),
    hiddenBehind: traffic.hiddenBehind.map((proxy) => ({ ...proxy })),
    logs: findings.logs.map(({ span: _, offsetMinutes: __, notes, ...log }) => ({ ...log, notes: [...notes] })),
    notRecognised: findings.notRecognised.map((file) => ({ ...file })),
    ...(findings.ownersFrom && { ownersFrom: { ...findings.ownersFrom } }),
  };
}

function tablesOf(findings: TrafficFindings): TrafficData['tables'] {
  const { whole, sources, groups } = findings.traffic;
  const { by } = findings.query;
  if (groups && by) return [tableData(findings, groups, by)];
  return [
    tableData(findings, sources, ['source']),
    tableData(findings, whole.networks, ['network']),
    tableData(findings, whole.endpoints, ['endpoint']),
    tableData(findings, whole.agents, ['agent']),
    tableData(findings, whole.statuses, ['status']),
    tableData(findings, whole.methods, ['method']),
    tableData(findings, whole.hosts, ['host']),
    tableData(findings, whole.referers, ['referer']),
  ];
}

function tableData(
  findings: TrafficFindings,
  of: Table<CountedTally>,
  by: readonly Dimension[],
): TrafficData['tables'][number] {
  const rows = rowsByCost(findings, of, by);
  return {
    by: [...by],
    rows: rows.slice(0, findings.top).map(({ keys, tally, costShare, requestShare, owner }) => ({
      key: [...keys],
      ...tallyData(tally),
      costShare,
      requestShare,
      ...(tally.members && { addresses: countDistinct(tally.members) }),
      ...(owner && { owner: { ...owner } }),
    })),
    total: rows.length,
    folded: of.folded,
    errorBound: of.errorBound,
  };
}

type TallyData = Omit<TrafficData['total'], 'addresses'>;

function tallyData(tally: Tally): TallyData {
  const { requests, dynamic, bytes, ok, redirected, refused, failed, notFound, clientTimeouts, gaveUp } = tally;
  return {
    requests,
    dynamic,
    workerSeconds: tally.workerMs / 1000,
    bytes,
    ok,
    redirected,
    refused,
    failed,
    notFound,
    clientTimeouts,
    gaveUp,
    ...(requests > 0 && { first: iso(tally.first), last: iso(tally.last) }),
  };
}

// What reading access logs gave, and what a report on them may speak of.
import type { NotRecognised, SourceReport } from './dossier.ts';
import type { NetworkOwner, OwnersFrom } from './owner.ts';
import type { RobotClaim } from './robot-claims.ts';
import type { EpochMs, TimeSpan } from './time.ts';
import type { Traffic } from './traffic.ts';
import type { TrafficQuery } from './traffic-query.ts';

export interface TrafficReading {
  /** Absent when no request passed. */
  readonly traffic?: Traffic;
  readonly logs: readonly LogReport[];
  /** What is no access log. */
  readonly notRecognised: readonly NotRecognised[];
  /** Of all requests that were read. */
  readonly span?: TimeSpan;
  /** Who owns the networks of the addresses in `traffic.sources`, where that is known. */
  readonly owners: ReadonlyMap<string, NetworkOwner>;
  readonly ownersFrom?: OwnersFrom;
}

/** One access log that was read. */
export interface LogReport extends Omit<SourceReport, 'format'> {
  /** The zone that its lines name, minutes ahead of UTC. */
  readonly offsetMinutes?: number;
}

/** All that a report on traffic speaks of. */
export interface TrafficFindings extends Omit<TrafficReading, 'traffic'> {
  readonly traffic: Traffic;
  readonly query: TrafficQuery;
  readonly readAt: EpochMs;
  /** Of the logs; `assumed` when they don't say it. */
  readonly zone: { readonly name: string; readonly assumed: boolean };
  /** Rows a table. */
  readonly top: number;
  readonly robots: readonly RobotClaim[];
  /** What DNS was asked, where it was asked. */
  readonly lookups?: { readonly asked: number; readonly leftOut: number };
}

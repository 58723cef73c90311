// What is coming in now: the last minute in tables, the last minutes as a figure a second.
import type { Table } from './table.ts';
import type { EpochMs } from './time.ts';
import type { GroupTally, SliceProfile } from './traffic.ts';

/** Tables cover so many seconds, figures a second so many. */
export const LIVE_WINDOW_S = 60;
export const LIVE_HISTORY_S = 300;

/** The requests whose lines were read within one second. */
export interface LiveSecond {
  requests: number;
  failed: number;
  workerMs: number;
}

export interface FollowedLog {
  readonly path: string;
  /** The format; absent as long as no line was recognised. */
  readonly title?: string;
  readonly unreadable: number;
  /** What is wrong with it just now: "no such file: waiting for it". */
  readonly trouble?: string;
}

export interface LiveTraffic {
  readonly at: EpochMs;
  /** Seconds that `profile`, `endpoints` and `agents` cover: up to a minute. */
  readonly windowS: number;
  readonly profile: SliceProfile;
  readonly endpoints: Table<GroupTally>;
  readonly agents: Table<GroupTally>;
  /** Up to `at`, the oldest first; the last one is over. */
  readonly seconds: readonly LiveSecond[];
  readonly logs: readonly FollowedLog[];
}

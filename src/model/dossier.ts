// The dossier: what every source said, typed and time-aligned. All that stands above reads this and nothing else.
import type { LogEvent } from './event.ts';
import type { NetworkOwner, OwnersFrom } from './owner.ts';
import type { PacketSummary } from './packets.ts';
import type { Sample } from './sample.ts';
import type { EpochMs, TimeSpan } from './time.ts';
import type { Traffic } from './traffic.ts';
import type { Missing } from './verdict.ts';

export interface HostFacts {
  readonly name?: string;
  readonly cpus?: number;
  /** Memory of the host, or the limit of its cgroup when that is smaller. */
  readonly memTotalKb?: number;
  readonly swapTotalKb?: number;
}

/** One file or command that was read. */
export interface SourceReport {
  readonly path: string;
  readonly format: string;
  readonly title: string;
  readonly bytes: number;
  readonly lines: number;
  /** Lines that the format could not read, and the first of them. */
  readonly unreadable: number;
  readonly firstUnreadable?: string;
  readonly span?: TimeSpan;
  /** What had to be assumed or was noticed: a zone, a year, a cut file, a clock shift. */
  readonly notes: readonly string[];
  /** What read it, where there is a choice. */
  readonly engine?: 'kernel' | 'reference';
  /** Why it was that one: "JSON lines". */
  readonly engineNote?: string;
}

export interface NotRecognised {
  readonly path: string;
  readonly reason: string;
  /** Hostile; cut at 400 characters. Absent when there is nothing to show. */
  readonly firstLine?: string;
}

export interface Dossier {
  /** The time that the evidence covers; absent when no source had a time. */
  readonly span?: TimeSpan;
  /** Offset of the host's wall clock from UTC, for times in a report. */
  readonly zone: { readonly name: string; readonly assumed: boolean };
  readonly host: HostFacts;
  readonly traffic?: Traffic;
  /** Who owns the networks of the addresses in `traffic.sources`, where that is known. */
  readonly owners?: ReadonlyMap<string, NetworkOwner>;
  /** Whose data `owners` is. */
  readonly ownersFrom?: OwnersFrom;
  /** Ordered by time. */
  readonly events: readonly LogEvent[];
  /** Events that were folded or dropped beyond the bound. */
  readonly eventsDropped: number;
  /** Ordered by time. */
  readonly samples: readonly Sample[];
  readonly samplesDropped: number;
  readonly packets?: PacketSummary;
  readonly sources: readonly SourceReport[];
  readonly notRecognised: readonly NotRecognised[];
  /** What a live host did not show, each with the command or the right that would. */
  readonly unseen?: readonly Missing[];
  /** In words, for the report. */
  readonly assumptions: readonly string[];
  /** The moment of reading: for a live host or a file without any time. */
  readonly readAt: EpochMs;
}

// A sliding window over traffic: a ring of seconds, each with a profile that merges with the others, so memory is bounded.
import { addHash, hash32 } from '../model/distinct.ts';
import { LIVE_HISTORY_S, LIVE_WINDOW_S, type LiveSecond, type LiveTraffic } from '../model/live-traffic.ts';
import { entryOf, type Table, table } from '../model/table.ts';
import type { EpochMs } from '../model/time.ts';
import {
  addTally,
  type GroupTally,
  groupTally,
  mergeGroups,
  mergeSlice,
  type SliceProfile,
  sliceProfile,
  type Tally,
  tally,
  weightOf,
} from '../model/traffic.ts';

/** Addresses that are kept apart, of a second and of the window. */
const SECOND_CAPACITY = 256;
const WINDOW_CAPACITY = 1024;

/** One request, as it is counted. */
export interface LiveRequest {
  readonly address: string;
  readonly endpoint: string;
  readonly agent: string;
  /** Of this request alone. */
  readonly tally: Tally;
}

interface Second {
  readonly profile: SliceProfile;
  readonly endpoints: Table<GroupTally>;
  readonly agents: Table<GroupTally>;
}

export interface LiveWindow {
  /** `at`: when its line was read. */
  add(request: LiveRequest, at: EpochMs): void;
  view(at: EpochMs): Omit<LiveTraffic, 'logs'>;
}

/** A window that begins now: what was before is not known. */
export function liveWindow(begin: EpochMs): LiveWindow {
  let first = Math.floor(begin / 1000);
  const profiles = new Map<number, Second>();
  const figures = new Map<number, LiveSecond>();

  /** What lies ahead goes as well: the clock was set back. */
  const forget = (now: number): void => {
    for (const [seconds, most] of [
      [profiles, LIVE_WINDOW_S],
      [figures, LIVE_HISTORY_S],
    ] as const) {
      for (const second of seconds.keys()) if (second <= now - most || second > now + 1) seconds.delete(second);
    }
  };

  return {
    add({ address, endpoint, agent, tally: one }, at) {
      const second = Math.floor(at / 1000);
      let known = profiles.get(second);
      if (!known) {
        forget(second);
        known = {
          profile: sliceProfile(SECOND_CAPACITY),
          endpoints: table(SECOND_CAPACITY),
          agents: table(SECOND_CAPACITY),
        };
        profiles.set(second, known);
      }
      const { profile, endpoints, agents } = known;
      const hash = hash32(address);
      addTally(profile.total, one);
      addHash(profile.total.members, hash);
      addTally(entryOf(profile.addresses, address, tally, weightOf), one);
      for (const group of [
        entryOf(endpoints, endpoint, groupTally, weightOf),
        entryOf(agents, agent, groupTally, weightOf),
      ]) {
        addTally(group, one);
        addHash(group.members, hash);
      }
      const figure = figures.get(second) ?? { requests: 0, failed: 0, workerMs: 0 };
      figure.requests += one.requests;
      figure.failed += one.failed;
      figure.workerMs += one.workerMs;
      figures.set(second, figure);
    },
    view(at) {
      const now = Math.floor(at / 1000);
      forget(now);
      first = Math.min(first, now);
      const profile = sliceProfile(WINDOW_CAPACITY);
      const endpoints = table<GroupTally>(WINDOW_CAPACITY);
      const agents = table<GroupTally>(WINDOW_CAPACITY);
      for (const second of profiles.values()) {
        mergeSlice(profile, second.profile);
        mergeGroups(endpoints, second.endpoints);
        mergeGroups(agents, second.agents);
      }
      const seconds: LiveSecond[] = [];
      for (let second = Math.max(first, now - LIVE_HISTORY_S); second < now; second++)
        seconds.push(figures.get(second) ?? { requests: 0, failed: 0, workerMs: 0 });
      return { at, windowS: Math.min(LIVE_WINDOW_S, Math.max(1, now - first)), profile, endpoints, agents, seconds };
    },
  };
}

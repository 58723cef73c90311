// Traffic by slices of time, all of one width, which doubles when they become too many.
import type { EpochMs } from '../model/time.ts';
import {
  absorbProfile,
  shrinkProfile,
  type TrafficProfile,
  type TrafficSlice,
  trafficProfile,
} from '../model/traffic.ts';

/** At most this many slices; then two become one, twice as wide. */
const SLICES_MAX = 256;
/** So many addresses are kept of a slice. */
const CAPACITY = 96;
/** Slices that requests still come into have more room: fewer entries go that would have to be made again for the next request. */
const OPEN_CAPACITY = CAPACITY * 4;
/** Of those: the latest, and the ones before that late requests belong to. */
const OPEN_MAX = 2;

export interface Slices {
  readonly widthMs: number;
  /** The profile of the slice that the moment lies in. Valid until the next call. */
  at(moment: EpochMs): TrafficProfile;
  /** All in order. Nothing may come after. */
  finish(): TrafficSlice[];
}

export function sliceStore(): Slices {
  let slices = new Map<number, TrafficProfile>();
  let open: TrafficProfile[] = [];
  let last: { readonly index: number; readonly profile: TrafficProfile } | undefined;

  const store = {
    widthMs: 1000,
    at(moment: EpochMs): TrafficProfile {
      const index = Math.floor(moment / store.widthMs);
      if (last?.index === index) return last.profile;
      const profile = slices.get(index) ?? begin(index);
      if (!profile) return store.at(moment);
      last = { index, profile };
      return profile;
    },
    finish(): TrafficSlice[] {
      close(0);
      return [...slices]
        .sort(([a], [b]) => a - b)
        .map(([index, profile]) => ({ from: index * store.widthMs, widthMs: store.widthMs, profile }));
    },
  };

  /** `undefined` when there was no room: the slices are another width now. */
  function begin(index: number): TrafficProfile | undefined {
    if (slices.size >= SLICES_MAX) {
      double();
      return undefined;
    }
    const profile = trafficProfile(OPEN_CAPACITY);
    slices.set(index, profile);
    open.push(profile);
    close(OPEN_MAX);
    return profile;
  }

  function close(most: number): void {
    for (const profile of open.splice(0, Math.max(0, open.length - most))) shrinkProfile(profile, CAPACITY);
  }

  function double(): void {
    close(0);
    const merged = new Map<number, TrafficProfile>();
    for (const [index, profile] of slices) {
      const half = Math.floor(index / 2);
      const known = merged.get(half);
      if (known) absorbProfile(known, profile);
      else merged.set(half, profile);
    }
    slices = merged;
    open = [];
    last = undefined;
    store.widthMs *= 2;
  }
  return store;
}

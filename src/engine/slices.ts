// Traffic by slices of time, all of one width, which doubles when they become too many.
import type { EpochMs } from '../model/time.ts';
import {
  absorbSlice,
  absorbTables,
  addFigures,
  type SliceProfile,
  shrinkSlice,
  sliceProfile,
  type Traffic,
  type TrafficSlice,
} from '../model/traffic.ts';
import { lazySlice } from './lazy-slice.ts';

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
  at(moment: EpochMs): SliceProfile;
  /** All in order. Nothing may come after. */
  finish(): TrafficSlice[];
}

export function sliceStore(): Slices {
  let slices = new Map<number, SliceProfile>();
  let open: SliceProfile[] = [];
  let last: { readonly index: number; readonly profile: SliceProfile } | undefined;

  const store = {
    widthMs: 1000,
    at(moment: EpochMs): SliceProfile {
      const index = Math.floor(moment / store.widthMs);
      if (last?.index === index) return last.profile;
      const profile = slices.get(index) ?? begin(index);
      if (!profile) return store.at(moment);
      last = { index, profile };
      return profile;
    },
    finish(): TrafficSlice[] {
      close(0);
      return inOrder(slices, store.widthMs);
    },
  };

  /** `undefined` when there was no room: the slices are another width now. */
  function begin(index: number): SliceProfile | undefined {
    if (slices.size >= SLICES_MAX) {
      double();
      return undefined;
    }
    const profile = sliceProfile(OPEN_CAPACITY);
    slices.set(index, profile);
    open.push(profile);
    close(OPEN_MAX);
    return profile;
  }

  function close(most: number): void {
    for (const profile of open.splice(0, Math.max(0, open.length - most))) shrinkSlice(profile, CAPACITY);
  }

  function double(): void {
    close(0);
    const merged = new Map<number, SliceProfile>();
    for (const [index, profile] of slices) {
      const half = Math.floor(index / 2);
      const known = merged.get(half);
      if (known) absorbSlice(known, profile);
      else merged.set(half, profile);
    }
    slices = merged;
    open = [];
    last = undefined;
    store.widthMs *= 2;
  }
  return store;
}

/**
 * The slices of several records, as wide as the widest of them, and wider where they would be too many. Takes them over. Their tables
 * are put together when somebody looks at them.
 */
export function joinSlices(parts: readonly Pick<Traffic, 'slices' | 'sliceMs'>[]): Pick<Traffic, 'slices' | 'sliceMs'> {
  let widthMs = Math.max(...parts.map((part) => part.sliceMs));
  const starts = parts.flatMap((part) => part.slices.map((slice) => slice.from));
  while (new Set(starts.map((from) => Math.floor(from / widthMs))).size > SLICES_MAX) widthMs *= 2;
  const joined = new Map<number, SliceProfile[]>();
  for (const { from, profile } of parts.flatMap((part) => part.slices)) {
    const index = Math.floor(from / widthMs);
    const known = joined.get(index);
    if (known) known.push(profile);
    else joined.set(index, [profile]);
  }
  return {
    slices: inOrder(new Map([...joined].map(([index, some]) => [index, joinProfiles(some)])), widthMs),
    sliceMs: widthMs,
  };
}

function joinProfiles(profiles: readonly SliceProfile[]): SliceProfile {
  const [first = sliceProfile(CAPACITY), ...rest] = profiles;
  if (rest.length === 0) return first;
  const figures = sliceProfile(CAPACITY);
  for (const profile of profiles) addFigures(figures, profile);
  return lazySlice(figures, () => {
    for (const profile of rest) absorbTables(first, profile);
    return first;
  });
}

function inOrder(slices: ReadonlyMap<number, SliceProfile>, widthMs: number): TrafficSlice[] {
  return [...slices].sort(([a], [b]) => a - b).map(([index, profile]) => ({ from: index * widthMs, widthMs, profile }));
}

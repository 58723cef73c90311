// What is normal for this host: robust figures from its own record, so that a busy host is not called sick and a quiet one not well.

import { countDistinct, distinct, mergeDistinct } from '../../model/distinct.ts';
import type { Dossier } from '../../model/dossier.ts';
import { heaviest } from '../../model/table.ts';
import type { EpochMs } from '../../model/time.ts';
import {
  mergeSlice,
  type SliceProfile,
  sliceProfile,
  type Tally,
  type Traffic,
  type TrafficSlice,
} from '../../model/traffic.ts';

/** The value below which the given share (0 to 1) lies; `undefined` for no values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/**
 * The calm level of a series: the median of its lower half, so that an incident that fills half of the record does not
 * pass for normal.
 */
export function calm(values: readonly number[]): number | undefined {
  return quantile(values, 0.25);
}

/** A record shorter than this has no before: what goes on all the time need not be normal. */
const BRIEF_MS = 30_000;

/** Whether the points tell no normal to compare with: too few, or all within a moment. Points must be ordered. */
export function isBrief(points: readonly { readonly at: EpochMs }[]): boolean {
  return points.length < 4 || (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0) < BRIEF_MS;
}

const WINDOWS_MAX = 5000;

/** Stretches in which `holds` is true, joined when no more than `gapMs` apart. Points must be ordered. */
export function episodes<T extends { readonly at: EpochMs }>(
  points: readonly T[],
  holds: (point: T) => boolean,
  gapMs: number,
): T[][] {
  const found: T[][] = [];
  for (const point of points) {
    if (!holds(point)) continue;
    const current = found.at(-1);
    const last = current?.at(-1);
    if (current && last && point.at - last.at <= gapMs) current.push(point);
    else found.push([point]);
  }
  return found;
}

/** As `episodes`, for samples: where they are sparse, the gap grows with the distance between them. */
export function sampledEpisodes<T extends { readonly at: EpochMs }>(
  points: readonly T[],
  holds: (point: T) => boolean,
  leastGapMs: number,
): T[][] {
  const steps = points.slice(1).map((point, i) => point.at - (points[i]?.at ?? point.at));
  return episodes(points, holds, Math.max(leastGapMs, (median(steps) ?? 0) * 2.5));
}

/** Distinct addresses, requests and failures in consecutive windows of the same width. */
export interface Window {
  readonly at: EpochMs;
  readonly widthMs: number;
  readonly requests: number;
  readonly visitors: number;
  readonly failed: number;
  /** Requests and failures of all but the one network that asked most, where that made a third of them or more. */
  readonly otherRequests: number;
  readonly otherFailed: number;
}

/** The network that asked most, if it made a third of the requests or more: visitors are the others. */
export function dominant(profile: SliceProfile): Tally | undefined {
  const [, heavy] = heaviest(profile.networks, (tally) => tally.requests, 1)[0] ?? [];
  return heavy && heavy.requests >= profile.total.requests / 3 ? heavy : undefined;
}

/** The traffic in slices, with the empty ones filled in. */
export function trafficWindows(dossier: Dossier): Window[] {
  const traffic = dossier.traffic;
  const first = traffic?.slices[0];
  const last = traffic?.slices.at(-1);
  if (!traffic || !first || !last) return [];
  const bySlice = new Map(traffic.slices.map((slice) => [slice.from, slice]));
  const all = (last.from - first.from) / traffic.sliceMs + 1;
  // A stray line from another year must not make a million empty windows.
  const starts =
    all <= WINDOWS_MAX ? Array.from({ length: all }, (_, i) => first.from + i * traffic.sliceMs) : [...bySlice.keys()];
  return starts.map((at) => {
    const profile = bySlice.get(at)?.profile;
    const total = profile?.total;
    const requests = total?.requests ?? 0;
    const failed = total?.failed ?? 0;
    const apart = profile && dominant(profile);
    return {
      at,
      widthMs: traffic.sliceMs,
      requests,
      visitors: total ? countDistinct(total.members) : 0,
      failed,
      otherRequests: requests - (apart?.requests ?? 0),
      otherFailed: failed - (apart?.failed ?? 0),
    };
  });
}

/** The slices, joined where they are narrower than `leastMs`: in a second or two of a quiet site hardly anybody comes. */
export function joinedSlices(traffic: Traffic, leastMs: number): TrafficSlice[] {
  const widthMs = Math.ceil(leastMs / traffic.sliceMs) * traffic.sliceMs;
  if (widthMs <= traffic.sliceMs) return [...traffic.slices];
  const joined = new Map<number, TrafficSlice>();
  for (const { from, profile } of traffic.slices) {
    const begin = Math.floor(from / widthMs) * widthMs;
    const known = joined.get(begin) ?? { from: begin, widthMs, profile: sliceProfile(profile.addresses.capacity) };
    mergeSlice(known.profile, profile);
    joined.set(begin, known);
  }
  return [...joined.values()];
}

/** Windows to compare: enough of them to know what is normal, and each long enough to hold some visitors. */
const WINDOWS = 48;
const WINDOW_MIN_MS = 15_000;

/** Distinct addresses in windows of equal width over the whole record, empty ones included. */
export function visitorWindows(traffic: Traffic): { windows: { at: number; value: number }[]; widthMs: number } {
  const first = traffic.slices[0]?.from ?? 0;
  const last = (traffic.slices.at(-1)?.from ?? first) + traffic.sliceMs;
  const slicesEach = Math.max(1, Math.ceil(Math.max((last - first) / WINDOWS, WINDOW_MIN_MS) / traffic.sliceMs));
  const widthMs = slicesEach * traffic.sliceMs;
  const windows: { at: number; value: number }[] = [];
  for (let at = first; at < last; at += widthMs) {
    const members = distinct(12);
    for (const slice of traffic.slices)
      if (slice.from >= at && slice.from < at + widthMs) mergeDistinct(members, slice.profile.total.members);
    windows.push({ at, value: countDistinct(members) });
  }
  return { windows, widthMs };
}

// What is normal for this host: robust figures from its own record, so that a busy host is not called sick and a quiet one not well.

import { countDistinct } from '../../model/distinct.ts';
import type { Dossier } from '../../model/dossier.ts';
import type { EpochMs } from '../../model/time.ts';

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

const WINDOWS_MAX = 5000;

/** A figure over time. */
export interface Point {
  readonly at: EpochMs;
  readonly value: number;
}

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

/** Distinct addresses, requests and failures in consecutive windows of the same width. */
export interface Window {
  readonly at: EpochMs;
  readonly widthMs: number;
  readonly requests: number;
  readonly visitors: number;
  readonly failed: number;
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
    const total = bySlice.get(at)?.profile.total;
    return {
      at,
      widthMs: traffic.sliceMs,
      requests: total?.requests ?? 0,
      visitors: total ? countDistinct(total.members) : 0,
      failed: total?.failed ?? 0,
    };
  });
}

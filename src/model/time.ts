// Times and spans: epoch milliseconds inside, ISO 8601 at the edges.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A stretch of time; both ends belong to it. */
export interface TimeSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * A time as a source wrote it, before its clock is known.
 * - `absolute`: `ms` is epoch milliseconds.
 * - `local`: the host's wall clock without a zone; `ms` is that wall clock read as if it were UTC.
 * - `yearless`: as `local`, and without a year (RFC 3164 syslog); `ms` lies in the leap year 2000.
 * - `boot`: `ms` is milliseconds since the kernel started (raw dmesg).
 */
export interface Stamp {
  readonly ms: number;
  readonly clock: 'absolute' | 'local' | 'yearless' | 'boot';
}

export function spanOf(times: Iterable<EpochMs>): TimeSpan | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return from <= to ? { from, to } : undefined;
}

/** The smallest span that holds all given ones; `undefined` when there is none. */
export function spanUnion(spans: Iterable<TimeSpan | undefined>): TimeSpan | undefined {
  let union: TimeSpan | undefined;
  for (const span of spans) {
    if (!span) continue;
    union = union ? { from: Math.min(union.from, span.from), to: Math.max(union.to, span.to) } : span;
  }
  return union;
}

export function within(span: TimeSpan, at: EpochMs): boolean {
  return at >= span.from && at <= span.to;
}

export function overlaps(a: TimeSpan, b: TimeSpan): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** The span made longer by `ms` at both ends. */
export function widen(span: TimeSpan, ms: number): TimeSpan {
  return { from: span.from - ms, to: span.to + ms };
}

export function lengthSeconds(span: TimeSpan): number {
  return (span.to - span.from) / 1000;
}

// What a request cost in worker time: logged where the log tells, else read off the order of the log, else estimated.
import type { AccessEntry } from '../model/access-entry.ts';

/** Worker time of a dynamic request that no source measures: WordPress over CGI, no opcode cache (docs/causes.md). */
const DYNAMIC_MS = 250;
const STATIC_MS = 1;

/** A gap larger than this is a rotated or joined log or a stepped clock, not a request that took so long. */
const LAG_MAX_MS = 180_000;
/** Whole seconds are logged and requests overtake each other: a smaller lag says nothing. */
const LAG_MIN_MS = 2_000;

export type CostSource = 'logged' | 'fromOrder' | 'estimated';

export interface Cost {
  readonly workerMs: number;
  readonly source: CostSource;
}

/**
 * Apache stamps a line with the time of the request's begin and writes it at its end. So when a line stands after
 * others that began later, the request lasted at least as long as the difference.
 */
export interface LogOrder {
  /** Milliseconds that the request at least took, 0 when the order says nothing. Call once a line, in order. */
  lagMs(at: number): number;
  /** The latest begin seen: about the time at which the line was written. */
  readonly newest: number;
}

export function logOrder(): LogOrder {
  const order = {
    newest: Number.NEGATIVE_INFINITY,
    lagMs(at: number): number {
      const lag = order.newest - at;
      if (lag <= 0 || lag > LAG_MAX_MS) {
        order.newest = at;
        return 0;
      }
      return lag >= LAG_MIN_MS ? lag : 0;
    },
  };
  return order;
}

export function costOf(entry: AccessEntry, dynamic: boolean, lagMs: number): Cost {
  if (!dynamic) return { workerMs: STATIC_MS, source: entry.durationMs === undefined ? 'estimated' : 'logged' };
  const logged = entry.upstreamMs ?? entry.durationMs;
  if (logged !== undefined) return { workerMs: Math.max(logged, STATIC_MS), source: 'logged' };
  if (lagMs > DYNAMIC_MS) return { workerMs: lagMs, source: 'fromOrder' };
  return { workerMs: DYNAMIC_MS, source: 'estimated' };
}

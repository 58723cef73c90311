// What the begin of an access log tells about all of it: the zone of its times, how far they may go, who stands in front of the site.
import { provedProxies } from '../engine/client.ts';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import type { EpochMs } from '../model/time.ts';
import { DAY_MS } from './clock.ts';
import { fromWallClock, type Zone } from './zone.ts';

/** No web server of today wrote a log before: a host without a battery starts its clock in 1970. */
export const EARLIEST: EpochMs = Date.UTC(2000, 0, 1);
const FUTURE_MS = 366 * DAY_MS;
const OFFSET_MAX_MINUTES = 14 * 60;

export interface LogBegin {
  /** A request that claims to be younger is believed to have no time. */
  readonly latest: EpochMs;
  /** The zone that the lines name, minutes ahead of UTC. */
  readonly offsetMinutes: number | undefined;
  /** Addresses of proxies, as far as the log proves them. */
  readonly proved: ReadonlySet<string>;
}

/** `head` are the first lines of the log. */
export function logBegin(format: AccessFormat, head: readonly string[], now: EpochMs): LogBegin {
  const entries: AccessEntry[] = [];
  const offsets: (number | undefined)[] = [];
  for (const line of head) {
    const entry = format.parse(line);
    if (!entry) continue;
    entries.push(entry);
    offsets.push(offsetIn(line));
  }
  return {
    latest: Math.max(now, median(entries.map(({ at }) => at))) + FUTURE_MS,
    offsetMinutes: commonest(offsets),
    proved: provedProxies(entries),
  };
}

/** The moment of a request, where the log's format gives none but the wall clock of its host. */
export function momentIn(format: AccessFormat, at: EpochMs, zone: Zone | undefined): EpochMs {
  return format.localTime && zone ? fromWallClock(at, zone) : at;
}

/** Of what is defined; `-Infinity` of nothing. */
function median(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known[known.length >> 1] ?? Number.NEGATIVE_INFINITY;
}

function commonest(values: readonly (number | undefined)[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The zone that a log line names: "-0800" in brackets, or an ISO 8601 offset. */
function offsetIn(text: string): number | undefined {
  const match = /\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})? ?([+-])(\d{2}):?(\d{2})\b/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (minutes > OFFSET_MAX_MINUTES) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

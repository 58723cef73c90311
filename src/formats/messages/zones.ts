// A wall clock in a named zone as a moment: PHP's error log says "Europe/Berlin" and no offset.
import type { EpochMs } from '../../model/time.ts';

const HOUR_MS = 3_600_000;
/** A hostile log could name any number of zones; a host has one or two. */
const ZONES_MAX = 32;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Lines of a log come in order: the offset of the last hour nearly always serves again. */
  hour: number;
  offset: number;
}

const zones = new Map<string, Zone | undefined>();

function zoneOf(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name);
  if (zones.size >= ZONES_MAX) zones.clear();
  let zone: Zone | undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, hour: Number.NaN, offset: 0 };
  } catch {
    zone = undefined; // Intl throws on a name it doesn't know
  }
  zones.set(name, zone);
  return zone;
}

function offsetAt(zone: Zone, at: EpochMs): number {
  const part: Record<string, number> = {};
  for (const { type, value } of zone.format.formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(
    part.year ?? 1970,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
  return wall - Math.floor(at / 1000) * 1000;
}

/**
 * The moment at which a clock in `name` (IANA, "Europe/Berlin") showed `wallMs` (that wall clock read as UTC), in epoch
 * milliseconds. The hour that daylight saving repeats is read as its second pass or its first, whichever comes out;
 * `undefined` when the zone is not known.
 */
export function zonedToEpoch(wallMs: number, name: string): EpochMs | undefined {
  if (name === 'UTC' || name === 'GMT') return wallMs;
  const zone = zoneOf(name);
  if (!zone || !(Math.abs(wallMs) < 8e15)) return undefined;
  const hour = Math.floor(wallMs / HOUR_MS);
  if (zone.hour !== hour) {
    const first = offsetAt(zone, wallMs);
    zone.offset = offsetAt(zone, wallMs - first);
    zone.hour = hour;
  }
  return wallMs - zone.offset;
}

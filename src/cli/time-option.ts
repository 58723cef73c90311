// Times on the command line: absolute, a wall clock, or so long before now.
import { OptionError } from '../sources/given.ts';
import { fromWallClock, type Zone } from '../sources/zone.ts';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Epoch ms of "2026-11-22T10:04:42Z", "2026-11-22 10:04", "2026-11-22", or "2h" (before `now`). A time that does not say
 * its zone is read in `zone`.
 * @throws OptionError
 */
export function timeOption(name: string, text: string, now: number, zone: Zone): number {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) return now - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS];
  const bare = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?$/.exec(text);
  const ms = Date.parse(bare ? `${bare[1]}T${bare[2] ?? '00:00'}Z` : text);
  if (Number.isNaN(ms) || !/^\d{4}-\d{2}-\d{2}/.test(text)) {
    throw new OptionError(
      `${name} ${text}: no such time. Give 2026-11-22T10:04:42Z, "2026-11-22 10:04", 2026-11-22, or 2h for two hours ago.`,
    );
  }
  return bare ? fromWallClock(ms, zone) : ms;
}

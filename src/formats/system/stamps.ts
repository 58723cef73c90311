// Reads the time stamps that system logs begin with.
import type { Stamp } from '../../model/time.ts';

/** A stamp, and where in the line the text after it (and its blank) begins. */
interface StampedLine {
  readonly stamp: Stamp;
  readonly rest: number;
}

/** Abbreviated months as glibc's locales have them, where they differ from English: `journalctl` speaks the reader's language. */
const MONTHS = new Map(
  [
    'jan ene gen janv',
    'feb fev févr fév',
    'mar mär mars mrt',
    'apr abr avr avril',
    'may mai mei maj mag',
    'jun giu juin',
    'jul lug juil',
    'aug ago août aoû',
    'sep set sept',
    'oct okt ott out',
    'nov',
    'dec dez dic déc des',
  ].flatMap((names, month) => names.split(' ').map((name) => [name, month] as const)),
);

/** RFC 3164 and `journalctl -o short[-precise]`: `Nov 25 08:41:04[.083314] `. */
const SYSLOG = /^([^\s\d[\]<>{}:]{3,6}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
/** RFC 3339 (rsyslog, RFC 5424) and `journalctl -o short-iso[-precise]`; dmesg writes a comma for the point. */
const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:([.,])(\d{1,9}))?(?:(Z)|([+-])(\d\d):?(\d\d)) /;
/** `journalctl -o short-full`: `Sun 2026-11-22 10:07:22 UTC `. */
const FULL =
  /^[^\s\d[\]<>{}:]{2,5} (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? ([A-Z][A-Za-z]{1,5}|[+-]\d{2,4}) /;
/** `journalctl -o short-unix`: `1795342042.083314 `. */
const UNIX = /^(\d{9,10})\.(\d{6}) /;
/** ctime(3) in brackets, as `dmesg -T` prints it: `[Sun Nov 22 10:07:22 2026] `. */
const CTIME = /^\[[^\s\d[\]]{2,5} {1,2}([^\s\d[\]]{3,6}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\] ?/;

function fraction(digits: string | undefined): number {
  return digits ? Math.floor(Number(`0.${digits}`) * 1000 + 1e-6) : 0;
}

function clock(
  year: number,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  digits?: string,
): number | undefined {
  const [d, h, m, s] = [Number(day), Number(hour), Number(minute), Number(second)];
  // 60 is a leap second (RFC 3339, 5.6).
  if (month < 0 || month > 11 || d < 1 || d > 31 || h > 23 || m > 59 || s > 60) return undefined;
  return Date.UTC(year, month, d, h, m, s) + fraction(digits);
}

/** The month of an abbreviation, 0 to 11. */
export function monthOf(name: string | undefined): number | undefined {
  return MONTHS.get((name ?? '').toLowerCase().replace(/\.$/, ''));
}

/** `Nov 25 08:41:04 `: clock `yearless`. */
export function readSyslogStamp(line: string): StampedLine | undefined {
  const found = SYSLOG.exec(line);
  const month = found ? monthOf(found[1]) : undefined;
  if (!found || month === undefined) return undefined;
  const ms = clock(2000, month, found[2], found[3], found[4], found[5], found[6]);
  return ms === undefined ? undefined : { stamp: { ms, clock: 'yearless' }, rest: found[0].length };
}

/** `2026-11-22T10:07:22.083314+00:00 `: clock `absolute`. `separator` is what stands before the fraction, where there is one. */
export function readIsoStamp(line: string): (StampedLine & { readonly separator: string | undefined }) | undefined {
  const found = ISO.exec(line);
  if (!found) return undefined;
  const wall = clock(Number(found[1]), Number(found[2]) - 1, found[3], found[4], found[5], found[6], found[8]);
  if (wall === undefined) return undefined;
  const offset = found[9] ? 0 : (Number(found[11]) * 60 + Number(found[12])) * (found[10] === '-' ? -60_000 : 60_000);
  return { stamp: { ms: wall - offset, clock: 'absolute' }, rest: found[0].length, separator: found[7] };
}

/** `Sun 2026-11-22 10:07:22 UTC `: absolute in UTC or with a numeric zone, else `local` (the reader's zone by abbreviation). */
export function readFullStamp(line: string): StampedLine | undefined {
  const found = FULL.exec(line);
  if (!found) return undefined;
  const wall = clock(Number(found[1]), Number(found[2]) - 1, found[3], found[4], found[5], found[6], found[7]);
  if (wall === undefined) return undefined;
  const zone = found[8] ?? '';
  const rest = found[0].length;
  if (zone === 'UTC' || zone === 'GMT') return { stamp: { ms: wall, clock: 'absolute' }, rest };
  if (!/^[+-]/.test(zone)) return { stamp: { ms: wall, clock: 'local' }, rest };
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3) || 0);
  return { stamp: { ms: wall - minutes * (zone.startsWith('-') ? -60_000 : 60_000), clock: 'absolute' }, rest };
}

/** `1795342042.083314 `: clock `absolute`. */
export function readUnixStamp(line: string): StampedLine | undefined {
  const found = UNIX.exec(line);
  if (!found) return undefined;
  return { stamp: { ms: Number(found[1]) * 1000 + fraction(found[2]), clock: 'absolute' }, rest: found[0].length };
}

/** `[Sun Nov 22 10:07:22 2026] `: clock `local`. */
export function readCtimeStamp(line: string): StampedLine | undefined {
  const found = CTIME.exec(line);
  const month = found ? monthOf(found[1]) : undefined;
  if (!found || month === undefined) return undefined;
  const ms = clock(Number(found[6]), month, found[2], found[3], found[4], found[5]);
  return ms === undefined ? undefined : { stamp: { ms, clock: 'local' }, rest: found[0].length };
}

// The time stamps that services print at the begin of a line, and what is left of the line behind them.
import type { EpochMs, Stamp } from '../../model/time.ts';
import { zonedToEpoch } from './zones.ts';

interface Stamped {
  /** Absent when the line begins with no stamp that we know. */
  readonly stamp: Stamp | undefined;
  /** The line behind the stamp, without leading spaces. */
  readonly rest: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds of a wall clock read as UTC; `undefined` when no calendar has such a moment. */
function wallClock(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction = '',
): EpochMs | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.padEnd(3, '0').slice(0, 3)));
  return Number.isFinite(ms) ? ms : undefined;
}

function fromMatch(match: RegExpExecArray, from: number): EpochMs | undefined {
  const at = (i: number): number => Number(match[from + i]);
  return wallClock(at(0), at(1), at(2), at(3), at(4), at(5), match[from + 6] ?? '');
}

function local(ms: EpochMs | undefined): Stamp | undefined {
  return ms === undefined ? undefined : { ms, clock: 'local' };
}

// 2017-11-25  8:40:55 (MariaDB 10.1 and later, padded with a blank), 2017-11-25 08:40:55 (MySQL 5.6), 2026-11-22T09:00:00.123456Z or
// +01:00 with log_timestamps=SYSTEM (MySQL 5.7 and later).
const DATABASE_LONG = /^(\d{4})-(\d\d)-(\d\d)[ T]([ \d]\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?(?= |$)/;
// 171125  8:41:04: MySQL and MariaDB up to 5.5 and 10.0, mysqld_safe, and MariaDB's crash report to this day.
const DATABASE_SHORT = /^(\d\d)(\d\d)(\d\d) +(\d{1,2}):(\d\d):(\d\d)(?= |$)/;

/** MySQL's and MariaDB's error log: local without a zone, absolute with one (sql/log.cc, sql/server_component/log_builtins.cc). */
export function takeDatabaseStamp(line: string): Stamped {
  const long = DATABASE_LONG.exec(line);
  if (long) {
    const ms = fromMatch(long, 1);
    return { stamp: withOffset(ms, long[8]), rest: line.slice(long[0].length).trimStart() };
  }
  const short = DATABASE_SHORT.exec(line);
  if (!short) return { stamp: undefined, rest: line };
  const [, year, month, day, hour, minute, second] = short.map(Number);
  const ms = wallClock(2000 + (year ?? 0), month ?? 0, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0);
  return { stamp: local(ms), rest: line.slice(short[0].length).trimStart() };
}

function withOffset(ms: EpochMs | undefined, zone: string | undefined): Stamp | undefined {
  if (ms === undefined) return undefined;
  if (zone === undefined) return { ms, clock: 'local' };
  if (zone === 'Z') return { ms, clock: 'absolute' };
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return { ms: zone.startsWith('-') ? ms + minutes * 60_000 : ms - minutes * 60_000, clock: 'absolute' };
}

const APACHE =
  /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})\] ?/;
// ErrorLogFormat with %{cu}t: the compact ISO form.
const APACHE_COMPACT = /^\[(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\] ?/;

/** Apache 2.2 and 2.4 (ap_recent_ctime_ex, server/log.c): the host's wall clock. */
export function takeApacheStamp(line: string): Stamped {
  const match = APACHE.exec(line);
  if (match) {
    const [, month, day, hour, minute, second, fraction, year] = match;
    const ms = wallClock(
      Number(year),
      MONTHS.indexOf(month ?? '') + 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      fraction,
    );
    return { stamp: local(ms), rest: line.slice(match[0].length) };
  }
  const compact = APACHE_COMPACT.exec(line);
  if (!compact) return { stamp: undefined, rest: line };
  return { stamp: local(fromMatch(compact, 1)), rest: line.slice(compact[0].length) };
}

const NGINX = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) /;

/** nginx's error log (src/core/ngx_log.c): the host's wall clock, to the second. */
export function takeNginxStamp(line: string): Stamped {
  const match = NGINX.exec(line);
  if (!match) return { stamp: undefined, rest: line };
  return { stamp: local(fromMatch(match, 1)), rest: line.slice(match[0].length) };
}

const PHP =
  /^\[(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([A-Za-z0-9_+\-/:]{1,40}))?\] {0,2}/;

interface PhpStamped extends Stamped {
  /** Whether the stamp names a zone: PHP's own log does (main/main.c), PHP-FPM's does not (sapi/fpm/fpm/zlog.c). */
  readonly zoned: boolean;
}

/** `[22-Nov-2026 10:07:22 Europe/Berlin]` is absolute, `[22-Nov-2026 10:07:22]` the host's wall clock. */
export function takePhpStamp(line: string): PhpStamped {
  const match = PHP.exec(line);
  if (!match) return { stamp: undefined, rest: line, zoned: false };
  const [, day, month, year, hour, minute, second, fraction, zone] = match;
  const ms = wallClock(
    Number(year),
    MONTHS.indexOf(month ?? '') + 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    fraction,
  );
  const rest = line.slice(match[0].length);
  if (ms === undefined || zone === undefined) return { stamp: local(ms), rest, zoned: zone !== undefined };
  const absolute = zonedToEpoch(ms, zone);
  return { stamp: absolute === undefined ? local(ms) : { ms: absolute, clock: 'absolute' }, rest, zoned: true };
}

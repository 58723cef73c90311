// The times that access log lines carry: Common Log Format ("22/Nov/2026:12:06:28 +0000") and ISO 8601.
import type { EpochMs } from '../../model/time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?$/;

/** Length of "22/Nov/2026:12:06:28 +0000"; every program pads it to the same width. */
export const CLF_TIME_LENGTH = 26;
/** Length of "22/Nov/2026", and where " +0000" begins. */
const DAY_LENGTH = 11;
const ZONE_AT = 20;

/** 1 to 12 from an English month name or its first three letters; `undefined` when it is none. */
export function monthNumber(name: string): number | undefined {
  const index = MONTHS.indexOf(name.slice(0, 3));
  return index < 0 ? undefined : index + 1;
}

/** Epoch milliseconds of a date and wall clock, read as UTC; `undefined` when there is no such moment. Months from 1; second 60 is a leap second. */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): EpochMs | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Minutes east of UTC from "+0100", "+01:00" or "Z"; `undefined` when it is no offset. */
export function offsetMinutes(text: string): number | undefined {
  if (text === 'Z') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/**
 * Reads Common Log Format times at a place in a line. It keeps the last one, and its day: a busy log has many lines a
 * second and seldom another day, and comparing characters is far cheaper than reading a date.
 */
export function clfTimeReader(): (line: string, at: number) => EpochMs | undefined {
  let lastText = '\n';
  let lastMs: EpochMs | undefined;
  let day = '\n';
  let zone = '\n';
  let midnightMs = 0;
  return (line, at) => {
    if (line.startsWith(lastText, at)) return lastMs;
    const ms =
      line.startsWith(day, at) && line.startsWith(zone, at + ZONE_AT)
        ? sameDay(line, at + DAY_LENGTH, midnightMs)
        : clfTime(line.slice(at, at + CLF_TIME_LENGTH));
    if (ms === undefined) return undefined;
    lastText = line.slice(at, at + CLF_TIME_LENGTH);
    lastMs = ms;
    if (!line.startsWith(day, at) || !line.startsWith(zone, at + ZONE_AT)) {
      day = line.slice(at, at + DAY_LENGTH);
      zone = line.slice(at + ZONE_AT, at + CLF_TIME_LENGTH);
      midnightMs = clfTime(`${day}:00:00:00${zone}`) ?? 0;
    }
    return ms;
  };
}

/** The moment of `:12:06:28` at a place in the line, on the day that began at `midnightMs`. */
function sameDay(line: string, at: number, midnightMs: EpochMs): EpochMs | undefined {
  const hour = twoDigits(line, at);
  const minute = twoDigits(line, at + 3);
  const second = twoDigits(line, at + 6);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return undefined;
  return midnightMs + (hour * 3600 + minute * 60 + second) * 1000;
}

/** The number in `:NN` at a place; NaN when it is none. */
function twoDigits(line: string, at: number): number {
  const tens = line.charCodeAt(at + 1) - 0x30;
  const ones = line.charCodeAt(at + 2) - 0x30;
  const fits = line.charCodeAt(at) === 0x3a && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return fits ? tens * 10 + ones : Number.NaN;
}

/** "22/Nov/2026:12:06:28 +0000", as Apache's `%t` and nginx's `$time_local` write it; `undefined` when it is not that. */
export function clfTime(text: string): EpochMs | undefined {
  const match = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})$/.exec(text);
  if (!match) return undefined;
  const month = monthNumber(match[2] ?? '');
  const offset = offsetMinutes(match[7] ?? '');
  if (month === undefined || offset === undefined) return undefined;
  const utc = utcMs(Number(match[3]), month, Number(match[1]), Number(match[4]), Number(match[5]), Number(match[6]));
  return utc === undefined ? undefined : utc - offset * 60_000;
}

/** ISO 8601 with or without a zone (RFC 3339); without one it is read as UTC and `zoned` is false. */
export function isoTime(text: string): { readonly ms: EpochMs; readonly zoned: boolean } | undefined {
  const match = text.length > 40 ? null : ISO.exec(text);
  if (!match) return undefined;
  const zone = match[8];
  const offset = zone === undefined ? 0 : offsetMinutes(zone);
  const utc = utcMs(
    Number(match[1]),
    Number(match[2]),
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6]),
  );
  if (utc === undefined || offset === undefined) return undefined;
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000 + 1e-6);
  return { ms: utc - offset * 60_000 + fraction, zoned: zone !== undefined };
}

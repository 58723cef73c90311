// The moment of a line whose format was told, put together from the pieces that the format names.
import type { EpochMs } from '../../model/time.ts';
import { clfTime, isoTime, monthNumber, offsetMinutes, utcMs } from './line-time.ts';

/** What the pieces of one line have told so far. */
export interface Moment {
  /** A complete moment: nothing but a fraction can be added to it. */
  whole?: EpochMs;
  zoned?: boolean;
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  offset?: number;
  fractionMs?: number;
}

function number(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed.length <= 20 && /^\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** A piece that is a number; false when it is none. */
function numeric(put: (moment: Moment, value: number) => void) {
  return (moment: Moment, text: string): boolean => {
    const value = number(text);
    if (value !== undefined) put(moment, value);
    return value !== undefined;
  };
}

function whole(moment: Moment, ms: EpochMs | undefined, zoned = true): boolean {
  if (ms === undefined) return false;
  moment.whole = ms;
  moment.zoned = zoned;
  return true;
}

function epoch(perUnitMs: number) {
  return numeric((moment, value) => whole(moment, Math.floor(value * perUnitMs + 1e-4)));
}

/** The pieces of a time; each says false when the text is not what should stand there. */
export const TIME_PIECES = {
  clf: (moment: Moment, text: string) => whole(moment, clfTime(text)),
  iso: (moment: Moment, text: string) => {
    const time = isoTime(text);
    return time !== undefined && whole(moment, time.ms, time.zoned);
  },
  epochS: epoch(1000),
  epochMs: epoch(1),
  epochUs: epoch(1e-3),
  year: numeric((moment, value) => {
    moment.year = value;
  }),
  /** POSIX strptime: 69 to 99 are the last century. */
  year2: numeric((moment, value) => {
    moment.year = value + (value < 69 ? 2000 : 1900);
  }),
  month: numeric((moment, value) => {
    moment.month = value;
  }),
  monthName: (moment: Moment, text: string) => {
    const month = monthNumber(text);
    if (month === undefined) return false;
    moment.month = month;
    return true;
  },
  day: numeric((moment, value) => {
    moment.day = value;
  }),
  hour: numeric((moment, value) => {
    moment.hour = value;
  }),
  ampm: (moment: Moment, text: string) => {
    moment.afternoon = /^pm$/i.test(text);
    return /^[ap]m$/i.test(text);
  },
  minute: numeric((moment, value) => {
    moment.minute = value;
  }),
  second: numeric((moment, value) => {
    moment.second = value;
  }),
  offset: (moment: Moment, text: string) => {
    const offset = offsetMinutes(text);
    if (offset === undefined) return false;
    moment.offset = offset;
    return true;
  },
  fractionMs: numeric((moment, value) => {
    moment.fractionMs = value;
  }),
  fractionUs: numeric((moment, value) => {
    moment.fractionMs = Math.floor(value / 1000);
  }),
};

export type TimePiece = keyof typeof TIME_PIECES;

/** The moment that the pieces make; `undefined` when the date or the hour is missing or impossible. */
export function momentMs(moment: Moment): EpochMs | undefined {
  const fraction = moment.fractionMs ?? 0;
  if (moment.whole !== undefined) return moment.whole % 1000 === 0 ? moment.whole + fraction : moment.whole;
  const { year, month, day, hour, minute = 0, second = 0 } = moment;
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  const twelve = moment.afternoon === undefined ? hour : (hour % 12) + (moment.afternoon ? 12 : 0);
  const utc = utcMs(year, month, day, twelve, minute, second);
  return utc === undefined ? undefined : utc - (moment.offset ?? 0) * 60_000 + fraction;
}

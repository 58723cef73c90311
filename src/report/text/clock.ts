// Times as the host's administrator reads them: in the zone of the host, with the date only where it is not plain.
import type { Dossier } from '../../model/dossier.ts';
import type { EpochMs, TimeSpan } from '../../model/time.ts';

export interface Clock {
  /** How the zone is called in the report: "UTC", "-08:00", "Europe/Berlin". */
  readonly zone: string;
  /** Wall clock of the host, read as if it were UTC, in milliseconds. */
  local(at: EpochMs): number;
  /** "10:07:22", with the day before it when that is not the day of the incident. */
  time(at: EpochMs): string;
  /** "08:12" */
  minute(at: EpochMs): string;
  /** "22 Nov 2026" */
  date(at: EpochMs): string;
  /** "at 10:07:22", "from 08:12 to 08:41": seconds only where they matter. */
  during(span: TimeSpan): string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;
/** Spans shorter than this are told with seconds. */
const SECONDS_MATTER_MS = 15 * 60_000;

function pad(value: number): string {
  return value.toString().padStart(2, '0');
}

/** A clock for the dossier's zone. Times on the day on which `focus` begins are told without their date. */
export function clockOf(dossier: Pick<Dossier, 'zone' | 'span'>, focus: TimeSpan | undefined = dossier.span): Clock {
  const { name, local } = zoneOf(dossier.zone.name);
  const today = focus ? Math.floor(local(focus.from) / DAY_MS) : undefined;
  const day = (at: EpochMs) => {
    const wall = new Date(local(at));
    return `${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]}`;
  };
  const dated = (at: EpochMs, text: string) =>
    today !== undefined && Math.floor(local(at) / DAY_MS) === today ? text : `${day(at)} ${text}`;
  const minuteOf = (at: EpochMs) => {
    const wall = new Date(local(at));
    return `${pad(wall.getUTCHours())}:${pad(wall.getUTCMinutes())}`;
  };
  const secondOf = (at: EpochMs) => `${minuteOf(at)}:${pad(new Date(local(at)).getUTCSeconds())}`;
  const time = (at: EpochMs) => dated(at, secondOf(at));
  const minute = (at: EpochMs) => dated(at, minuteOf(at));
  return {
    zone: name,
    local,
    time,
    minute,
    date: (at) => `${day(at)} ${new Date(local(at)).getUTCFullYear()}`,
    during(span) {
      if (span.to - span.from < 1000) return `at ${time(span.from)}`;
      const say = span.to - span.from < SECONDS_MATTER_MS ? time : minute;
      return `from ${say(span.from)} to ${say(span.to)}`;
    },
  };
}

/** ISO 8601 in UTC with milliseconds; a time that no calendar has becomes the nearest that one has. */
export function iso(at: EpochMs): string {
  const year0 = -62_167_219_200_000;
  const year9999 = 253_402_300_799_999;
  return new Date(Number.isNaN(at) ? 0 : Math.min(year9999, Math.max(year0, at))).toISOString();
}

interface Zone {
  readonly name: string;
  readonly local: (at: EpochMs) => number;
}

/** A fixed offset ("-08:00", "UTC+1") or a name of the time zone database; UTC for what is neither. */
function zoneOf(text: string): Zone {
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(text.trim());
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    const shift = (offset[1] === '-' ? -minutes : minutes) * 60_000;
    return { name: text.trim(), local: (at) => valid(at) + shift };
  }
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: text,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { name: text, local: (at) => wallClock(format, valid(at)) };
  } catch {
    return { name: 'UTC', local: valid };
  }
}

function valid(at: EpochMs): number {
  return Number.isFinite(at) && Math.abs(at) < 8e15 ? at : 0;
}

function wallClock(format: Intl.DateTimeFormat, at: EpochMs): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

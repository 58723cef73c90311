// Time zones: IANA names and fixed offsets, for wall clocks that don't say theirs.

export interface Zone {
  readonly name: string;
  /** Minutes that the wall clock is ahead of UTC at a moment (epoch ms). */
  offsetMinutes(at: number): number;
}

export const UTC: Zone = { name: 'UTC', offsetMinutes: () => 0 };

const QUARTER_MS = 900_000;

export function fixedZone(minutes: number): Zone {
  if (minutes === 0) return UTC;
  const sign = minutes < 0 ? '-' : '+';
  const abs = Math.abs(minutes);
  const name = `${sign}${String(Math.floor(abs / 60)).padStart(2, '0')}:${String(abs % 60).padStart(2, '0')}`;
  return { name, offsetMinutes: () => minutes };
}

/** "Europe/Berlin", "UTC", "+01:00", "-0800"; `undefined` when it is none of them. */
export function parseZone(text: string): Zone | undefined {
  const offset = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return minutes <= 14 * 60 && Number(offset[3]) < 60 ? fixedZone(offset[1] === '-' ? -minutes : minutes) : undefined;
  }
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: text, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const memo = { quarter: Number.NaN, minutes: 0 };
  return {
    name: text,
    offsetMinutes(at) {
      // Offsets change at whole quarters of an hour of UTC (Lord Howe: at 15:30), and asking Intl is slow.
      const quarter = Math.floor(at / QUARTER_MS);
      // Intl throws on what is no moment.
      if (!(Math.abs(quarter * QUARTER_MS) <= 8.64e15)) return 0;
      if (quarter !== memo.quarter) {
        memo.quarter = quarter;
        const name =
          format.formatToParts(quarter * QUARTER_MS).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
        const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
        memo.minutes = match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
      }
      return memo.minutes;
    },
  };
}

/** Epoch ms of a wall clock reading that was taken as if it were UTC. */
export function fromWallClock(wallMs: number, zone: Zone): number {
  const guess = wallMs - zone.offsetMinutes(wallMs) * 60_000;
  return wallMs - zone.offsetMinutes(guess) * 60_000;
}

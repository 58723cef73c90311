// The line that uptime, w and top begin with: time of day, time since boot, users, load averages.
import type { LoadAverage } from '../../model/sample.ts';
import type { Stamp } from '../../model/time.ts';
import { decimal } from './numbers.ts';
import type { Opener } from './section.ts';

interface UptimeLine {
  /** A time of day, as wall clock on 1970-01-01. */
  readonly stamp?: Stamp;
  readonly uptimeS?: number;
  readonly load: LoadAverage;
}

const CLOCK = /^(?:top - )?(\d{1,2}):(\d\d)(?::(\d\d))? ?([ap]m)?,? +up +/i;
const LOAD = /^averages?: +(\d+[.,]\d+),? +(\d+[.,]\d+),? +(\d+[.,]\d+)$/;

/** ` 12:12:40 up 9 min,  1 user,  load average: 135.00, 95.01, 55.05` (procps, library/uptime.c). */
export function uptimeLine(text: string): UptimeLine | undefined {
  const line = text.slice(0, 300).trim();
  const clock = CLOCK.exec(line);
  const at = line.lastIndexOf('load average');
  if (!clock || at < 0) return undefined;
  const averages = LOAD.exec(line.slice(at + 5));
  const load = averages?.slice(1, 4).map((value) => decimal(value) ?? 0);
  if (!load) return undefined;
  const uptimeS = sinceBoot(line.slice(clock[0].length, at));
  const stamp = timeOfDay(clock);
  return {
    load: [load[0] ?? 0, load[1] ?? 0, load[2] ?? 0],
    ...(stamp === undefined ? {} : { stamp }),
    ...(uptimeS === undefined ? {} : { uptimeS }),
  };
}

function timeOfDay(clock: RegExpExecArray): Stamp | undefined {
  let hour = Number(clock[1]);
  const half = clock[4]?.toLowerCase();
  if (half !== undefined) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  const ms = (hour * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)) * 1000;
  return ms < 86_400_000 ? { ms, clock: 'local' } : undefined;
}

/** "9 min,", "3:41,", "13 days,  3:41,", "1 day, 5 min," -> seconds. */
function sinceBoot(text: string): number | undefined {
  const days = /(\d{1,6}) days?\b/.exec(text)?.[1];
  const hours = /(\d{1,2}):(\d\d)\b/.exec(text);
  const minutes = /(\d{1,2}) min\b/.exec(text)?.[1];
  if (days === undefined && !hours && minutes === undefined) return undefined;
  const part = hours ? Number(hours[1]) * 3600 + Number(hours[2]) * 60 : Number(minutes ?? 0) * 60;
  return Number(days ?? 0) * 86_400 + part;
}

/** `uptime`, and `w` with its table of sessions, which holds nothing for us. */
export const openUptime: Opener = (text, line) => {
  const read = text.trimStart().startsWith('top - ') ? undefined : uptimeLine(text);
  if (!read) return undefined;
  const { stamp, ...data } = read;
  let sessions = false;
  return {
    line(row) {
      if (/^USER +TTY +/.test(row)) sessions = true;
      // A session has a name, a terminal, and a time of login.
      else return sessions && /^\S+ +(?:tty|pts|console|:|\?|-)/.test(row);
      return true;
    },
    end: () => [{ data, line, text, ...(stamp ? { stamp } : {}) }],
  };
};

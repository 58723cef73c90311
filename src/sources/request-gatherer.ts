// Takes the requests of one access log: sets its clock right, and holds the first ones back until it is clear whose they are.
import type { LogAccumulator, TrafficAccumulator } from '../engine/accumulate.ts';
import { type ClientResolver, clientResolver } from '../engine/client.ts';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import type { EpochMs, TimeSpan } from '../model/time.ts';
import { DAY_MS } from './clock.ts';
import { fromWallClock, type Zone } from './zone.ts';

/** Entries that are looked at before the clients of a log are told apart. */
const CLIENT_PROOF_ENTRIES = 500;
/** No web server of today wrote a log before: a host without a battery starts its clock in 1970. */
const EARLIEST = Date.UTC(2000, 0, 1);
const FUTURE_MS = 366 * DAY_MS;
const OFFSET_MAX_MINUTES = 14 * 60;

export interface RequestOptions {
  readonly trustedProxies: readonly string[];
  /** Requests outside are left out. */
  readonly window: Partial<TimeSpan>;
  /** Of wall clocks without a zone. */
  readonly zone: Zone | undefined;
  readonly now: EpochMs;
}

export interface RequestGatherer {
  add(format: AccessFormat, entry: AccessEntry, line: number, text: string): void;
  /** The log is at its end. Returns what has to be said about it. */
  finish(): string[];
  title(): string | undefined;
  span(): TimeSpan | undefined;
  /** The zone that the lines name, minutes ahead of UTC. */
  offsetMinutes(): number | undefined;
}

interface Held {
  readonly entry: AccessEntry;
  readonly line: number;
  readonly text: string;
}

export function requestGatherer(path: string, traffic: TrafficAccumulator, options: RequestOptions): RequestGatherer {
  let held: Held[] | undefined = [];
  let format: AccessFormat | undefined;
  let log: LogAccumulator | undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let offset: number | undefined;
  let latest = Number.POSITIVE_INFINITY;
  let outside = 0;
  let strays = 0;
  const windowFrom = options.window.from ?? Number.NEGATIVE_INFINITY;
  const windowTo = options.window.to ?? Number.POSITIVE_INFINITY;

  /** One request of 1970 or 2038 would stretch the time line until nothing could be told apart on it. */
  const dated = (entry: AccessEntry): AccessEntry => {
    if (entry.at === undefined) return entry;
    const at = format?.localTime && options.zone ? fromWallClock(entry.at, options.zone) : entry.at;
    if (at >= EARLIEST && at <= latest) return at === entry.at ? entry : { ...entry, at };
    strays++;
    return { ...entry, at: undefined };
  };

  const take = (told: AccessEntry, line: number, text: string): void => {
    const entry = dated(told);
    if (entry.at !== undefined) {
      if (entry.at < windowFrom || entry.at > windowTo) {
        outside++;
        return;
      }
      if (entry.at < from) from = entry.at;
      if (entry.at > to) to = entry.at;
    }
    log?.add(entry, line, text);
  };

  const release = (): void => {
    if (!held || !format) return;
    const begin = held;
    held = undefined;
    latest = Math.max(options.now, median(begin.map(({ entry }) => entry.at))) + FUTURE_MS;
    offset = commonest(begin.map(({ text }) => offsetIn(text)));
    const resolver: ClientResolver = clientResolver(
      begin.map(({ entry }) => entry),
      options.trustedProxies,
    );
    log = traffic.log(path, format, resolver);
    for (const { entry, line, text } of begin) take(entry, line, text);
  };

  return {
    title: () => format?.title,
    span: () => (from <= to ? { from, to } : undefined),
    offsetMinutes: () => offset,
    add(of, entry, line, text): void {
      format ??= of;
      if (!held) {
        take(entry, line, text);
        return;
      }
      held.push({ entry, line, text });
      if (held.length >= CLIENT_PROOF_ENTRIES) release();
    },
    finish(): string[] {
      release();
      log?.end();
      const notes: string[] = [];
      if (outside > 0) notes.push(`${requests(outside)} outside of the time asked for left out`);
      if (strays > 0)
        notes.push(`${requests(strays)} dated before 2000 or in the far future: counted as without a time`);
      if (format?.localTime)
        notes.push(`its times have no zone: read as ${options.zone?.name ?? 'UTC (set it with --timezone)'}`);
      return notes;
    },
  };
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
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

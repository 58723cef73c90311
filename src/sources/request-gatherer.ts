// Takes the requests of one access log from the reference parser: sets its clock right, and leaves out what lies outside of the window.
import type { LogAccumulator, TrafficAccumulator } from '../engine/accumulate.ts';
import { clientResolver } from '../engine/client.ts';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import type { EpochMs, TimeSpan } from '../model/time.ts';
import { EARLIEST, type LogBegin, logBegin, momentIn } from './log-begin.ts';
import type { Zone } from './zone.ts';

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

/** `head` are the first lines of the log. */
export function requestGatherer(
  path: string,
  traffic: TrafficAccumulator,
  head: readonly string[],
  options: RequestOptions,
): RequestGatherer {
  let opened: { readonly format: AccessFormat; readonly begin: LogBegin; readonly log: LogAccumulator } | undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let outside = 0;
  let strays = 0;
  const windowFrom = options.window.from ?? Number.NEGATIVE_INFINITY;
  const windowTo = options.window.to ?? Number.POSITIVE_INFINITY;

  const open = (format: AccessFormat) => {
    const begin = logBegin(format, head, options.now);
    const log = traffic.log(path, format, clientResolver(begin.proved, options.trustedProxies));
    return { format, begin, log };
  };

  /** One request of 1970 or 2038 would stretch the time line until nothing could be told apart on it. */
  const dated = (format: AccessFormat, begin: LogBegin, entry: AccessEntry): AccessEntry => {
    if (entry.at === undefined) return entry;
    const at = momentIn(format, entry.at, options.zone);
    if (at >= EARLIEST && at <= begin.latest) return at === entry.at ? entry : { ...entry, at };
    strays++;
    return { ...entry, at: undefined };
  };

  return {
    title: () => opened?.format.title,
    span: () => (from <= to ? { from, to } : undefined),
    offsetMinutes: () => opened?.begin.offsetMinutes,
    add(of, told, line, text): void {
      opened ??= open(of);
      const entry = dated(opened.format, opened.begin, told);
      if (entry.at !== undefined) {
        if (entry.at < windowFrom || entry.at > windowTo) {
          outside++;
          return;
        }
        if (entry.at < from) from = entry.at;
        if (entry.at > to) to = entry.at;
      }
      opened.log.add(entry, line, text);
    },
    finish(): string[] {
      opened?.log.end();
      return requestNotes({ outside, strays, format: opened?.format, zone: options.zone });
    },
  };
}

/** What has to be said about the requests of a log. */
export function requestNotes(of: {
  readonly outside: number;
  readonly strays: number;
  readonly format: AccessFormat | undefined;
  readonly zone: Zone | undefined;
}): string[] {
  const notes: string[] = [];
  if (of.outside > 0) notes.push(`${requests(of.outside)} outside of the time asked for left out`);
  if (of.strays > 0)
    notes.push(`${requests(of.strays)} dated before 2000 or in the far future: counted as without a time`);
  if (of.format?.localTime)
    notes.push(`its times have no zone: read as ${of.zone?.name ?? 'UTC (set it with --timezone)'}`);
  return notes;
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}

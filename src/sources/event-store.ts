// Holds the events and samples of one file before its clock is known, in bounded memory: repetitions are folded, and counted.
import type { EventPayload } from '../model/event.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import { programsOf } from '../model/programs.ts';
import type { Sample, SampleData } from '../model/sample.ts';
import type { EpochMs, Stamp } from '../model/time.ts';
import { fairShare } from './bounds.ts';
import type { RawStamp } from './clock.ts';
import { type Strays, stampTrack } from './stamp-track.ts';

export interface RawEvent {
  /** Absent when the file gave no time up to here. */
  stamp: RawStamp | undefined;
  /** The latest of those that are folded into it. */
  until: RawStamp | undefined;
  count: number;
  payload: EventPayload;
  readonly evidence: Evidence;
}

export interface RawSample {
  stamp: RawStamp | undefined;
  /** The processes are gathered by program at once: thousands of samples with hundreds of processes would not fit. */
  readonly data: Omit<Sample, 'at' | 'evidence'>;
  readonly evidence: Evidence;
}

export interface EventStore {
  event(stamp: Stamp | undefined, payload: EventPayload, file: string, line: number, text: string): void;
  sample(stamp: Stamp | undefined, data: SampleData, file: string, line: number, text: string): void;
  /** Returns the stamp with its turn of the year or the day. */
  seen(stamp: Stamp | undefined): RawStamp | undefined;
  /** The file is at its end. Returns what was noticed about its clock, for a person. */
  close(now: EpochMs): string | undefined;
  /** Keeps no more than so many events and samples, for a folder of many files. */
  bound(events: number, samples: number): void;
  readonly events: readonly RawEvent[];
  readonly samples: readonly RawSample[];
  /** First and last stamp of the file, whatever stood there; known when it is closed. */
  readonly first: RawStamp | undefined;
  readonly last: RawStamp | undefined;
  readonly eventsDropped: number;
  readonly samplesDropped: number;
}

const EVENTS_MAX = 10_000;
const SAMPLES_MAX = 4096;
const LONG_LINE = 2000;
/** Events further apart are never one. */
const FOLD_MAX_MS = 3_600_000;

export function eventStore(): EventStore {
  const track = stampTrack();
  let index = new Map<string, RawEvent>();
  let foldMs = 1000;
  let keepEvery = 1;
  let sampleNumber = 0;

  const refold = (): void => {
    foldMs = Math.min(foldMs * 4, FOLD_MAX_MS);
    const folded: RawEvent[] = [];
    index = new Map();
    for (const event of store.events) {
      const key = foldKey(event.payload, event.stamp, foldMs);
      const known = key === undefined ? undefined : index.get(key);
      if (known) {
        fold(known, event.payload, event.until, event.count);
        continue;
      }
      if (key !== undefined) index.set(key, event);
      folded.push(event);
    }
    store.events = folded;
  };

  /** Half is given free at once, so that this happens seldom. */
  const makeRoom = (): void => {
    do refold();
    while (store.events.length > EVENTS_MAX / 2 && foldMs < FOLD_MAX_MS);
    if (store.events.length > EVENTS_MAX * 0.75) thinTo(EVENTS_MAX / 2);
  };

  const thinTo = (most: number): void => {
    const { kept, dropped } = thin(store.events, most);
    store.events = kept;
    store.eventsDropped += dropped;
    const still = new Set(kept);
    for (const [key, event] of index) if (!still.has(event)) index.delete(key);
  };

  const store = {
    events: [] as RawEvent[],
    samples: [] as RawSample[],
    first: undefined as RawStamp | undefined,
    last: undefined as RawStamp | undefined,
    eventsDropped: 0,
    samplesDropped: 0,
    event(stamp: Stamp | undefined, payload: EventPayload, file: string, line: number, text: string): void {
      const at = stamp ? track.place(stamp) : track.previous;
      const key = foldKey(payload, at, foldMs);
      const known = key === undefined ? undefined : index.get(key);
      if (known) {
        fold(known, payload, at, 1);
        return;
      }
      if (store.events.length >= EVENTS_MAX) makeRoom();
      const event: RawEvent = {
        stamp: at,
        until: at,
        count: 1,
        ...ownWords(payload, evidence(file, line, text), text),
      };
      if (key !== undefined) index.set(key, event);
      store.events.push(event);
    },
    sample(stamp: Stamp | undefined, data: SampleData, file: string, line: number, text: string): void {
      // A sample without a time of its own does not take that of the line before: pasted outputs are made apart.
      const at = stamp && track.place(stamp);
      if (sampleNumber++ % keepEvery !== 0) {
        store.samplesDropped++;
        return;
      }
      const { processes, ...rest } = data;
      store.samples.push({
        stamp: at,
        data: { ...rest, ...(processes && programsOf(processes)) },
        evidence: evidence(file, line, text),
      });
      if (store.samples.length > SAMPLES_MAX) halveSamples();
    },
    seen: (stamp: Stamp | undefined) => stamp && track.place(stamp),
    close(now: EpochMs): string | undefined {
      index = new Map();
      const { first, last, strays } = track.judge(now);
      store.first = first;
      store.last = last;
      if (!strays) return undefined;
      takeNeighboursTime(store.events, strays);
      for (const sample of store.samples) if (sample.stamp && strays.has(sample.stamp)) sample.stamp = undefined;
      const lines = strays.lines === 1 ? '1 line has' : `${strays.lines} lines have`;
      return `${lines} a time in ${strays.years}, from a clock that was not set: the times of their neighbours taken`;
    },
    bound(events: number, samples: number): void {
      if (store.events.length > events) thinTo(events);
      while (store.samples.length > Math.max(1, samples)) halveSamples();
    },
  };

  function halveSamples(): void {
    const kept = store.samples.filter((_, i) => i % 2 === 0);
    store.samplesDropped += store.samples.length - kept.length;
    store.samples = kept;
    keepEvery *= 2;
  }
  return store;
}

/** The words of a long line are pointers into it: they are copied, so that ten thousand events don't hold as many lines of 64 kB. */
function ownWords(
  payload: EventPayload,
  quote: Evidence,
  text: string,
): { readonly payload: EventPayload; readonly evidence: Evidence } {
  const words = { payload, evidence: quote };
  return text.length > LONG_LINE ? structuredClone(words) : words;
}

function fold(known: RawEvent, payload: EventPayload, at: RawStamp | undefined, count: number): void {
  known.count += count;
  known.until = at ?? known.until;
  known.payload = worse(known.payload, payload);
}

/**
 * What cannot be folded still has to be bounded. The commonest kinds give way, each in its middle, so that a flood of one
 * message, which anybody can cause, drives out no other.
 */
function thin(events: readonly RawEvent[], most: number): { kept: RawEvent[]; dropped: number } {
  const kinds = new Map<string, number>();
  for (const { payload } of events) kinds.set(kindOf(payload), (kinds.get(kindOf(payload)) ?? 0) + 1);
  const quota = fairShare([...kinds.values()], most);
  const numbers = new Map<string, number>();
  let dropped = 0;
  const kept = events.filter((event) => {
    const kind = kindOf(event.payload);
    const number = numbers.get(kind) ?? 0;
    numbers.set(kind, number + 1);
    const size = kinds.get(kind) ?? 0;
    if (size <= quota || number < Math.ceil(quota / 2) || number >= size - Math.floor(quota / 2)) return true;
    dropped += event.count;
    return false;
  });
  return { kept, dropped };
}

function kindOf(payload: EventPayload): string {
  switch (payload.kind) {
    case 'unit':
      return `unit ${payload.role} ${payload.change}`;
    case 'oom-kill':
    case 'slow-query':
    case 'disk-full':
      return payload.kind;
    default:
      return `${payload.kind} ${payload.what}`;
  }
}

/** Lines of a boot before the clock was set belong to what follows them. */
function takeNeighboursTime(events: readonly RawEvent[], strays: Strays): void {
  let next: RawStamp | undefined;
  for (const event of [...events].reverse()) {
    if (event.stamp && strays.has(event.stamp)) event.stamp = next;
    else next = event.stamp ?? next;
    if (event.until && strays.has(event.until)) event.until = event.stamp;
  }
  let previous: RawStamp | undefined;
  for (const event of events) {
    event.stamp ??= previous;
    event.until ??= event.stamp;
    previous = event.stamp;
  }
}

/** Events with the same key are one event with a count; `undefined`: never folded. */
function foldKey(payload: EventPayload, stamp: RawStamp | undefined, foldMs: number): string | undefined {
  const at = stamp ? `${Math.floor(stamp.ms / foldMs)} ${stamp.turns}` : 'none';
  switch (payload.kind) {
    case 'oom-kill':
    case 'unit':
    case 'kernel':
      return undefined;
    case 'slow-query':
      return `slow|${payload.statement}|${at}`;
    case 'php':
      return `php|${payload.what}|${payload.component ?? payload.file ?? ''}|${payload.peer ?? ''}|${at}`;
    case 'database':
      return `db|${payload.what}|${payload.table ?? ''}|${payload.user ?? ''}|${payload.detail ?? ''}|${at}`;
    case 'web':
      return `web|${payload.what}|${payload.client ?? ''}|${at}`;
    case 'fpm':
      return `fpm|${payload.what}|${payload.pool ?? ''}|${payload.script ?? ''}|${at}`;
    case 'admin':
      return `admin|${payload.what}|${payload.subject ?? ''}|${payload.address ?? ''}|${at}`;
    case 'disk-full':
      return `disk|${payload.program}|${at}`;
  }
}

/** Which of two like events is kept: the slower statement. */
function worse(known: EventPayload, other: EventPayload): EventPayload {
  return known.kind === 'slow-query' && other.kind === 'slow-query' && other.seconds > known.seconds ? other : known;
}

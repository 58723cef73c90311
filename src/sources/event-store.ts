// Holds the events and samples of one file before its clock is known, in bounded memory: repetitions are folded, and counted.
import type { EventPayload } from '../model/event.ts';
import { type Evidence, evidence } from '../model/evidence.ts';
import type { SampleData } from '../model/sample.ts';
import type { Stamp } from '../model/time.ts';

/** `turns`: how often a clock without a year went from December to January before this. */
export interface RawStamp extends Stamp {
  readonly turns: number;
}

export interface RawEvent {
  /** Absent when the file gave no time up to here. */
  stamp: RawStamp | undefined;
  until: RawStamp | undefined;
  count: number;
  payload: EventPayload;
  readonly evidence: Evidence;
}

export interface RawSample {
  readonly stamp: RawStamp | undefined;
  readonly data: SampleData;
  readonly evidence: Evidence;
}

export interface EventStore {
  event(stamp: Stamp | undefined, payload: EventPayload, file: string, line: number, text: string): void;
  sample(stamp: Stamp | undefined, data: SampleData, file: string, line: number, text: string): void;
  seen(stamp: Stamp | undefined): void;
  readonly events: readonly RawEvent[];
  readonly samples: readonly RawSample[];
  /** First and last stamp of the file, whatever stood there. */
  readonly first: RawStamp | undefined;
  readonly last: RawStamp | undefined;
  readonly samplesDropped: number;
}

const EVENTS_MAX = 10_000;
const SAMPLES_MAX = 4096;
const HALF_YEAR_MS = 183 * 86_400_000;

export function eventStore(): EventStore {
  let events: RawEvent[] = [];
  let samples: RawSample[] = [];
  let index = new Map<string, RawEvent>();
  let foldMs = 1000;
  let turns = 0;
  let previous: RawStamp | undefined;
  let keepEvery = 1;
  let sampleNumber = 0;

  const stampOf = (stamp: Stamp | undefined): RawStamp | undefined => {
    if (!stamp) return previous;
    if (stamp.clock === 'yearless' && previous?.clock === 'yearless') {
      if (stamp.ms < previous.ms - HALF_YEAR_MS) turns++;
      else if (stamp.ms > previous.ms + HALF_YEAR_MS && turns > 0) turns--;
    }
    const raw = { ms: stamp.ms, clock: stamp.clock, turns };
    store.first ??= raw;
    store.last = raw;
    previous = raw;
    return raw;
  };

  const refold = (): void => {
    foldMs *= 4;
    const folded: RawEvent[] = [];
    index = new Map();
    for (const event of events) {
      const key = foldKey(event.payload, event.stamp, foldMs);
      const known = key === undefined ? undefined : index.get(key);
      if (known) {
        known.count += event.count;
        known.until = event.until;
        known.payload = worse(known.payload, event.payload);
        continue;
      }
      if (key !== undefined) index.set(key, event);
      folded.push(event);
    }
    // What cannot be folded still has to be bounded: the middle is thinned, begin and end stay.
    events = folded.length > EVENTS_MAX * 0.9 ? folded.filter((_, i) => i % 2 === 0 || i < 1000) : folded;
    store.events = events;
  };

  const store = {
    events: events as readonly RawEvent[],
    samples: samples as readonly RawSample[],
    first: undefined as RawStamp | undefined,
    last: undefined as RawStamp | undefined,
    samplesDropped: 0,
    event(stamp: Stamp | undefined, payload: EventPayload, file: string, line: number, text: string): void {
      const at = stampOf(stamp);
      const key = foldKey(payload, at, foldMs);
      const known = key === undefined ? undefined : index.get(key);
      if (known) {
        known.count++;
        known.until = at;
        known.payload = worse(known.payload, payload);
        return;
      }
      if (events.length >= EVENTS_MAX) refold();
      const event: RawEvent = { stamp: at, until: at, count: 1, payload, evidence: evidence(file, line, text) };
      if (key !== undefined) index.set(key, event);
      events.push(event);
    },
    sample(stamp: Stamp | undefined, data: SampleData, file: string, line: number, text: string): void {
      // A sample without a time of its own does not take that of the line before: pasted outputs are made apart.
      const at = stamp ? stampOf(stamp) : undefined;
      if (sampleNumber++ % keepEvery !== 0) {
        store.samplesDropped++;
        return;
      }
      samples.push({ stamp: at, data, evidence: evidence(file, line, text) });
      if (samples.length > SAMPLES_MAX) {
        store.samplesDropped += Math.floor(samples.length / 2);
        samples = samples.filter((_, i) => i % 2 === 0);
        store.samples = samples;
        keepEvery *= 2;
      }
    },
    seen(stamp: Stamp | undefined): void {
      if (stamp) stampOf(stamp);
    },
  };
  return store;
}

/** Events with the same key are one event with a count; `undefined`: never folded. */
function foldKey(payload: EventPayload, stamp: RawStamp | undefined, foldMs: number): string | undefined {
  const at = stamp ? Math.floor(stamp.ms / foldMs) : 'none';
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

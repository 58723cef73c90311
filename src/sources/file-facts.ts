// The facts of one file: what its reader tells is gathered here.
import type { TrafficAccumulator } from '../engine/accumulate.ts';
import { packetSummary } from '../formats/packets/summary.ts';
import type { SourceReport } from '../model/dossier.ts';
import { evidence } from '../model/evidence.ts';
import type { PacketSummary } from '../model/packets.ts';
import type { FactSink } from '../model/reader.ts';
import type { EpochMs, Stamp, TimeSpan } from '../model/time.ts';
import { DAY_MS, isTimeOfDay } from './clock.ts';
import { type EventStore, eventStore } from './event-store.ts';
import { type RequestOptions, requestGatherer } from './request-gatherer.ts';

export interface FileFacts extends Omit<SourceReport, 'firstUnreadable' | 'span'> {
  readonly firstUnreadable: string | undefined;
  readonly store: EventStore;
  /** Span of the requests, which have absolute times. */
  readonly accessSpan: TimeSpan | undefined;
  readonly accessOffsetMinutes: number | undefined;
  /** Times are those of `packetClock`. */
  readonly packets: PacketSummary | undefined;
  readonly packetClock: Stamp['clock'] | undefined;
}

/** What a report says of the file. `span` is that of its evidence, on the clock of all files. */
export function sourceReport(facts: FileFacts, span: TimeSpan | undefined, notes = facts.notes): SourceReport {
  return {
    path: facts.path,
    format: facts.format,
    title: facts.title,
    bytes: facts.bytes,
    lines: facts.lines,
    unreadable: facts.unreadable,
    ...(facts.firstUnreadable !== undefined && { firstUnreadable: facts.firstUnreadable }),
    ...(span && { span }),
    ...(facts.engine && { engine: facts.engine }),
    ...(facts.engineNote !== undefined && { engineNote: facts.engineNote }),
    notes,
  };
}

/** The sink of one file, and what became of what it was told. */
export function gatherFacts(
  path: string,
  log: { readonly traffic: TrafficAccumulator; readonly head: readonly string[] } | undefined,
  options: RequestOptions,
) {
  const store = eventStore();
  const requests = log && requestGatherer(path, log.traffic, log.head, options);
  const packets = packetSummary();
  let packetClock: Stamp['clock'] | undefined;
  let packetsOutside = 0;
  let records = 0;
  let unreadable = 0;
  let firstUnreadable: string | undefined;

  const sink: FactSink = {
    event: (stamp, payload, line, text) => {
      records++;
      store.event(stamp, payload, path, line, text);
    },
    sample: (stamp, data, line, text) => store.sample(stamp, data, path, line, text),
    seen: (stamp) => {
      records++;
      store.seen(stamp);
    },
    access: (format, entry, line, text) => requests?.add(format, entry, line, text),
    packet(stamp, packet, line, text) {
      records++;
      if (!stamp) return;
      if (stamp.clock === 'absolute' && !isInside(options.window, stamp.ms)) {
        packetsOutside++;
        return;
      }
      packetClock ??= stamp.clock;
      const placed = store.seen(stamp);
      // A capture that runs over midnight goes on there.
      const at = placed && isTimeOfDay(placed) ? placed.ms + placed.turns * DAY_MS : stamp.ms;
      packets.add(packet, at, evidence(path, line, text));
    },
    unreadable(_line, text) {
      unreadable++;
      if (firstUnreadable === undefined && text.trim() !== '') firstUnreadable = evidence(path, 0, text).text;
    },
  };

  return {
    sink,
    records: () => records,
    title: () => requests?.title(),
    /** Returns what has to be said about the file. */
    finish(): string[] {
      const notes = requests?.finish() ?? [];
      const clock = store.close(options.now);
      if (clock) notes.push(clock);
      if (packetsOutside > 0)
        notes.push(`${packetsOutside} packet${packetsOutside === 1 ? '' : 's'} outside of the time asked for left out`);
      return notes;
    },
    facts: (
      known: Pick<FileFacts, 'format' | 'title' | 'bytes' | 'lines' | 'notes' | 'engine' | 'engineNote'>,
    ): FileFacts => ({
      ...known,
      path,
      unreadable,
      firstUnreadable,
      store,
      accessSpan: requests?.span(),
      accessOffsetMinutes: requests?.offsetMinutes(),
      packets: packets.finish(),
      packetClock,
    }),
  };
}

function isInside(window: Partial<TimeSpan>, at: EpochMs): boolean {
  return at >= (window.from ?? Number.NEGATIVE_INFINITY) && at <= (window.to ?? Number.POSITIVE_INFINITY);
}

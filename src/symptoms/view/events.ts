// Picks events out of the dossier, and makes symptoms of them.
import type { Dossier } from '../../model/dossier.ts';
import type { EventOf, EventPayload, LogEvent } from '../../model/event.ts';
import type { Evidence } from '../../model/evidence.ts';
import { type EpochMs, spanOf, type TimeSpan } from '../../model/time.ts';

const EVIDENCE_KEPT = 4;

/** Events of one kind for which `holds`, in order. */
export function eventsOf<K extends EventPayload['kind']>(
  dossier: Dossier,
  kind: K,
  holds: (event: EventOf<K>) => boolean = () => true,
): EventOf<K>[] {
  return dossier.events.filter((event): event is EventOf<K> => event.kind === kind && holds(event as EventOf<K>));
}

/** How many events they stand for, folded ones counted. */
export function totalOf(events: readonly LogEvent[]): number {
  return events.reduce((sum, event) => sum + event.count, 0);
}

/** From the first to the last; the span of no event is an error of the caller. */
export function eventSpan(events: readonly LogEvent[]): TimeSpan {
  const span = spanOf(events.flatMap((event) => [event.at, event.until]));
  if (!span) throw new RangeError('a span of no events was asked for');
  return span;
}

/** A few lines that show it: the first ones and the last. */
export function quotes(events: readonly { readonly evidence: Evidence }[]): Evidence[] {
  const all = events.map((event) => event.evidence);
  if (all.length <= EVIDENCE_KEPT) return all;
  const last = all.at(-1);
  return [...all.slice(0, EVIDENCE_KEPT - 1), ...(last ? [last] : [])];
}

/** The most frequent of some texts. */
export function mostFrequent(texts: Iterable<string | undefined>): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The most frequent of what `of` says of the events, folded ones counted. */
export function mostFrequentIn<E extends LogEvent>(
  events: readonly E[],
  of: (event: E) => string | undefined,
): string | undefined {
  const counts = new Map<string, number>();
  for (const event of events) {
    const text = of(event);
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + event.count);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The end of the record, for what had not ended. */
export function recordEnd(dossier: Dossier): EpochMs {
  return dossier.span?.to ?? dossier.readAt;
}

// For tests: reads lines with a format and gives back what it told.
import type { EventPayload } from '../../model/event.ts';
import type { TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';

interface Told {
  readonly stamp: Stamp | undefined;
  readonly payload: EventPayload;
  readonly line: number;
  readonly text: string;
}

interface Reading {
  readonly events: readonly Told[];
  readonly payloads: readonly EventPayload[];
  /** Stamps of readable lines without a fact. */
  readonly seen: readonly (Stamp | undefined)[];
  readonly unreadable: number;
}

export function readLines(format: TextFormat, lines: readonly string[]): Reading {
  const events: Told[] = [];
  const seen: (Stamp | undefined)[] = [];
  let unreadable = 0;
  const reader = format.open(
    {
      event: (stamp, payload, line, text) => void events.push({ stamp, payload, line, text }),
      seen: (stamp) => void seen.push(stamp),
      unreadable: () => void unreadable++,
      sample: () => {},
      access: () => {},
      packet: () => {},
    },
    lines.slice(0, 200),
  );
  lines.forEach((text, index) => void reader.line(text, index + 1));
  reader.end();
  return { events, payloads: events.map((event) => event.payload), seen, unreadable };
}

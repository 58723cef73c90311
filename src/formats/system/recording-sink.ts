// For tests: a sink that keeps what it is told, and readers that run whole texts through a format.
import type { EventPayload } from '../../model/event.ts';
import type { BinaryFormat, FactSink, TextFormat } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';

interface Told {
  readonly stamp: Stamp | undefined;
  readonly payload: EventPayload;
  readonly line: number;
  readonly text: string;
}

interface Recording {
  readonly events: Told[];
  readonly seen: (Stamp | undefined)[];
  readonly unreadable: string[];
}

function recordingSink(): { readonly sink: FactSink; readonly recording: Recording } {
  const recording: Recording = { events: [], seen: [], unreadable: [] };
  const sink: FactSink = {
    event: (stamp, payload, line, text) => recording.events.push({ stamp, payload, line, text }),
    sample: () => {},
    access: () => {},
    packet: () => {},
    seen: (stamp) => recording.seen.push(stamp),
    unreadable: (_line, text) => recording.unreadable.push(text),
  };
  return { sink, recording };
}

export function readText(format: TextFormat, text: string): Recording {
  const { sink, recording } = recordingSink();
  const lines = text.split('\n');
  const reader = format.open(sink, lines.slice(0, 200));
  lines.forEach((line, i) => {
    reader.line(line, i + 1);
  });
  reader.end();
  return recording;
}

/** Feeds the bytes in chunks of `size`. */
export function readBinary(
  format: BinaryFormat,
  bytes: Uint8Array,
  size: number,
): Recording & { readonly complaint: string | undefined } {
  const { sink, recording } = recordingSink();
  const reader = format.open(sink);
  for (let at = 0; at < bytes.length; at += size) reader.chunk(bytes.subarray(at, at + size));
  return { ...recording, complaint: reader.end() };
}

export function iso(stamp: Stamp | undefined): string {
  return stamp === undefined ? 'none' : `${new Date(stamp.ms).toISOString()} ${stamp.clock}`;
}

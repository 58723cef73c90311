// Reads what is left of an open file by the reader of its format.
import type { TrafficAccumulator } from '../engine/accumulate.ts';
import { isWholeLine } from '../formats/access/whole-line.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import type { BinaryFormat, TextFormat } from '../model/reader.ts';
import { type ByteSource, isSystemError } from './bytes.ts';
import { type FileFacts, gatherFacts } from './file-facts.ts';
import { type Head, withoutNuls } from './head.ts';
import { lineSplitter } from './lines.ts';
import { failedNote } from './part-count.ts';
import type { RequestOptions } from './request-gatherer.ts';

export interface ReadingOptions extends RequestOptions {
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** A file that is open, and what of it has been read. */
export interface Input {
  readonly path: string;
  readonly source: ByteSource;
  readonly head: Head;
  /** What follows the head. */
  readonly chunks: AsyncGenerator<Buffer>;
}

/** How the lines of a file are read. */
export interface TextReading {
  readonly format: TextFormat;
  /** Of an access log. */
  readonly access: AccessFormat | undefined;
  readonly head: readonly string[];
  readonly traffic: TrafficAccumulator;
  /** Why the reference parser reads it. */
  readonly engineNote?: string | undefined;
}

export async function readText(input: Input, reading: TextReading, options: ReadingOptions): Promise<FileFacts> {
  const { format, access, head, traffic, engineNote } = reading;
  const gathering = gatherFacts(input.path, { traffic, head }, options);
  const reader = format.open(gathering.sink, head);
  const splitter = lineSplitter();
  let lines = 0;
  let lastLeftOut = false;
  const onLine = (text: string): void => {
    lines++;
    reader.line(withoutNuls(text), lines);
  };
  const { bytes, complaints } = await pump(input, options, (chunk) => splitter.push(chunk, onLine));
  let { cut } = splitter;
  splitter.end((text) => {
    if (access !== undefined && !isWholeLine(access, withoutNuls(text))) {
      lastLeftOut = withoutNuls(text).trim() !== '';
      return;
    }
    onLine(text);
    cut = splitter.cut;
  });
  reader.end();
  const notes = [...gathering.finish(), ...readingNotes({ nuls: input.head.nuls, complaints, lastLeftOut, cut })];
  return gathering.facts({
    format: format.id,
    title: gathering.title() ?? format.title,
    bytes,
    lines,
    notes,
    ...(access && { engine: 'reference' }),
    ...(engineNote !== undefined && { engineNote }),
  });
}

export async function readBinary(input: Input, format: BinaryFormat, options: ReadingOptions): Promise<FileFacts> {
  const gathering = gatherFacts(input.path, undefined, options);
  const reader = format.open(gathering.sink);
  const { bytes, complaints } = await pump(input, options, (chunk) => reader.chunk(chunk));
  const complaint = reader.end();
  const notes = readingNotes({ nuls: input.head.nuls, complaints, lastLeftOut: false, cut: 0 });
  if (complaint !== undefined) notes.push(complaint);
  notes.push(...gathering.finish());
  return gathering.facts({ format: format.id, title: format.title, bytes, lines: gathering.records(), notes });
}

/** What has to be said about the bytes and lines of a file. */
export function readingNotes(of: {
  readonly nuls: number;
  readonly complaints: readonly string[];
  readonly lastLeftOut: boolean;
  readonly cut: number;
}): string[] {
  const notes: string[] = [];
  if (of.nuls > 0) notes.push(`${of.nuls} NULs before its first line passed over: truncated while it was written`);
  notes.push(...of.complaints);
  if (of.lastLeftOut) notes.push('its last line has no line feed yet: left out');
  if (of.cut > 0) notes.push(`${of.cut} line${of.cut === 1 ? '' : 's'} longer than 64 kB cut there`);
  return notes;
}

/** Hands all chunks on, the head first. Returns the number of bytes, NULs before the head among them, and what was wrong. */
export async function pump(
  input: Input,
  options: ReadingOptions,
  take: (chunk: Buffer) => void,
): Promise<{ bytes: number; complaints: string[] }> {
  const complaints: string[] = [];
  let bytes = input.head.nuls;
  const push = (chunk: Buffer): void => {
    bytes += chunk.length;
    take(chunk);
    options.onProgress?.(chunk.length);
  };
  push(input.head.bytes);
  try {
    for await (const chunk of input.chunks) push(chunk);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    complaints.push(failedNote(bytes, error.code));
  }
  const damage = input.source.complaint();
  if (damage) complaints.push(damage);
  return { bytes, complaints };
}

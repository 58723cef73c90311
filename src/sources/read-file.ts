// Reads one file: finds out what it is by its content, and gathers its facts.

import type { TrafficAccumulator } from '../engine/accumulate.ts';
import { packetSummary } from '../formats/packets/summary.ts';
import { type Manifest, readManifest } from '../formats/recording/manifest.ts';
import { evidence } from '../model/evidence.ts';
import type { PacketSummary } from '../model/packets.ts';
import type { BinaryFormat, FactSink, TextFormat } from '../model/reader.ts';
import type { EpochMs, Stamp, TimeSpan } from '../model/time.ts';
import { openBytes } from './bytes.ts';
import { DAY_MS, isTimeOfDay } from './clock.ts';
import { type EventStore, eventStore } from './event-store.ts';
import { type Head, headLines, readHead, whyNoText, withoutNuls } from './head.ts';
import { lineSplitter } from './lines.ts';
import { type RequestOptions, requestGatherer } from './request-gatherer.ts';

const SCORE_MIN = 0.5;

/** Of the window: requests and packets outside are left out; events are filtered later, when clocks are known. */
export interface ReadOptions extends RequestOptions {
  readonly textFormats: readonly TextFormat[];
  readonly binaryFormats: readonly BinaryFormat[];
  /** Called now and then with the bytes read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface FileFacts {
  readonly path: string;
  readonly format: string;
  readonly title: string;
  readonly bytes: number;
  readonly lines: number;
  readonly unreadable: number;
  readonly firstUnreadable: string | undefined;
  readonly store: EventStore;
  /** Span of the requests, which have absolute times. */
  readonly accessSpan: TimeSpan | undefined;
  readonly accessOffsetMinutes: number | undefined;
  /** Times are those of `packetClock`. */
  readonly packets: PacketSummary | undefined;
  readonly packetClock: Stamp['clock'] | undefined;
  readonly notes: readonly string[];
}

export type FileOutcome =
  | { readonly kind: 'facts'; readonly facts: FileFacts }
  | { readonly kind: 'manifest'; readonly path: string; readonly manifest: Manifest; readonly bytes: number }
  /** The `expected.json` of a recorded case: known, and no evidence. */
  | { readonly kind: 'expectation'; readonly path: string; readonly bytes: number }
  | {
      readonly kind: 'unknown';
      readonly path: string;
      readonly reason: string;
      readonly firstLine: string | undefined;
    };

/**
 * `path` may be `-` for standard input. Damaged data, or a disk that fails, ends the file early and is noted.
 * @throws the error of the file system when the file can't be opened
 */
export async function readFile(path: string, traffic: TrafficAccumulator, options: ReadOptions): Promise<FileOutcome> {
  const source = openBytes(path);
  const chunks = source.chunks();
  const unknown = async (reason: string, firstLine?: string): Promise<FileOutcome> => {
    await chunks.return(undefined);
    return { kind: 'unknown', path, reason, firstLine };
  };
  const head = await readHead(chunks);
  const { bytes } = head;
  if (bytes.length === 0) return unknown(source.complaint() ?? (head.nuls > 0 ? 'nothing but NULs' : 'empty'));

  const input: Input = { path, head, chunks, complaint: source.complaint };
  const binary = options.binaryFormats.find((format) => format.recognise(bytes));
  if (binary) return { kind: 'facts', facts: await readBinary(input, binary, options) };

  const text = new TextDecoder('utf-8').decode(bytes);
  const manifest = readAsManifest(head, text);
  if (manifest) {
    if ('error' in manifest)
      return unknown(`a manifest of a recording, but broken: ${manifest.error}`, text.slice(0, 400));
    await chunks.return(undefined);
    return { kind: 'manifest', path, manifest: manifest.manifest, bytes: bytes.length };
  }
  if (isExpectation(text)) {
    await chunks.return(undefined);
    return { kind: 'expectation', path, bytes: bytes.length };
  }
  const noText = whyNoText(bytes);
  if (noText !== undefined) return unknown(source.complaint() ?? noText);
  const lines = headLines(text, head.whole);
  const format = bestFormat(lines, options.textFormats);
  if (!format) {
    return unknown(
      'no known format fits',
      lines.find((line) => line.trim() !== ''),
    );
  }
  return { kind: 'facts', facts: await readText(input, format, lines, traffic, options) };
}

/** A file that is open, and what of it has been read. */
interface Input {
  readonly path: string;
  readonly head: Head;
  /** What follows the head. */
  readonly chunks: AsyncGenerator<Buffer>;
  complaint(): string | undefined;
}

/** Hands all chunks on, the head first. Returns the number of bytes, and what was wrong with them. */
async function pump(
  input: Input,
  options: ReadOptions,
  take: (chunk: Buffer) => void,
): Promise<{ bytes: number; notes: string[] }> {
  const { nuls } = input.head;
  const notes: string[] = [];
  if (nuls > 0) notes.push(`${nuls} NULs before its first line passed over: truncated while it was written`);
  let bytes = nuls;
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
    notes.push(`read up to byte ${bytes}, where it failed (${error.code})`);
  }
  const damage = input.complaint();
  if (damage) notes.push(damage);
  return { bytes, notes };
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** A broken manifest is said to be one: its figures would be missed without a word. */
function readAsManifest(head: Head, text: string): { manifest: Manifest } | { error: string } | undefined {
  // In a JSON log the words can only stand within a string, where their quotes are escaped.
  if (!/^\s*\{/.test(text) || !/"format"\s*:\s*"seawall-recording\//.test(text)) return undefined;
  return head.whole ? readManifest(text) : { error: 'larger than any manifest is' };
}

/** The `expected.json` of a recorded case. */
function isExpectation(text: string): boolean {
  if (!/^\s*\{/.test(text) || !text.includes('"symptoms_required"') || !text.includes('"culprits"')) return false;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'symptoms_required' in json && 'culprits' in json;
  } catch {
    return false;
  }
}

function bestFormat(head: readonly string[], formats: readonly TextFormat[]): TextFormat | undefined {
  let best: TextFormat | undefined;
  let bestScore = SCORE_MIN;
  for (const format of formats) {
    const score = format.recognise(head);
    if (score >= bestScore && (best === undefined || score > bestScore)) {
      best = format;
      bestScore = score;
    }
  }
  return best;
}

async function readText(
  input: Input,
  format: TextFormat,
  head: readonly string[],
  traffic: TrafficAccumulator,
  options: ReadOptions,
): Promise<FileFacts> {
  const gathering = gather(input.path, { traffic, head }, options);
  const reader = format.open(gathering.sink, head);
  const splitter = lineSplitter();
  let lines = 0;
  const onLine = (text: string): void => {
    lines++;
    reader.line(withoutNuls(text), lines);
  };
  const { bytes, notes } = await pump(input, options, (chunk) => splitter.push(chunk, onLine));
  splitter.end(onLine);
  reader.end();
  if (splitter.cut > 0) notes.push(`${splitter.cut} line${splitter.cut === 1 ? '' : 's'} longer than 64 kB cut there`);
  notes.unshift(...gathering.finish());
  return gathering.facts({ format: format.id, title: gathering.title() ?? format.title, bytes, lines, notes });
}

async function readBinary(input: Input, format: BinaryFormat, options: ReadOptions): Promise<FileFacts> {
  const gathering = gather(input.path, undefined, options);
  const reader = format.open(gathering.sink);
  const { bytes, notes } = await pump(input, options, (chunk) => reader.chunk(chunk));
  const complaint = reader.end();
  if (complaint !== undefined) notes.push(complaint);
  notes.push(...gathering.finish());
  return gathering.facts({ format: format.id, title: format.title, bytes, lines: gathering.records(), notes });
}

function isInside(window: Partial<TimeSpan>, at: EpochMs): boolean {
  return at >= (window.from ?? Number.NEGATIVE_INFINITY) && at <= (window.to ?? Number.POSITIVE_INFINITY);
}

/** The sink of one file, and what became of what it was told. */
function gather(
  path: string,
  log: { readonly traffic: TrafficAccumulator; readonly head: readonly string[] } | undefined,
  options: ReadOptions,
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
    facts: (known: Pick<FileFacts, 'format' | 'title' | 'bytes' | 'lines' | 'notes'>): FileFacts => ({
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

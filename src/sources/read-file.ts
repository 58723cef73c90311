// Reads one file: finds out what it is by its content, and gathers its facts.

import type { LogAccumulator, TrafficAccumulator } from '../engine/accumulate.ts';
import { type ClientResolver, clientResolver } from '../engine/client.ts';
import { packetSummary } from '../formats/packets/summary.ts';
import { type Manifest, readManifest } from '../formats/recording/manifest.ts';
import type { AccessEntry, AccessFormat } from '../model/access-entry.ts';
import { evidence } from '../model/evidence.ts';
import type { PacketSummary } from '../model/packets.ts';
import type { BinaryFormat, FactSink, TextFormat } from '../model/reader.ts';
import type { Stamp, TimeSpan } from '../model/time.ts';
import { openBytes } from './bytes.ts';
import { type EventStore, eventStore } from './event-store.ts';
import { lineSplitter } from './lines.ts';

const HEAD_BYTES = 64 * 1024;
const HEAD_LINES = 200;
const HEAD_LINE_MAX = 16 * 1024;
/** Entries that are looked at before the clients of a log are told apart. */
const CLIENT_PROOF_ENTRIES = 500;
const SCORE_MIN = 0.5;

export interface ReadOptions {
  readonly textFormats: readonly TextFormat[];
  readonly binaryFormats: readonly BinaryFormat[];
  readonly trustedProxies: readonly string[];
  /** Requests outside are left out; events are filtered later, when clocks are known. */
  readonly window: Partial<TimeSpan>;
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

/** `path` may be `-` for standard input. Damaged data ends the file early and is noted. */
export async function readFile(path: string, traffic: TrafficAccumulator, options: ReadOptions): Promise<FileOutcome> {
  const source = openBytes(path);
  const chunks = source.chunks();
  const head = await readHead(chunks);
  if (head.length === 0) return { kind: 'unknown', path, reason: source.complaint() ?? 'empty', firstLine: undefined };

  const binary = options.binaryFormats.find((format) => format.recognise(head));
  if (binary) return { kind: 'facts', facts: await readBinary(path, binary, head, chunks, source.complaint, options) };

  const text = new TextDecoder('utf-8').decode(head);
  const manifest = asManifest(text);
  if (manifest) {
    await chunks.return(undefined);
    return { kind: 'manifest', path, manifest, bytes: head.length };
  }
  if (/^\s*\{/.test(text) && text.includes('"symptoms_required"') && text.includes('"culprits"')) {
    await chunks.return(undefined);
    return { kind: 'expectation', path, bytes: head.length };
  }
  const lines = headLines(text);
  if (isBinary(head) || lines.length === 0) {
    await chunks.return(undefined);
    return { kind: 'unknown', path, reason: 'binary data of no known kind', firstLine: undefined };
  }
  const format = bestFormat(lines, options.textFormats);
  if (!format) {
    await chunks.return(undefined);
    return {
      kind: 'unknown',
      path,
      reason: 'no known format fits',
      firstLine: lines.find((line) => line.trim() !== ''),
    };
  }
  return {
    kind: 'facts',
    facts: await readText(path, format, lines, head, chunks, source.complaint, traffic, options),
  };
}

async function readHead(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    parts.push(next.value);
    length += next.value.length;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function headLines(text: string): string[] {
  const lines = text.slice(0, HEAD_BYTES).split(/\r?\n/, HEAD_LINES + 1);
  // The last one may be cut in the middle.
  if (lines.length > 1) lines.pop();
  return lines.map((line) => (line.length > HEAD_LINE_MAX ? line.slice(0, HEAD_LINE_MAX) : line));
}

/** Text holds no NULs; a crash may leave a block of them at the end of a log, so a few are no proof. */
function isBinary(head: Uint8Array): boolean {
  const sample = head.subarray(0, 4096);
  let odd = 0;
  for (const byte of sample)
    if (byte === 0 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27)) odd++;
  return odd > sample.length * 0.1;
}

function asManifest(text: string): Manifest | undefined {
  if (text.length > HEAD_BYTES || !text.includes('"seawall-recording/')) return undefined;
  const result = readManifest(text);
  return 'manifest' in result ? result.manifest : undefined;
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
  path: string,
  format: TextFormat,
  head: readonly string[],
  first: Buffer,
  chunks: AsyncGenerator<Buffer>,
  complaint: () => string | undefined,
  traffic: TrafficAccumulator,
  options: ReadOptions,
): Promise<FileFacts> {
  const gathering = gather(path, traffic, options);
  const reader = format.open(gathering.sink, head);
  const splitter = lineSplitter();
  let bytes = 0;
  let line = 0;
  const onLine = (text: string): void => {
    line++;
    reader.line(text, line);
  };
  const push = (chunk: Buffer): void => {
    bytes += chunk.length;
    splitter.push(chunk, onLine);
    options.onProgress?.(chunk.length);
  };
  push(first);
  for await (const chunk of chunks) push(chunk);
  splitter.end(onLine);
  reader.end();
  const notes = gathering.finish();
  if (splitter.cut > 0) notes.push(`${splitter.cut} line${splitter.cut === 1 ? '' : 's'} longer than 64 kB cut there`);
  const damage = complaint();
  if (damage) notes.push(damage);
  return gathering.facts({ format: format.id, title: gathering.title() ?? format.title, bytes, lines: line, notes });
}

async function readBinary(
  path: string,
  format: BinaryFormat,
  first: Buffer,
  chunks: AsyncGenerator<Buffer>,
  complaint: () => string | undefined,
  options: ReadOptions,
): Promise<FileFacts> {
  const gathering = gather(path, undefined, options);
  const reader = format.open(gathering.sink);
  let bytes = 0;
  const push = (chunk: Buffer): void => {
    bytes += chunk.length;
    reader.chunk(chunk);
    options.onProgress?.(chunk.length);
  };
  push(first);
  for await (const chunk of chunks) push(chunk);
  const notes = [reader.end(), complaint()].filter((note) => note !== undefined);
  notes.push(...gathering.finish());
  return gathering.facts({ format: format.id, title: format.title, bytes, lines: gathering.records(), notes });
}

/** The sink of one file, and what became of what it was told. */
function gather(path: string, traffic: TrafficAccumulator | undefined, options: ReadOptions) {
  const store = eventStore();
  const requests = traffic && requestGatherer(path, traffic, options);
  const packets = packetSummary();
  let packetClock: Stamp['clock'] | undefined;
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
      packetClock ??= stamp.clock;
      store.seen(stamp);
      packets.add(packet, stamp.ms, evidence(path, line, text));
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
    finish: (): string[] => requests?.finish() ?? [],
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

/** Holds back the first requests of a log until it is clear whose they are, then passes all on. */
function requestGatherer(path: string, traffic: TrafficAccumulator, options: ReadOptions) {
  let held: { entry: AccessEntry; line: number; text: string }[] | undefined = [];
  let format: AccessFormat | undefined;
  let log: LogAccumulator | undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let offset: number | undefined;
  let outside = 0;

  const release = (): void => {
    if (!held || !format) return;
    const resolver: ClientResolver = clientResolver(
      held.map(({ entry }) => entry),
      options.trustedProxies,
    );
    log = traffic.log(path, format, resolver);
    for (const { entry, line, text } of held) log.add(entry, line, text);
    held = undefined;
  };

  return {
    title: () => format?.title,
    span: (): TimeSpan | undefined => (from <= to ? { from, to } : undefined),
    offsetMinutes: () => offset,
    add(of: AccessFormat, entry: AccessEntry, line: number, text: string): void {
      format ??= of;
      if (entry.at !== undefined) {
        if (
          entry.at < (options.window.from ?? Number.NEGATIVE_INFINITY) ||
          entry.at > (options.window.to ?? Number.POSITIVE_INFINITY)
        ) {
          outside++;
          return;
        }
        if (entry.at < from) from = entry.at;
        if (entry.at > to) to = entry.at;
        offset ??= offsetIn(text);
      }
      if (!held) {
        log?.add(entry, line, text);
        return;
      }
      held.push({ entry, line, text });
      if (held.length >= CLIENT_PROOF_ENTRIES) release();
    },
    finish(): string[] {
      release();
      log?.end();
      return outside > 0 ? [`${outside} requests outside of the time asked for were left out`] : [];
    },
  };
}

/** The zone that a log line names: "-0800" in brackets, or an ISO 8601 offset. */
function offsetIn(text: string): number | undefined {
  const match = /\d{2}:\d{2}:\d{2}(?:[.,]\d+)? ?([+-])(\d{2}):?(\d{2})\b/.exec(text);
  if (!match) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

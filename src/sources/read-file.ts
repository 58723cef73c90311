// Reads one file: finds out what it is by its content, and gathers its facts.
import type { TrafficAccumulator } from '../engine/accumulate.ts';
import { type Manifest, readManifest } from '../formats/recording/manifest.ts';
import type { BinaryFormat, TextFormat } from '../model/reader.ts';
import { type ByteSource, type Content, nameOf, openBytes } from './bytes.ts';
import type { FileFacts } from './file-facts.ts';
import { type Head, headLines, readHead, whyNoText } from './head.ts';
import type { LogCounter } from './log-counter.ts';
import { type Input, type ReadingOptions, readBinary, readText } from './read-input.ts';

const SCORE_MIN = 0.5;

/** Of the window: requests and packets outside are left out; events are filtered later, when clocks are known. */
export interface ReadOptions extends ReadingOptions {
  readonly textFormats: readonly TextFormat[];
  readonly binaryFormats: readonly BinaryFormat[];
  /** Counts access logs; without it the reference parser reads them. */
  readonly counter?: LogCounter;
}

export type FileOutcome =
  | { readonly kind: 'facts'; readonly facts: FileFacts }
  /** A log that is being counted; its traffic goes where the counter puts it. */
  | { readonly kind: 'counting'; readonly facts: Promise<FileFacts> }
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
 * It may be `-` for standard input. Damaged data, or a disk that fails, ends the file early and is noted.
 * @throws the error of the file system when the file can't be opened
 */
export async function readFile(
  readable: Content,
  traffic: TrafficAccumulator,
  options: ReadOptions,
): Promise<FileOutcome> {
  const source = openBytes(readable);
  let outcome: FileOutcome | undefined;
  try {
    outcome = await readSource(nameOf(readable), source, traffic, options);
    return outcome;
  } finally {
    // Who counts it still reads it.
    if (outcome?.kind !== 'counting') source.close();
  }
}

async function readSource(
  path: string,
  source: ByteSource,
  traffic: TrafficAccumulator,
  options: ReadOptions,
): Promise<FileOutcome> {
  const chunks = source.chunks();
  const unknown = async (reason: string, firstLine?: string): Promise<FileOutcome> => {
    await chunks.return(undefined);
    return { kind: 'unknown', path, reason, firstLine };
  };
  const head = await readHead(chunks);
  const { bytes } = head;
  if (bytes.length === 0) return unknown(source.complaint() ?? (head.nuls > 0 ? 'nothing but NULs' : 'empty'));

  const input: Input = { path, source, head, chunks };
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
  return readLog(input, format, lines, traffic, options);
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

/** An access log is counted by the kernel when it can be; all else is read line by line. */
async function readLog(
  input: Input,
  format: TextFormat,
  head: readonly string[],
  traffic: TrafficAccumulator,
  options: ReadOptions,
): Promise<FileOutcome> {
  const access = format.access?.(head);
  const { counter } = options;
  if (!access || !counter)
    return { kind: 'facts', facts: await readText(input, { format, access, head, traffic }, options) };
  const choice = counter.choose(access);
  const byReference = (from: Input, into: TrafficAccumulator, note: string | undefined): Promise<FileFacts> =>
    readText(from, { format, access, head, traffic: into, engineNote: note }, options);
  if (choice.engine === 'reference') return { kind: 'facts', facts: await byReference(input, traffic, choice.note) };
  const given = format.isGiven === true;
  const log = { input, id: format.id, format: access, given, head, byReference };
  return { kind: 'counting', facts: counter.count(log, options) };
}

// For tests: the same bytes counted by the kernel and by the reference parser, in memory, in any pieces.
import { trafficAccumulator } from '../engine/accumulate.ts';
import { kernelMemory, whyNotKernel } from '../engine/kernel-task.ts';
import { accessLog } from '../formats/access/access-log.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import type { TimeSpan } from '../model/time.ts';
import type { Traffic } from '../model/traffic.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { countedLog, figureOf } from './counted-log.ts';
import type { FileFacts } from './file-facts.ts';
import { headLines, readHead } from './head.ts';
import { kernelModule } from './kernel-module.ts';
import { logBegin } from './log-begin.ts';
import { countLines, feedChunk, type PlacedKernel } from './part-count.ts';
import { type Input, readText } from './read-input.ts';

/** What was counted, as far as both must agree on it. */
export interface Reading {
  readonly facts: Omit<FileFacts, 'store' | 'engine' | 'format'>;
  readonly traffic: Traffic | undefined;
}

/** What both count by. */
export interface Setting {
  readonly query?: TrafficQuery;
  readonly window?: Partial<TimeSpan>;
  readonly trustedProxies?: readonly string[];
}

/** How the kernel gets the bytes. */
export interface Feeding {
  /** So many at once. */
  readonly chunk?: number;
  /** Counted apart, about equally long. */
  readonly parts?: number;
}

/** Where the bytes are said to be from. */
export const LOG_NAME = 'access.log';
const NOW = Date.UTC(2026, 10, 24);

let placed: PlacedKernel | undefined;

/** The built kernel, with a memory that all tests of a file share. */
export function testKernel(): PlacedKernel {
  if (placed) return placed;
  const loaded = kernelModule();
  if ('why' in loaded) throw new Error(`${loaded.why}: npm run build`);
  placed = { module: loaded.module, memory: kernelMemory() };
  return placed;
}

/** How the bytes are read, when they are an access log that the kernel reads. */
export function kernelFormat(bytes: Buffer): AccessFormat | undefined {
  const text = bytes
    .subarray(0, 64 * 1024)
    .toString('utf8')
    .replace(/^\0+/, '')
    .replace(/^\ufeff/, '');
  const format = accessLog.access?.(headLines(text, bytes.length < 64 * 1024));
  return format && whyNotKernel(format) === undefined ? format : undefined;
}

/** As `readFile` does it. */
async function opened(bytes: Buffer): Promise<{ input: Input; head: readonly string[] }> {
  const chunks = (async function* () {
    yield bytes;
  })();
  const source = {
    compression: 'none',
    chunks: () => chunks,
    complaint: () => undefined,
    begin: 0,
    size: bytes.length,
    fd: -1,
    close() {},
  } as const;
  const head = await readHead(chunks);
  const text = new TextDecoder('utf-8').decode(head.bytes);
  return { input: { path: LOG_NAME, source, head, chunks }, head: headLines(text, head.bytes.length < 64 * 1024) };
}

export async function byReference(bytes: Buffer, format: AccessFormat, setting: Setting = {}): Promise<Reading> {
  const { input, head } = await opened(bytes);
  const traffic = trafficAccumulator(setting.query);
  const reading = { format: { ...accessLog, open: readerOf(format) }, access: format, head, traffic };
  const facts = await readText(input, reading, optionsOf(setting));
  return { facts: withoutEngine(facts), traffic: traffic.finish() };
}

export async function byKernel(
  bytes: Buffer,
  format: AccessFormat,
  setting: Setting = {},
  { chunk = bytes.length, parts = 1 }: Feeding = {},
): Promise<Reading> {
  const { input, head } = await opened(bytes);
  const { nuls } = input.head;
  const { window, trustedProxies, now } = optionsOf(setting);
  const begin = logBegin(format, head, now);
  const log = countedLog(LOG_NAME, format);
  const rules = {
    head,
    spec: undefined,
    query: setting.query ?? {},
    window,
    trustedProxies,
    provedProxies: [...begin.proved],
    latest: begin.latest,
  };
  let newest: number | undefined;
  for (const [index, piece] of pieces(bytes.subarray(nuls), parts).entries()) {
    const part = await countLines(testKernel(), format, { ...rules, newest, isFirst: index === 0 }, (kernel) => {
      for (let at = 0; at < piece.length; at += chunk) feedChunk(kernel, piece.subarray(at, at + chunk));
      return { bytes: piece.length, complaint: undefined };
    });
    const last = figureOf(part, 'newest');
    newest = Number.isFinite(last) ? last : undefined;
    const settle = log.add(part);
    settle();
  }
  const traffic = log.traffic();
  return { facts: withoutEngine(log.facts({ id: accessLog.id, begin, nuls })), traffic };
}

function optionsOf(setting: Setting) {
  return { trustedProxies: setting.trustedProxies ?? [], window: setting.window ?? {}, zone: undefined, now: NOW };
}

/** The format is found once, not again from lines that a test has spoilt. */
function readerOf(format: AccessFormat): typeof accessLog.open {
  return (sink) => ({
    line(text, line) {
      const entry = format.parse(text);
      if (entry) sink.access(format, entry, line, text);
      else if (text.trim() !== '') sink.unreadable(line, text);
    },
    end() {},
  });
}

function withoutEngine({ store, engine, format, ...facts }: FileFacts): Reading['facts'] {
  return facts;
}

/** Each but the last ends with a line feed. */
function pieces(bytes: Buffer, count: number): Buffer[] {
  const made: Buffer[] = [];
  let from = 0;
  for (let i = 1; i < count; i++) {
    const newline = bytes.indexOf(0x0a, Math.max(from, Math.floor((bytes.length * i) / count)));
    if (newline < 0) break;
    made.push(bytes.subarray(from, newline + 1));
    from = newline + 1;
  }
  return [...made, bytes.subarray(from)];
}

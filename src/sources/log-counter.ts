// Has access logs counted by the kernel, on this thread or on others, and by the reference parser where that can't be.
import { availableParallelism, freemem } from 'node:os';
import { type TrafficAccumulator, trafficAccumulator } from '../engine/accumulate.ts';
import { kernelMemory, whyNotKernel } from '../engine/kernel-task.ts';
import type { TrafficJoin } from '../engine/traffic-join.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { bytesOf } from './bytes.ts';
import { countFile } from './count-file.ts';
import { countThreads } from './count-threads.ts';
import { type CountedLog, countedLog } from './counted-log.ts';
import type { FileFacts } from './file-facts.ts';
import { readHead } from './head.ts';
import { kernelModule } from './kernel-module.ts';
import { type LogBegin, logBegin } from './log-begin.ts';
import { countLines, feedChunk, type PartRules } from './part-count.ts';
import { type Input, pump, type ReadingOptions } from './read-input.ts';

/** Memory is what a host in trouble has least of: each thread takes about 55 MB, and 256 MB must be enough for all. */
const THREADS_MAX = 2;
/** A host that has less to give gets one thread: it is in trouble enough. */
const MEMORY_FOR_MORE = 512 * 1024 * 1024;
/** Less than this is counted before the threads have started. */
const THREADS_FROM_BYTES = 8 * 1024 * 1024;
/** What a byte of compressed logs is about worth. */
const COMPRESSION = 10;
const PART_BYTES_MIN = 4 * 1024 * 1024;
/** Logs that are opened before the first of them is done, by thread. */
const AHEAD = 4;

export interface CounterOptions {
  readonly engine: 'auto' | 'kernel' | 'reference';
  /** By default one a processor and at most two, when there is much to read and memory for it. */
  readonly threads?: number | undefined;
  /** The files that will be read. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly query?: TrafficQuery;
  /** As given, for the logs that it fits. */
  readonly logFormat?: string | undefined;
  /** Where the kernel is, when not where the build puts it. */
  readonly kernel?: string | undefined;
  /** The least bytes of a part of a log. */
  readonly partBytes?: number;
}

export interface LogToCount {
  readonly input: Input;
  /** Of its text format. */
  readonly id: string;
  readonly format: AccessFormat;
  /** Its format was told. */
  readonly given: boolean;
  readonly head: readonly string[];
  /** Reads it from its begin, when the kernel fails. */
  readonly byReference: (input: Input, into: TrafficAccumulator, note: string) => Promise<FileFacts>;
}

export interface LogCounter {
  /** What reads a log of this format. */
  choose(
    format: AccessFormat,
  ): { readonly engine: 'kernel' } | { readonly engine: 'reference'; readonly note?: string };
  /** Counts while the next files are read. */
  count(log: LogToCount, options: ReadingOptions): Promise<FileFacts>;
  /** So many logs may be under way before the first of them is waited for. */
  readonly ahead: number;
  /** Ends the threads, whatever they do. */
  end(): Promise<void>;
}

function threadsFor(bytes: number): number {
  // Since Node 20.13; it knows the limits of a container.
  const memory = typeof process.availableMemory === 'function' ? process.availableMemory() : freemem();
  return bytes < THREADS_FROM_BYTES || memory < MEMORY_FOR_MORE ? 1 : Math.min(THREADS_MAX, availableParallelism());
}

/** The traffic of the logs goes to `traffic`, in the order in which they are handed over. */
export function logCounter(traffic: TrafficJoin, options: CounterOptions): LogCounter {
  const kernel = options.engine === 'reference' ? undefined : kernelModule(options.kernel);
  const module = kernel !== undefined && 'module' in kernel ? kernel.module : undefined;
  const total = options.files.reduce((sum, file) => sum + worth(file), 0);
  const count = options.threads ?? threadsFor(total);
  const threads = module && countThreads(module, count);
  const streams = module && streamCounter(module);

  const rulesOf = (log: LogToCount, begin: LogBegin, { window, trustedProxies }: ReadingOptions): PartRules => ({
    head: log.head,
    spec: log.given ? options.logFormat : undefined,
    query: options.query ?? {},
    window,
    trustedProxies,
    provedProxies: [...begin.proved],
    latest: begin.latest,
    newest: undefined,
    isFirst: true,
  });

  /** A large log is split into more parts than its share, so that no thread waits for the last one. */
  const partsOf = (size: number): number =>
    count === 1
      ? 1
      : Math.max(
          1,
          Math.min(
            count,
            Math.ceil((2 * count * size) / Math.max(1, total)),
            Math.floor(size / (options.partBytes ?? PART_BYTES_MIN)),
          ),
        );

  const countRegular = async (
    log: LogToCount,
    into: CountedLog,
    at: { readonly fd: number; readonly size: number; readonly rules: PartRules },
    reading: ReadingOptions,
  ): Promise<void> => {
    const { input, format } = log;
    const compressed = input.source.compression !== 'none';
    const begin = input.source.begin + input.head.nuls;
    const file = { ...at, compressed, begin, format, parts: partsOf(at.size - begin) };
    if (threads) await countFile(file, threads, into, (bytes) => reading.onProgress?.(bytes));
  };

  const countAny = async (log: LogToCount, reading: ReadingOptions): Promise<FileFacts> => {
    const place = traffic.later();
    const { input, format, head, id } = log;
    const begin = logBegin(format, head, reading.now);
    const rules = rulesOf(log, begin, reading);
    const into = countedLog(input.path, format);
    const facts = (): FileFacts => {
      place(into.traffic());
      return into.facts({ id, begin, nuls: input.head.nuls });
    };
    const { size, fd } = input.source;
    if (size === undefined) {
      await streams?.count(input, into, { format, rules }, reading);
      return facts();
    }
    try {
      await input.chunks.return(undefined);
      await countRegular(log, into, { fd, size, rules }, reading);
      return facts();
    } catch (error) {
      const own = trafficAccumulator(options.query);
      const note = `the kernel failed (${error instanceof Error ? error.message : String(error)})`;
      const read = await log.byReference(await reopened(input, fd), own, note);
      place(own.finish());
      return read;
    }
  };

  return {
    ahead: count === 1 ? 0 : AHEAD * count,
    choose(format) {
      if (options.engine === 'reference') return { engine: 'reference' };
      if (kernel && 'why' in kernel) return { engine: 'reference', note: kernel.why };
      const why = whyNotKernel(format);
      return why === undefined ? { engine: 'kernel' } : { engine: 'reference', note: why };
    },
    async count(log, reading) {
      try {
        return await countAny(log, reading);
      } finally {
        log.input.source.close();
      }
    },
    end: async () => threads?.end(),
  };
}

/** Ends the threads of the counter when the work is done, or has failed. */
export async function ending<T>(counter: LogCounter, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await counter.end();
  }
}

function worth({ path, bytes }: { readonly path: string; readonly bytes: number }): number {
  return /\.(?:gz|zst)$/i.test(path) ? bytes * COMPRESSION : bytes;
}

async function reopened({ path, source: { begin } }: Input, fd: number): Promise<Input> {
  const source = bytesOf(fd, () => {}, begin);
  const chunks = source.chunks();
  return { path, source, head: await readHead(chunks), chunks };
}

/** Counts what can be read but once, as it comes: on this thread. */
function streamCounter(module: WebAssembly.Module) {
  let memory: WebAssembly.Memory | undefined;
  let settle = (): void => {};
  return {
    async count(
      input: Input,
      into: CountedLog,
      by: { readonly format: AccessFormat; readonly rules: PartRules },
      reading: ReadingOptions,
    ): Promise<void> {
      settle();
      memory ??= kernelMemory();
      const part = await countLines({ module, memory }, by.format, by.rules, async (kernel) => {
        const { bytes, complaints } = await pump(input, reading, (chunk) => feedChunk(kernel, chunk));
        return { bytes: bytes - input.head.nuls, complaint: complaints[0] };
      });
      settle = into.add(part);
    },
  };
}

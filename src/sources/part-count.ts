// Counts one part of an access log in the log kernel, on whichever thread: what it needs and what it gives can be posted.
import { readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { clientResolver } from '../engine/client.ts';
import { openKernel } from '../engine/kernel.ts';
import { FIGURES } from '../engine/kernel-layout.ts';
import type { Kernel, KernelCount } from '../engine/kernel-task.ts';
import { detectAccessFormat } from '../formats/access/detect.ts';
import { compileLogFormat } from '../formats/access/log-format.ts';
import { isWholeLine } from '../formats/access/whole-line.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import type { EpochMs, TimeSpan } from '../model/time.ts';
import type { Traffic } from '../model/traffic.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import { bytesOf, isSystemError, shrunkNote } from './bytes.ts';
import { EARLIEST } from './log-begin.ts';

/** So often it is told how much has been read. */
const TOLD_EVERY = 16 * 1024 * 1024;

/** So much is counted before a thread looks whether there is something else to do. */
const AT_ONCE = 8 * 1024 * 1024;

/** One part of a log that is an open regular file. Threads share open files. */
export interface PartTask {
  readonly fd: number;
  readonly compressed: boolean;
  /** Its bytes, from the begin of a line on. Of compressed data: what to leave out at its begin, and all the rest. */
  readonly from: number;
  readonly to: number;
  readonly rules: PartRules;
}

/** What a part is counted by. */
export interface PartRules {
  /** Of the whole log, by which its format is recognised, unless it was told (`--log-format`). */
  readonly head: readonly string[];
  readonly spec: string | undefined;
  readonly query: TrafficQuery;
  readonly window: Partial<TimeSpan>;
  readonly trustedProxies: readonly string[];
  readonly provedProxies: readonly string[];
  readonly latest: EpochMs;
  /** The latest time of the lines before. */
  readonly newest: EpochMs | undefined;
  readonly isFirst: boolean;
}

/** What was counted; the most of it stands in the kernel's memory. */
export interface PartCount {
  readonly kernel: Omit<KernelCount, 'figure'>;
  /** As `FIGURES` has them. */
  readonly figures: readonly number[];
  readonly proxies: Traffic['proxies'];
  readonly hiddenBehind: Traffic['hiddenBehind'];
  readonly bytes: number;
  /** What was wrong with the data. */
  readonly complaint: string | undefined;
  /** Its last line had no line feed, and may be cut. */
  readonly lastLeftOut: boolean;
}

/** The kernel on one thread. What it counted stands in the memory until it counts again. */
export interface PlacedKernel {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** @throws when the kernel has no memory left. */
export async function countPart(
  placed: PlacedKernel,
  task: PartTask,
  onBytes: (bytes: number) => void,
): Promise<PartCount> {
  const told = gathered(onBytes);
  if (!task.compressed)
    return countLines(placed, formatOf(task.rules), task.rules, (kernel) => fromFile(kernel, task, told));
  const source = bytesOf(task.fd);
  return countLines(placed, formatOf(task.rules), task.rules, async (kernel) => {
    const bytes = await fromChunks(kernel, source.chunks(), task.from, told);
    return { bytes, complaint: source.complaint() };
  });
}

interface Fed {
  readonly bytes: number;
  readonly complaint: string | undefined;
}

/** `feed` gives the kernel all bytes. */
export async function countLines(
  placed: PlacedKernel,
  format: AccessFormat,
  rules: PartRules,
  feed: (kernel: Kernel) => Fed | Promise<Fed>,
): Promise<PartCount> {
  const clients = clientResolver(rules.provedProxies, rules.trustedProxies);
  const kernel = openKernel(placed.module, placed.memory, {
    format,
    clients,
    query: rules.query,
    window: rules.window,
    earliest: EARLIEST,
    latest: rules.latest,
    ...(rules.newest !== undefined && { newest: rules.newest }),
    isFirstPart: rules.isFirst,
  });
  const fed = await feed(kernel);
  let lastLeftOut = false;
  const { figure, ...counted } = kernel.finish((text) => {
    const whole = isWholeLine(format, text);
    lastLeftOut = !whole && text.trim() !== '';
    return whole;
  });
  return {
    ...fed,
    kernel: counted,
    figures: FIGURES.map(figure),
    proxies: clients.believed(),
    hiddenBehind: clients.hiding(),
    lastLeftOut,
  };
}

function formatOf({ spec, head }: PartRules): AccessFormat {
  if (spec === undefined) {
    const format = detectAccessFormat(head);
    if (format) return format;
  } else {
    const compiled = compileLogFormat(spec);
    if ('format' in compiled) return compiled.format;
  }
  throw new TypeError('the format of the log was known before');
}

async function fromFile(kernel: Kernel, task: PartTask, told: (bytes: number) => void): Promise<Fed> {
  let at = task.from;
  let complaint: string | undefined;
  let rest = task.from + AT_ONCE;
  while (at < task.to && complaint === undefined) {
    if (at >= rest) {
      await setImmediate();
      rest = at + AT_ONCE;
    }
    const room = kernel.room();
    const wanted = Math.min(room.length, task.to - at);
    let got = 0;
    try {
      got = readSync(task.fd, room, 0, wanted, at);
      if (got === 0) complaint = shrunkNote(at);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      complaint = failedNote(at, error.code);
    }
    kernel.filled(got);
    at += got;
    told(got);
  }
  return { bytes: at - task.from, complaint };
}

/** What to say of a file whose disk failed. */
export function failedNote(at: number, code: string): string {
  return `read up to byte ${at}, where it failed (${code})`;
}

/** Leaves out the first `skip` bytes. The chunks may share memory. Returns how many bytes the kernel was given. */
async function fromChunks(
  kernel: Kernel,
  chunks: AsyncIterable<Buffer>,
  skip: number,
  told: (bytes: number) => void,
): Promise<number> {
  let left = skip;
  let bytes = 0;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    feedChunk(kernel, rest);
    bytes += rest.length;
    told(rest.length);
  }
  return bytes;
}

export function feedChunk(kernel: Kernel, chunk: Uint8Array): void {
  let at = 0;
  while (at < chunk.length) {
    const room = kernel.room();
    const some = chunk.subarray(at, at + room.length);
    room.set(some);
    kernel.filled(some.length);
    at += some.length;
  }
}

function gathered(onBytes: (bytes: number) => void): (bytes: number) => void {
  let untold = 0;
  return (bytes) => {
    untold += bytes;
    if (untold < TOLD_EVERY) return;
    onBytes(untold);
    untold = 0;
  };
}

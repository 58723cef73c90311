// What the log kernel is asked, what it gives, and whether it reads a format at all.
import type { AccessFormat } from '../model/access-entry.ts';
import type { EpochMs, TimeSpan } from '../model/time.ts';
import type { TrafficQuery } from '../model/traffic-query.ts';
import type { ClientResolver } from './client.ts';
import { COLUMN, COLUMNS_MAX, type Figure, type Place, PREFIX } from './kernel-layout.ts';

/** Where every kernel's memory ends: more than its tables can ever fill. In pages of 64 kB; the build says the same. */
const MEMORY_PAGES_MAX = 4096;
const MEMORY_PAGES = 16;

/** What one log is counted by. */
export interface KernelTask {
  readonly format: AccessFormat;
  readonly clients: ClientResolver;
  readonly query: TrafficQuery;
  /** Requests outside are left out. */
  readonly window: Partial<TimeSpan>;
  /** A request that claims to be older or younger counts as one without a time. */
  readonly earliest: EpochMs;
  readonly latest: EpochMs;
  /** The latest time of the lines before, for a part of a log that is not its first. */
  readonly newest?: EpochMs;
  /** Of the whole log: a mark of the byte order before the first line belongs to nothing. */
  readonly isFirstPart: boolean;
}

/** What was counted, still in the kernel's memory. */
export interface KernelCount {
  readonly memory: ArrayBufferLike;
  readonly places: Readonly<Record<Place, number>>;
  readonly slices: number;
  readonly sliceMs: number;
  readonly hasGroups: boolean;
  figure(of: Figure): number;
  /** Lines that were no requests, and the first of them. */
  readonly unreadable: number;
  readonly firstUnreadable?: string;
  /** Lines that were longer than 64 kB. */
  readonly cut: number;
  /** Lines that the reference parser read. */
  readonly leftOver: number;
}

export interface Kernel {
  /** Where bytes go: at most 1 MB, valid until the next call. Begins with what is left of a line. */
  room(): Uint8Array;
  /** So many bytes were put into the room. */
  filled(bytes: number): void;
  /** Counts the rest. `takesLast`: whether a last line without its line feed is one (see `isWholeLine`). */
  finish(takesLast: (text: string) => boolean): KernelCount;
}

/** What the kernel offers its host: see src/engine/assembly/index.ts. */
export interface KernelExports {
  readLines(from: number, to: number): void;
  configure(
    begin: boolean,
    earliest: number,
    latest: number,
    from: number,
    to: number,
    by: number,
    second: number,
    agent: boolean,
    host: boolean,
    method: boolean,
    newest: number,
  ): void;
  layOut(prefix: number, headers: boolean, columns: number, asksText: boolean, asksAddress: boolean): void;
  admit(at: number): number;
  request(
    at: number,
    status: number,
    bytes: number,
    requestBytes: number,
    durationMs: number,
    upstreamMs: number,
    address: number,
    path: number,
    shape: number,
    isQueryProbe: boolean,
    hasOtherAction: boolean,
    targetHash: number,
    method: number,
    agent: number,
    referer: number,
    host: number,
    endpoint: number,
    protocol: number,
    protocolLength: number,
    start: number,
    length: number,
    line: number,
  ): void;
  finish(): void;
  placeOf(place: number): number;
  closedSlices(): number;
  sliceWidthMs(): number;
  countOfPeers(): number;
  nameOf(kind: number, length: number): number;
  setLink(name: number, other: number): void;
}

/** Why the kernel does not read logs of this format; `undefined` when it does. */
export function whyNotKernel(format: AccessFormat): string | undefined {
  const { layout } = format;
  if (!layout) return 'not of the Common Log Format';
  if (layout.lineQuoted) return 'whole lines in quotes';
  if (!Object.hasOwn(PREFIX, layout.prefix)) return 'an unusual begin of the line';
  if (layout.tail.length > COLUMNS_MAX || layout.tail.some((column) => !Object.hasOwn(COLUMN, column)))
    return 'unusual columns at the end of the line';
  return undefined;
}

/** Memory that a kernel can use, one after the other. */
export function kernelMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES_MAX, shared: true });
}

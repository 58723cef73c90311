// The joint between sources and formats: a format recognises bytes, and tells a sink the facts in them.
import type { AccessEntry, AccessFormat } from './access-entry.ts';
import type { EventPayload } from './event.ts';
import type { Packet } from './packets.ts';
import type { SampleData } from './sample.ts';
import type { Stamp } from './time.ts';

/** Where a reader puts what it finds. `line` counts from 1 (a record number in binary files); `text` is the quote. */
export interface FactSink {
  /** `stamp` is absent when the source gives no time: the fact then gets the time of its neighbours. */
  event(stamp: Stamp | undefined, payload: EventPayload, line: number, text: string): void;
  sample(stamp: Stamp | undefined, data: SampleData, line: number, text: string): void;
  access(format: AccessFormat, entry: AccessEntry, line: number, text: string): void;
  /** `stamp` as the capture has it (pcap: absolute; tcpdump text: local, often without a date). */
  packet(stamp: Stamp | undefined, packet: Packet, line: number, text: string): void;
  /** A readable line that holds no fact for us: keeps the span of the source right. */
  seen(stamp: Stamp | undefined): void;
  /** A line that is not of this format. */
  unreadable(line: number, text: string): void;
}

/** Reads one file, line by line, in order. Never throws, whatever the bytes. */
export interface LineReader {
  line(text: string, line: number): void;
  /** The file is at its end: tell what is still held back. */
  end(): void;
}

export interface TextFormat {
  /** Stable name, kebab-case: "mariadb-error". */
  readonly id: string;
  /** For people: "MariaDB/MySQL error log". */
  readonly title: string;
  /**
   * How surely these are lines of this format: 0 (no) to 1 (every line fits and it can be nothing else).
   * By content alone; the caller gives the first lines of the file (up to about 200, at least one, none longer than 16 kB).
   * A general envelope (syslog) must stay below a format that knows the same line better (0.9 against 1).
   */
  recognise(head: readonly string[]): number;
  /** A person told it: it can't be found out again from the lines. */
  readonly isGiven?: true;
  /** Of access logs: how the lines are read, for whoever counts them in another way. The same lines as `recognise` saw. */
  access?(head: readonly string[]): AccessFormat | undefined;
  /** `head` are the same lines that `recognise` saw. */
  open(sink: FactSink, head: readonly string[]): LineReader;
}

export interface BinaryFormat {
  readonly id: string;
  readonly title: string;
  /** From the first bytes of the file, at least 4 and up to 64 kB. */
  recognise(head: Uint8Array): boolean;
  open(sink: FactSink): BinaryReader;
}

export interface BinaryReader {
  /** Chunks of any size, in order; the reader copies what it keeps. */
  chunk(bytes: Uint8Array): void;
  /** Returns a complaint when the file was cut or damaged, for the report's list of sources. */
  end(): string | undefined;
}

/** The share of lines that fit, among those that are not empty: what most `recognise` functions return. */
export function shareOfLines(head: readonly string[], fits: (line: string) => boolean): number {
  let counted = 0;
  let fitting = 0;
  for (const line of head) {
    if (line.trim() === '') continue;
    counted++;
    if (fits(line)) fitting++;
  }
  return counted === 0 ? 0 : fitting / counted;
}

// The logs of the benchmark log-engine: what most sites have, and kinds that a fast reader may be slow at.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { writeDistinctLog } from './distinct-log.ts';
import { type EngineLogShape, writeEngineLog } from './engine-log.ts';

export interface Log {
  /** In the names of figures. */
  readonly name: string;
  readonly title: string;
  /** How many of the lines that were asked for it has. */
  readonly share: number;
  /** GoAccess's options to read it. */
  readonly goaccessFormat: readonly string[];
  write(path: string, lines: number): Promise<void>;
}

const COMBINED = ['--log-format=COMBINED'];
const WITH_DURATION = [
  '--log-format=%h %^[%d:%t %^] "%r" %s %b "%R" "%u" %D',
  '--date-format=%d/%b/%Y',
  '--time-format=%H:%M:%S',
];

const shop =
  (shape: Omit<EngineLogShape, 'lines'>): Log['write'] =>
  (path, lines) =>
    writeEngineLog(path, { lines, ...shape });

export const LOGS: readonly Log[] = [
  { name: 'combined', title: 'combined', share: 1, goaccessFormat: COMBINED, write: shop({}) },
  { name: 'duration', title: 'with %D', share: 0.2, goaccessFormat: WITH_DURATION, write: shop({ duration: true }) },
  { name: 'ipv6', title: 'IPv6 only', share: 0.2, goaccessFormat: COMBINED, write: shop({ ipv6: true }) },
  { name: 'longAgents', title: 'long agents', share: 0.2, goaccessFormat: COMBINED, write: shop({ longAgents: true }) },
  { name: 'distinct', title: 'all distinct', share: 0.2, goaccessFormat: COMBINED, write: writeDistinctLog },
];

export interface LogFile {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
}

/** Writes the log and reads it once, so that it is in memory for whoever reads it first. */
export async function makeLog(log: Pick<Log, 'write'>, path: string, lines: number): Promise<LogFile> {
  await log.write(path, lines);
  const buffer = Buffer.allocUnsafe(1 << 20);
  const fd = openSync(path, 'r');
  try {
    while (readSync(fd, buffer) > 0);
  } finally {
    closeSync(fd);
  }
  return { path, lines, bytes: statSync(path).size };
}

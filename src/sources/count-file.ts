// Counts a log that is a regular file, in one part or several at once, so that the figures are those of one.
import type { AccessFormat } from '../model/access-entry.ts';
import type { CountedPart, CountThreads } from './count-threads.ts';
import { type CountedLog, figureOf } from './counted-log.ts';
import { newestBefore, type Piece, splitLog } from './log-split.ts';
import type { PartRules, PartTask } from './part-count.ts';

export interface FileToCount {
  readonly fd: number;
  /** In bytes, when it was opened. */
  readonly size: number;
  readonly compressed: boolean;
  /** The byte that its lines begin at. */
  readonly begin: number;
  readonly format: AccessFormat;
  /** Of its first part. */
  readonly rules: PartRules;
  /** At most so many parts. */
  readonly parts: number;
}

/**
 * A part of a log whose lines have the time of the request's begin must know the latest time of the lines before it. That is guessed, so
 * that the parts can be counted at once, and a part that was guessed wrong is counted again: the one after it knows then.
 * @throws when a thread dies or its kernel fails; then nothing of it may be used.
 */
export async function countFile(
  file: FileToCount,
  threads: CountThreads,
  log: CountedLog,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const tasks = piecesOf(file).map((piece, i) => taskOf(file, piece, i));
  const counting = tasks.map((task) => counted(threads, task, onBytes));
  let newest: number | undefined;
  let failure: Error | undefined;
  for (const [i, task] of tasks.entries()) {
    const outcome = await counting[i];
    if (!outcome || outcome instanceof Error) {
      failure ??= outcome;
      continue;
    }
    if (failure) {
      outcome.release();
      continue;
    }
    try {
      const sure = isAsGuessed(task, newest) ? outcome : await outcome.again(withNewest(task, newest));
      newest = newestOf(sure);
      sure.release(log.add(sure.part));
    } catch (error) {
      failure = asError(error);
    }
  }
  if (failure) throw failure;
}

function piecesOf({ fd, size, compressed, begin, parts }: FileToCount): Piece[] {
  return compressed || parts < 2 ? [{ from: begin, to: size }] : splitLog(fd, begin, size, parts);
}

function taskOf(file: FileToCount, { from, to }: Piece, index: number): PartTask {
  const { fd, compressed, rules, format } = file;
  if (index === 0) return { fd, compressed, from, to, rules };
  const newest = format.stamp === 'begin' ? newestBefore(fd, from, format, rules) : undefined;
  return { fd, compressed, from, to, rules: { ...rules, newest, isFirst: false } };
}

/** Rejects nothing: parts that come before it are waited for first. */
async function counted(
  threads: CountThreads,
  task: PartTask,
  onBytes: (bytes: number) => void,
): Promise<CountedPart | Error> {
  let told = 0;
  try {
    const done = await threads.part(task, (bytes) => {
      told += bytes;
      onBytes(bytes);
    });
    onBytes(done.part.bytes - told);
    return done;
  } catch (error) {
    return asError(error);
  }
}

/** `newest` is that of the part before. */
function isAsGuessed(task: PartTask, newest: number | undefined): boolean {
  return task.rules.isFirst || task.rules.newest === newest;
}

function withNewest(task: PartTask, newest: number | undefined): PartTask {
  return { ...task, rules: { ...task.rules, newest } };
}

function newestOf({ part }: CountedPart): number | undefined {
  const newest = figureOf(part, 'newest');
  return Number.isFinite(newest) ? newest : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

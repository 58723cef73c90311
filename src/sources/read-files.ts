// Reads files one after the other, while access logs among them are counted: what became of each, in their order.
import type { TrafficAccumulator } from '../engine/accumulate.ts';
import { type Content, nameOf } from './bytes.ts';
import type { FileFacts } from './file-facts.ts';
import { type FileOutcome, type ReadOptions, readFile } from './read-file.ts';
import { PathError, reasonOf } from './walk.ts';

/** What was read in the end. */
export type ReadOutcome =
  | Exclude<FileOutcome, { readonly kind: 'counting' }>
  /** It could not be opened. */
  | { readonly kind: 'failed'; readonly path: string; readonly reason: string };

export interface FilesToRead {
  /** In the order in which they are read. */
  readonly paths: readonly Content[];
  /** Those that a person named: one that can't be read is an error. */
  readonly named: readonly string[];
  readonly traffic: TrafficAccumulator;
  /** Asked before each file. */
  options(): ReadOptions;
  /** Told as soon as a file is read, in their order; of logs that are being counted only at the end. */
  read?(outcome: FileOutcome): void;
}

/** @throws PathError when a named path can't be read. */
export async function readFiles(files: FilesToRead): Promise<ReadOutcome[]> {
  const outcomes: (ReadOutcome | Promise<ReadOutcome>)[] = [];
  let awaited = 0;
  let counting = 0;
  const failed = (path: string, error: unknown): ReadOutcome => {
    if (files.named.includes(path)) throw new PathError(reasonOf(error, path));
    return { kind: 'failed', path, reason: reasonOf(error, path) };
  };
  const counted = async (path: string, facts: Promise<FileFacts>): Promise<ReadOutcome> => {
    try {
      return { kind: 'facts', facts: await facts };
    } catch (error) {
      return failed(path, error);
    }
  };
  for (const readable of files.paths) {
    const path = nameOf(readable);
    const options = files.options();
    let outcome: FileOutcome;
    try {
      outcome = await readFile(readable, files.traffic, options);
    } catch (error) {
      outcomes.push(failed(path, error));
      continue;
    }
    files.read?.(outcome);
    if (outcome.kind !== 'counting') {
      outcomes.push(outcome);
      continue;
    }
    const pending = counted(path, outcome.facts);
    // It is awaited below, and may fail before.
    pending.catch(() => {});
    outcomes.push(pending);
    counting++;
    // The first ones, so that what is counted can be put together in order.
    for (; counting > (options.counter?.ahead ?? 0); awaited++) {
      if (outcomes[awaited] instanceof Promise) counting--;
      await outcomes[awaited];
    }
  }
  return Promise.all(outcomes);
}

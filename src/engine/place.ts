// Remembers where in a table the entry of a key stands, so that a key that comes line after line is not looked up line after line.
import { entryOf, type Table } from '../model/table.ts';

/** Of one key, in the table that was asked last. */
export interface Place<T> {
  version: number;
  entry: T | undefined;
}

export function place<T>(): Place<T> {
  return { version: 0, entry: undefined };
}

/** The same as `entryOf`, for the key that the place belongs to. */
export function entryAt<T>(
  at: Place<T>,
  into: Table<T>,
  key: string,
  create: () => T,
  weight: (entry: T) => number,
): T {
  if (at.version === into.version && at.entry !== undefined) return at.entry;
  const entry = entryOf(into, key, create, weight);
  // Read after the look-up, which may have trimmed the table.
  at.version = into.version;
  at.entry = entry;
  return entry;
}

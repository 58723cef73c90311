// Writes a file line by line in large pieces, and lets signals through between them.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const FLUSH_CHARACTERS = 1 << 20;

/** `lineOf` gets the line's number, from 0, and gives it with its line feed. */
export async function writeLines(path: string, lines: number, lineOf: (line: number) => string): Promise<void> {
  const fd = openSync(path, 'w', 0o600);
  let pending = '';
  try {
    for (let line = 0; line < lines; line++) {
      pending += lineOf(line);
      if (pending.length < FLUSH_CHARACTERS) continue;
      writeSync(fd, pending);
      pending = '';
      await setImmediate();
    }
    writeSync(fd, pending);
  } finally {
    closeSync(fd);
  }
}

// Progress of long work: one line on a terminal that is overwritten and goes away again; nothing elsewhere.
import type { WriteStream } from 'node:tty';
import { kilobytes, percent } from '../model/figures.ts';

export interface Progress {
  /** Bytes done and in all (what stands in the files; compressed data may yield more). */
  show(done: number, total: number): void;
  /** What is being done, where there are no bytes to count. */
  say(doing: string): void;
  end(): void;
}

/** Shorter work than this shows nothing: a line that flashes up only disturbs. */
const QUIET_MS = 500;
const EVERY_MS = 200;

export function progressOn(stream: WriteStream | (NodeJS.WritableStream & { isTTY?: boolean })): Progress {
  if (!stream.isTTY) return { show() {}, say() {}, end() {} };
  const begin = Date.now();
  let shownAt = 0;
  return {
    show(done, total) {
      const now = Date.now();
      if (now - begin < QUIET_MS || now - shownAt < EVERY_MS) return;
      shownAt = now;
      const share = total > 0 && done <= total ? `, ${percent(done / total)}` : '';
      stream.write(`\r\u001b[Kreading: ${kilobytes(done / 1024)}${share}`);
    },
    say(doing) {
      shownAt = Date.now();
      stream.write(`\r\u001b[K${doing} …`);
    },
    end() {
      if (shownAt > 0) stream.write('\r\u001b[K');
    },
  };
}

// Bytes into lines, whatever the bytes: bounded, with NULs and broken UTF-8 kept from hurting anybody.
import { isAscii } from 'node:buffer';

/** A longer line is cut here, and the rest of it skipped: no fact stands behind 64 kB. In UTF-16 code units. */
export const LINE_MAX = 64 * 1024;

/** So many bytes are more than `LINE_MAX` characters in any case: UTF-8 spends at most three bytes on a UTF-16 code unit. */
const HELD_MAX = 3 * LINE_MAX + 3;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = 0xfeff;

export interface LineSplitter {
  /** Calls `onLine` for each line that is complete; without its line end, a trailing CR dropped. */
  push(chunk: Uint8Array, onLine: (text: string) => void): void;
  /** The last line, when it has no line end. */
  end(onLine: (text: string) => void): void;
  /** Lines that were longer than 64 kB. */
  readonly cut: number;
}

/**
 * Lines are found among the bytes and decoded one by one: no character of UTF-8 holds a line end, so that gives the same text as
 * decoding first. And each line is then a string of its own. A slice of a decoded chunk would keep the whole chunk in
 * memory for as long as one word of it is kept anywhere. The chunk may be used again as soon as `push` returns.
 */
export function lineSplitter(): LineSplitter {
  /** The begin of a line whose end has not come yet. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;
  let isFirst = true;
  const splitter = {
    cut: 0,
    push(chunk: Uint8Array, onLine: (text: string) => void): void {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let start = 0;
      if (skipping || heldBytes > 0) {
        const end = bytes.indexOf(NEWLINE);
        if (!skipping) hold(bytes.subarray(0, end < 0 ? bytes.length : end), onLine);
        if (end < 0) return;
        if (!skipping) release(onLine);
        skipping = false;
        start = end + 1;
      }
      const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
      for (;;) {
        const end = bytes.indexOf(NEWLINE, start);
        if (end < 0) break;
        emit(bytes.toString(encoding, start, end), onLine);
        start = end + 1;
      }
      if (start < bytes.length) hold(bytes.subarray(start), onLine);
    },
    end(onLine: (text: string) => void): void {
      if (heldBytes > 0) release(onLine);
    },
  };

  function hold(bytes: Buffer, onLine: (text: string) => void): void {
    held.push(Buffer.from(bytes.length > HELD_MAX ? bytes.subarray(0, HELD_MAX) : bytes));
    heldBytes += bytes.length;
    if (heldBytes < HELD_MAX) return;
    release(onLine);
    skipping = true;
  }

  function release(onLine: (text: string) => void): void {
    const text = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    emit(text, onLine);
  }

  function emit(whole: string, onLine: (text: string) => void): void {
    const text = isFirst && whole.charCodeAt(0) === BYTE_ORDER_MARK ? whole.slice(1) : whole;
    isFirst = false;
    const end = text.charCodeAt(text.length - 1) === 13 ? text.length - 1 : text.length;
    if (end > LINE_MAX) splitter.cut++;
    onLine(end === text.length && end <= LINE_MAX ? text : text.slice(0, Math.min(end, LINE_MAX)));
  }
  return splitter;
}

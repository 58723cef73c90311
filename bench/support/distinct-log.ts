// Writes a log of which every line has another IPv6 address, of another /64 mostly, and another URL: the worst for any table.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { clfTimeAt } from './log-parts.ts';

const FIRST_MS = Date.UTC(2026, 10, 20, 6, 0, 0);
const LINES_A_SECOND = 200;
const LINES_AT_ONCE = 10_000;
/** Digits of the address and of the URL stand where the zeros are, so that all lines are of one length. */
const ADDRESS = '2001:db8:a000:b000:c00::1';
const LINE = `${ADDRESS} - - [${clfTimeAt(FIRST_MS)}] "GET /p/00000000 HTTP/1.1" 200 612 "-" "curl/8.14.1"\n`;
const ADDRESS_AT = [10, 11, 12, 15, 16, 17, 20, 21];
const TIME_AT = LINE.indexOf('[') + 1;
const URL_AT = LINE.indexOf('/p/') + 3;
/** Odd, so that a multiple modulo 2^32 is another one for every number (Knuth, TAOCP 3, 6.4). */
const ADDRESS_STEP = 0x9e3779b1;
const URL_STEP = 0x85ebca6b;

/** Up to 2^32 lines, the same in every run. */
export async function writeDistinctLog(path: string, lines: number): Promise<void> {
  const buffer = Buffer.from(LINE.repeat(Math.min(lines, LINES_AT_ONCE)), 'latin1');
  const fd = openSync(path, 'w', 0o600);
  try {
    for (let first = 0; first < lines; first += LINES_AT_ONCE) {
      const count = Math.min(LINES_AT_ONCE, lines - first);
      for (let i = 0; i < count; i++) fill(buffer, i * LINE.length, first + i);
      writeSync(fd, buffer, 0, count * LINE.length);
      await setImmediate();
    }
  } finally {
    closeSync(fd);
  }
}

function fill(buffer: Buffer, at: number, line: number): void {
  const address = Math.imul(line, ADDRESS_STEP);
  const url = Math.imul(line, URL_STEP);
  buffer.write(clfTimeAt(FIRST_MS + Math.floor(line / LINES_A_SECOND) * 1000), at + TIME_AT, 'latin1');
  for (let digit = 0; digit < 8; digit++) {
    const shift = 28 - 4 * digit;
    buffer[at + (ADDRESS_AT[digit] ?? 0)] = hexDigit(address >>> shift);
    buffer[at + URL_AT + digit] = hexDigit(url >>> shift);
  }
}

/** Of the lowest four bits. */
function hexDigit(value: number): number {
  const nibble = value & 15;
  return nibble < 10 ? 48 + nibble : 87 + nibble;
}

// Where a large log can be split: at ends of lines, with what each part has to know about the lines before it.
import { readSync } from 'node:fs';
import { logOrder } from '../engine/cost.ts';
import type { AccessFormat } from '../model/access-entry.ts';
import type { EpochMs, TimeSpan } from '../model/time.ts';
import { withoutNuls } from './head.ts';
import { lineSplitter } from './lines.ts';
import { EARLIEST } from './log-begin.ts';

const LOOK_BYTES = 64 * 1024;
/** Where no line ends in so many bytes, the log is not split. */
const LOOK_MAX = 16 * LOOK_BYTES;
const NEWLINE = 0x0a;

export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** About equal pieces that begin with a line each: `count` of them, or fewer. */
export function splitLog(fd: number, from: number, to: number, count: number): Piece[] {
  const starts = [from];
  for (let i = 1; i < count; i++) {
    const start = lineAfter(fd, from + Math.floor(((to - from) * i) / count), to);
    if (start !== undefined && start > (starts.at(-1) ?? from)) starts.push(start);
  }
  return starts.map((start, i) => ({ from: start, to: starts[i + 1] ?? to }));
}

/** Where the next line begins; `undefined` when none does within reach. */
function lineAfter(fd: number, at: number, end: number): number | undefined {
  const bytes = Buffer.alloc(LOOK_BYTES);
  for (let place = at; place < Math.min(end, at + LOOK_MAX); place += LOOK_BYTES) {
    const got = readSync(fd, bytes, 0, Math.min(LOOK_BYTES, end - place), place);
    const newline = bytes.subarray(0, got).indexOf(NEWLINE);
    if (newline >= 0) return place + newline + 1 < end ? place + newline + 1 : undefined;
    if (got === 0) return undefined;
  }
  return undefined;
}

/** The latest begin of a request before that place, as far as the lines right before it tell. */
export function newestBefore(
  fd: number,
  at: number,
  format: AccessFormat,
  rules: { readonly window: Partial<TimeSpan>; readonly latest: EpochMs },
): EpochMs | undefined {
  const begin = Math.max(0, at - LOOK_BYTES);
  const bytes = Buffer.alloc(at - begin);
  const got = readSync(fd, bytes, 0, bytes.length, begin);
  const order = logOrder();
  const splitter = lineSplitter();
  // The first of them is cut, or not, which makes no difference for a guess.
  splitter.push(bytes.subarray(0, got), (text) => {
    const moment = format.parse(withoutNuls(text))?.at;
    if (moment === undefined || moment < EARLIEST || moment > rules.latest) return;
    if (moment < (rules.window.from ?? moment) || moment > (rules.window.to ?? moment)) return;
    order.lagMs(moment);
  });
  return Number.isFinite(order.newest) ? order.newest : undefined;
}

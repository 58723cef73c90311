// The vertical scale of one panel: from 0 to a round figure, with labels that carry their unit.
import { count, figure, kilobytes } from '../../model/figures.ts';
import type { BarRow } from '../plot.ts';

export interface Scale {
  /** The value at the upper edge. */
  readonly top: number;
  /** From the lower edge to the upper. */
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const SAY = { rate: fine, count, kb: kilobytes, load: fine } as const;

/** A value as its unit is said: "3.4", "149", "34 MB". */
export function said(unit: BarRow['unit'], value: number): string {
  return SAY[unit](value);
}

/** A scale on which `most` fits, and not much more. */
export function scaleOf(unit: BarRow['unit'], most: number): Scale {
  const step = unit === 'kb' ? kbStep(most) : 1;
  const top = Math.max(roundUp(most / step) * step, unit === 'count' ? 2 : 0);
  const halves = unit === 'count' && top % 2 !== 0 ? [0, top] : [0, top / 2, top];
  return { top, ticks: halves.map((value) => ({ value, label: value === 0 ? '0' : said(unit, value) })) };
}

/** What is less than one still has two digits. */
function fine(value: number): string {
  return value < 1 ? Number(value.toPrecision(2)).toString() : figure(value);
}

function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const decade = 10 ** Math.floor(Math.log10(value));
  return decade * (ROUND.find((step) => step * decade >= value) ?? 10);
}

/** kB, MB or GB, whichever the label will be in. */
function kbStep(kb: number): number {
  return kb < 1024 ? 1 : kb < 1000 * 1024 ? 1024 : 1024 * 1024;
}

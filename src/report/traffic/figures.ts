// Figures as they stand in a column: short, and as wide whatever they are.
import { count, figure } from '../../model/figures.ts';

/** "97 %", "3.4 %", "0 %"; neither 100 % nor 0 % unless that is exact. At most five columns. */
export function shareCell(share: number): string {
  if (!Number.isFinite(share) || share < 0) return '?';
  if (share === 0) return '0 %';
  if (share >= 1) return '100 %';
  if (share > 0.995) return '>99 %';
  if (share < 0.001) return '<.1 %';
  return share < 0.0995 ? `${(share * 100).toFixed(1)} %` : `${Math.round(share * 100)} %`;
}

/** Bytes in units of 1,024: "812 B", "4.4 kB", "1.5 GB". */
export function bytesCell(bytes: number): string {
  if (!Number.isFinite(bytes)) return '?';
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? count(value) : figure(value)} ${units[unit]}`;
}

/** Seconds from milliseconds: "0.25", "3.4", "19,707". */
export function secondsCell(ms: number): string {
  const seconds = ms / 1000;
  return seconds > 0 && seconds < 1 ? Number(seconds.toFixed(2)).toString() : figure(seconds);
}

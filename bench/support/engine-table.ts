// The words of the benchmark log-engine: a table of speeds, and ratios with the bounds that they must keep.
import { LABELS } from './engine-tools.ts';
import type { Ratio, Speed, Speeds } from './speed.ts';

const FIRST = 30;
const COLUMN = 10;

/** `inside` is the engine's time of reading and counting alone, within its process. */
export function speedTable(speeds: Speeds, inside: Speeds): string[] {
  const lines = [row('', ['seconds', 'M lines/s', 'GB/s', 'peak MB'], 'median of')];
  for (const [id, speed] of speeds) {
    lines.push(speedRow(LABELS[id], speed));
    const within = inside.get(id);
    if (within) lines.push(speedRow('  of it reading, counting', within));
  }
  return lines;
}

export function ratioLine({ label, value, bound }: Ratio): string {
  const words = bound ? `  ${bound.words}: ${bound.kept ? 'kept' : 'MISSED'}` : '';
  return `${label.padEnd(66)}${short(value).padStart(8)}${words}`;
}

function speedRow(label: string, { seconds, linesPerSecond, bytesPerSecond, peakMb, runs, lines }: Speed): string {
  const figures = [short(seconds), short(linesPerSecond / 1e6), short(bytesPerSecond / 1e9), peakMb.toFixed(0)];
  return row(label, figures, `${runs}, ${lines.toLocaleString('en-US')} lines`);
}

function row(label: string, figures: readonly string[], end: string): string {
  return `  ${label.padEnd(FIRST)}${figures.map((figure) => figure.replace('NaN', '-').padStart(COLUMN)).join('')}   ${end}`;
}

/** Three digits. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

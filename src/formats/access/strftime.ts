// The date and time directives of strftime (POSIX, as Apache's `%{...}t` uses them), as pieces of a layout.
import type { Piece } from './layout.ts';
import type { TimePiece } from './layout-time.ts';

const DIRECTIVES: Readonly<Record<string, readonly [TimePiece | 'skip', number?]>> = {
  Y: ['year', 4],
  y: ['year2', 2],
  m: ['month', 2],
  b: ['monthName', 3],
  h: ['monthName', 3],
  B: ['monthName'],
  d: ['day', 2],
  e: ['day', 2],
  H: ['hour', 2],
  k: ['hour', 2],
  I: ['hour', 2],
  l: ['hour', 2],
  p: ['ampm', 2],
  P: ['ampm', 2],
  M: ['minute', 2],
  S: ['second', 2],
  z: ['offset', 5],
  s: ['epochS'],
  a: ['skip', 3],
  A: ['skip'],
  j: ['skip', 3],
  u: ['skip', 1],
  w: ['skip', 1],
  Z: ['skip'],
};

const SHORTHAND: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/**
 * The pieces of a strftime string. `place` is that of its first character in the whole format, counted from 1.
 * `%c`, `%x`, `%X` are those of the C locale.
 */
export function strftimePieces(spec: string, place: number): { pieces: Piece[] } | { error: string } {
  const pieces: Piece[] = [];
  for (let i = 0; i < spec.length; i++) {
    const char = spec[i] ?? '';
    if (char !== '%') {
      pieces.push({ kind: 'literal', text: char });
      continue;
    }
    const directive = spec[++i] ?? '';
    const at = place + i - 1;
    const long = Object.hasOwn(SHORTHAND, directive) ? SHORTHAND[directive] : undefined;
    const known = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined;
    if (directive === '%' || directive === 'n' || directive === 't') {
      pieces.push({ kind: 'literal', text: { '%': '%', n: '\n', t: '\t' }[directive] });
    } else if (long !== undefined) {
      const inner = strftimePieces(long, at);
      if ('error' in inner) return inner;
      pieces.push(...inner.pieces);
    } else if (known) {
      const [field, width] = known;
      pieces.push({
        kind: 'field',
        field,
        name: `%${directive}`,
        place: at,
        ...(width === undefined ? {} : { width }),
      });
    } else {
      return { error: `unknown time directive %${directive} at character ${at}` };
    }
  }
  return { pieces };
}

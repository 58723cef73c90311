// Lines that fit: wrapping and cutting by the columns that a terminal gives each character.
import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// A figure and its unit stay on one line.
const FIGURE_AND_UNIT = /(\d) (?=(?:%|kB|MB|GB|s|ms)(?![\w-]))/g;
/** Holds two words together on one line; it is shown as a space. */
export const TIE = '\u00a0';
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that the text takes on a terminal. */
export function columns(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The longest beginning of the text that takes at most `width` columns. */
function head(text: string, width: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, width);
  let taken = '';
  let used = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    const wide = columns(segment);
    if (used + wide > width) break;
    taken += segment;
    used += wide;
  }
  return taken;
}

/** The text cut to `width` columns, with … when something is missing. */
export function cut(text: string, width: number): string {
  return columns(text) <= width ? text : `${head(text, Math.max(0, width - 1))}…`;
}

/** The end of the text in `width` columns, with … when its beginning is missing: for paths. */
export function cutStart(text: string, width: number): string {
  if (columns(text) <= width) return text;
  const parts = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  while (parts.length > 0 && columns(parts.join('')) > width - 1) parts.shift();
  return `…${parts.join('')}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/**
 * The text in lines of at most `width` columns, broken at spaces, within a word only when it is longer than a line.
 * The first line begins with `first`, the others with `rest`.
 */
export function wrap(text: string, width: number, first = '', rest = ' '.repeat(columns(first))): string[] {
  const lines: string[] = [];
  let line = '';
  const bound = text.replace(FIGURE_AND_UNIT, `$1${TIE}`);
  const room = () => Math.max(4, width - columns(lines.length === 0 ? first : rest));
  const flush = () => {
    lines.push((lines.length === 0 ? first : rest) + line.replaceAll(TIE, ' '));
    line = '';
  };
  for (const word of bound.split(' ').filter((part) => part !== '')) {
    if (line !== '' && columns(line) + 1 + columns(word) > room()) flush();
    line = line === '' ? word : `${line} ${word}`;
    while (columns(line) > room()) {
      const fits = head(line, room());
      if (fits === '') break;
      const left = line.slice(fits.length);
      line = fits;
      flush();
      line = left;
    }
  }
  if (line !== '' || lines.length === 0) flush();
  return lines;
}

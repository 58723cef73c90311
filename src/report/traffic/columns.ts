// A table on a page: figures to the right in their columns, the name last in what is left; what has no room goes, by rank.
import type { Page, Paint } from '../terminal/page.ts';
import { plain } from '../text/escape.ts';
import { columns, cut, padEnd } from '../text/wrap.ts';

export interface FigureColumn<Row> {
  readonly title: string;
  /** The higher, the sooner it goes where there is no room; 0 always stays. */
  readonly rank: number;
  readonly cell: (row: Row) => string;
  readonly paint?: (row: Row) => readonly Paint[];
}

export interface NameColumn<Row> {
  readonly title: string;
  /** Hostile. */
  readonly cell: (row: Row) => string;
  /** What is known of it stands behind it, dim; hostile. */
  readonly aside?: (row: Row) => string;
  /** What stands behind it is of use only when it is whole. */
  readonly asideWhole?: boolean;
  /** It gets at least so much, so long as there are columns that can go. */
  readonly least: number;
  /** It is of use only when it is whole: an address. */
  readonly whole?: boolean;
}

const GAP = 2;

/** Writes a line of titles and one for each row; none is wider than the page. */
export function writeTable<Row>(
  page: Page,
  rows: readonly Row[],
  figures: readonly FigureColumn<Row>[],
  names: readonly NameColumn<Row>[],
): void {
  const drawn = figures.map((column) => {
    const cells = rows.map((row) => plain(column.cell(row)));
    return { column, cells, width: Math.max(columns(column.title), ...cells.map(columns)) };
  });
  const shown = fitting(drawn, page.width - nameRoom(rows, names));
  const left = shown.reduce((sum, { width }) => sum + width + GAP, 1);
  const widths = nameWidths(rows, names, page.width - left);
  const title = shown.map(({ column, width }) => column.title.padStart(width) + ' '.repeat(GAP)).join('');
  const titles = names.map(({ title: text }, i) => padEnd(cut(text, widths[i] ?? 0), widths[i] ?? 0));
  page.raw(page.paint(` ${title}${titles.join(' '.repeat(GAP))}`.trimEnd(), 'dim'));
  rows.forEach((row, i) => {
    const cells = shown.map(({ column, cells: own, width }) => {
      const text = own[i] ?? '';
      const before = ' '.repeat(width - columns(text));
      return before + page.paint(text, ...(column.paint?.(row) ?? [])) + ' '.repeat(GAP);
    });
    const last = names.map((name, at) => nameCell(page, name, row, widths[at] ?? 0));
    page.raw(` ${cells.join('')}${last.join(' '.repeat(GAP))}`);
  });
}

interface Drawn {
  readonly column: { readonly rank: number };
  readonly width: number;
}

/** Lets the columns of the highest rank go until the rest has room. */
function fitting<D extends Drawn>(all: readonly D[], room: number): D[] {
  let shown = [...all];
  const taken = () => shown.reduce((sum, { width }) => sum + width + GAP, 1);
  while (taken() > room) {
    const worst = Math.max(0, ...shown.map(({ column }) => column.rank));
    if (worst === 0) break;
    shown = shown.filter(({ column }) => column.rank !== worst);
  }
  return shown;
}

/** What the names want: an address all of itself, others a fair share. */
function nameRoom<Row>(rows: readonly Row[], names: readonly NameColumn<Row>[]): number {
  return names.reduce((sum, name) => {
    const longest = longestOf(rows, name);
    const known = name.aside && rows.some((row) => name.aside?.(row) !== '');
    return sum + GAP + (name.whole ? Math.max(longest, known ? name.least : 0) : Math.min(longest, name.least));
  }, -GAP);
}

function longestOf<Row>(rows: readonly Row[], name: NameColumn<Row>): number {
  return Math.max(columns(name.title), ...rows.map((row) => columns(plain(name.cell(row)))));
}

/** All but the last are as wide as their longest, if that leaves the last its share; the last takes the rest. */
function nameWidths<Row>(rows: readonly Row[], names: readonly NameColumn<Row>[], room: number): number[] {
  let rest = room - GAP * (names.length - 1);
  return names.map((name, i) => {
    const others = names.length - 1 - i;
    if (others === 0) return Math.max(1, rest);
    const fair = Math.floor(rest / (others + 1));
    const width = Math.max(1, Math.min(longestOf(rows, name), name.whole ? rest - 10 * others : Math.max(fair, 10)));
    rest -= width;
    return width;
  });
}

function nameCell<Row>(page: Page, name: NameColumn<Row>, row: Row, width: number): string {
  const text = cut(plain(name.cell(row)), width);
  const aside = plain(name.aside?.(row) ?? '');
  const left = width - columns(text) - GAP;
  if (aside === '' || left < (name.asideWhole ? columns(aside) : 4)) return padEnd(text, width);
  const shown = cut(aside, left);
  return `${text}${' '.repeat(GAP)}${page.paint(shown, 'dim')}${' '.repeat(left - columns(shown))}`;
}

// The output of df and df -i: file systems, how full.
import type { DiskState } from '../../model/sample.ts';
import { integer, known, sizeKb, words } from './numbers.ts';
import type { Opener } from './section.ts';

const DISKS_MAX = 1000;
const BLOCK_KB: Readonly<Record<string, number>> = { '1-blocks': 1 / 1024, '1B-blocks': 1 / 1024, '512-blocks': 0.5 };

/** df(1) of coreutils, with -k, -m, -h, -H, -i, -T, -P, -B. */
export const openDf: Opener = (text, line) => {
  if (!/^Filesystem\s.*Mounted on\s*$/.test(text.slice(0, 300))) return undefined;
  const columns = words(text);
  const inodes = columns.some((name) => /^Inodes$/i.test(name));
  const typed = columns[1] === 'Type';
  const plainKb = blockKb(columns[typed ? 2 : 1] ?? '');
  const disks: DiskState[] = [];
  let fullest = -1;
  let quote = { line, text };
  let device: string | undefined;
  return {
    line(row, at) {
      const cells = words(row);
      if (cells.length === 0) return true;
      // A long device name stands on a line of its own.
      if (cells.length === 1 && device === undefined && /^\S{15,}$/.test(row.trimEnd())) {
        device = cells[0];
        return true;
      }
      const share = cells.findIndex(
        (cell, i) => i >= 3 && /^(?:\d{1,3}%|-)$/.test(cell) && (cells[i + 1] ?? '').startsWith('/'),
      );
      if (share < 0) return false;
      const [size, , free] = cells.slice(share - 3, share);
      const mount = cells.slice(share + 1).join(' ');
      const name = device ?? cells.slice(0, Math.max(1, share - (typed ? 4 : 3))).join(' ');
      device = undefined;
      const figures = inodes
        ? { inodes: count(size), inodesFree: count(free) }
        : { sizeKb: sizeKb(size ?? '', plainKb), availableKb: sizeKb(free ?? '', plainKb) };
      if (disks.length < DISKS_MAX) disks.push({ mount, device: name, ...known(figures) });
      const percent = Number.parseInt(cells[share] ?? '', 10);
      if (percent > fullest) {
        fullest = percent;
        quote = { line: at, text: row };
      }
      return true;
    },
    end: () => (disks.length > 0 ? [{ data: { disks }, ...quote }] : []),
  };
};

/** `df -ih` prints 3.0M inodes, in powers of 1024. */
function count(text: string | undefined): number | undefined {
  return integer(text) ?? (text === undefined ? undefined : scaled(text));
}

function scaled(text: string): number | undefined {
  const kilo = sizeKb(text, 1);
  return kilo === undefined ? undefined : kilo * 1024;
}

/** "1K-blocks", "1024-blocks", "1M-blocks"; "Size" prints its units. */
function blockKb(column: string): number {
  const fixed = BLOCK_KB[column];
  if (fixed !== undefined) return fixed;
  const match = /^(\d+)([KMGT]?)B?-blocks$/.exec(column);
  if (!match) return 1;
  const amount = Number(match[1]);
  return match[2] === '' ? amount / 1024 : (sizeKb(`${amount}${match[2]}`, 1) ?? 1);
}

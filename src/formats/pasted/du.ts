// The output of du: what takes the room on a disk, by space or by inodes.
import type { DiskUse } from '../../model/sample.ts';
import { integer, sizeKb } from './numbers.ts';
import type { Opener } from './section.ts';

const USES_MAX = 2000;
/** Size, a tab, the path: as du(1) prints it, also through `sort` and `head`. */
const LINE = /^\s{0,20}(\d{1,15}(?:[.,]\d)?[KMGTP]?)\t((?:\/|\.\.?\/)[^\t]{0,1000})$/;

/** du(1) with -k, -m, -h or --inodes; with figures alone, 1 kB blocks are taken, and inodes where the command says so. */
export const openDu: Opener = (text, line, { command }) => {
  const own = /\bdu\b/.test(command);
  if (!LINE.test(text.slice(0, 1100))) return undefined;
  const inodes = own && /--inodes\b/.test(command);
  const megabytes = own && /\bdu\b[^|;]*\s-[a-z]*m/.test(command);
  const uses: DiskUse[] = [];
  const quote = { line, text };
  const take = (row: string): boolean => {
    const match = LINE.exec(row.slice(0, 1100));
    const size = match?.[1]?.replace(',', '.');
    const path = match?.[2];
    if (size === undefined || path === undefined) return false;
    const use = inodes ? { path, inodes: inodeCount(size) } : { path, kb: sizeKb(size, megabytes ? 1024 : 1) };
    if (uses.length < USES_MAX) uses.push(withoutUnknown(use));
    return true;
  };
  take(text);
  return { line: take, end: () => (uses.length > 0 ? [{ data: { diskUse: uses }, ...quote }] : []) };
};

/** `du --inodes -h` prints 1.7M, in powers of 1024. */
function inodeCount(text: string): number | undefined {
  const kilo = sizeKb(text, 1);
  return integer(text) ?? (kilo === undefined ? undefined : kilo * 1024);
}

function withoutUnknown(use: { path: string; kb?: number | undefined; inodes?: number | undefined }): DiskUse {
  return {
    path: use.path,
    ...(use.kb !== undefined && { kb: use.kb }),
    ...(use.inodes !== undefined && { inodes: use.inodes }),
  };
}

// Which files to read: those that were named, and the regular files below the folders that were named. Nothing is dropped silently.
import { type BigIntStats, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { NotRecognised } from '../model/dossier.ts';

const FILES_MAX = 10_000;
const DEPTH_MAX = 24;
/** Names that hold no evidence and would only fill the list of what was not recognised. */
const IGNORED_FOLDERS = new Set(['.git', 'node_modules']);

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

export interface Found {
  readonly files: readonly FoundFile[];
  readonly passedOver: readonly NotRecognised[];
}

/** A path that a user named and that can't be read at all. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

/**
 * Follows symbolic links, but each file and folder once (so a link to a parent ends there).
 * @throws PathError when a path that was named does not exist or may not be read.
 */
export function findFiles(paths: readonly string[]): Found {
  const files: FoundFile[] = [];
  const passedOver: NotRecognised[] = [];
  const visited = new Set<string>();

  const visit = (path: string, depth: number, named: boolean): void => {
    if (files.length >= FILES_MAX) {
      if (passedOver.at(-1)?.path !== '…')
        passedOver.push({ path: '…', reason: `more than ${FILES_MAX} files: the rest was not read` });
      return;
    }
    let stats: BigIntStats;
    try {
      // Numbers of files have 64 bits on some file systems: as doubles two of them could look like one.
      stats = statSync(path, { bigint: true });
    } catch (error) {
      if (named) throw new PathError(reasonOf(error, path));
      passedOver.push({ path, reason: isLink(path) ? 'a link that leads nowhere' : reasonOf(error, path) });
      return;
    }
    const identity = `${stats.dev}:${stats.ino}`;
    if (visited.has(identity)) return;
    visited.add(identity);
    // A pipe that was named is meant: the shell passes `<(zcat log.gz)` as one. In a folder it would be waited for in vain.
    if (stats.isFile() || (named && stats.isFIFO())) files.push({ path, bytes: Number(stats.size) });
    else if (stats.isDirectory()) visitFolder(path, depth, named);
    else passedOver.push({ path, reason: `${kindOf(stats)}, not a file` });
  };

  const visitFolder = (path: string, depth: number, named: boolean): void => {
    if (depth >= DEPTH_MAX) {
      passedOver.push({ path, reason: `deeper than ${DEPTH_MAX} folders` });
      return;
    }
    let names: string[];
    try {
      names = readdirSync(path).sort();
    } catch (error) {
      if (named) throw new PathError(reasonOf(error, path));
      passedOver.push({ path, reason: reasonOf(error, path) });
      return;
    }
    for (const name of names) if (!IGNORED_FOLDERS.has(name)) visit(join(path, name), depth + 1, false);
  };

  for (const path of paths) visit(path, 0, true);
  return { files, passedOver };
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  return 'neither file nor folder';
}

/** What to tell a person about a failed file operation. */
export function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return `${path}: no such file or folder`;
    case 'EACCES':
    case 'EPERM':
      return `${path}: no permission to read it (try sudo)`;
    case 'ELOOP':
      return `${path}: a loop of symbolic links`;
    case 'ENOTDIR':
      return `${path}: a part of the path is no folder`;
    case 'ENAMETOOLONG':
      return `${path}: the name is too long`;
    default:
      return `${path}: cannot be read${code === '' ? '' : ` (${code})`}`;
  }
}

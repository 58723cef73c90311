// Files of the host: read with a bound, written whole or not at all.
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type FileState, HostError } from '../model/host.ts';

const TEXT_MAX = 1 << 20;
/** A file that is changed is kept in the journal, whole. Configuration is far smaller. */
const STATE_MAX = 4 << 20;
/** As many as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;

export function readText(path: string, max: number = TEXT_MAX): string | undefined {
  return readBytes(path, max)?.toString('utf8');
}

export function readBytes(path: string, max: number): Buffer | undefined {
  return tried(`Reading ${path}`, () => {
    const file = openSync(path, 'r');
    try {
      return readUpTo(file, max);
    } finally {
      closeSync(file);
    }
  });
}

export function list(path: string): readonly string[] | undefined {
  return tried(`Listing ${path}`, () => readdirSync(path).sort());
}

export function fileState(path: string): FileState | undefined {
  return tried(`Reading ${path}`, () => {
    // Not blocking: a named pipe would keep us waiting for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new HostError(`Reading ${path}: it is no regular file, so it is left alone.`);
      const content = readUpTo(file, STATE_MAX + 1);
      if (content.length > STATE_MAX)
        throw new HostError(`Reading ${path}: larger than ${STATE_MAX} bytes; a file that large is not changed.`);
      return { content: content.toString('base64'), mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
    } finally {
      closeSync(file);
    }
  });
}

export function writeFile(path: string, state: FileState): void {
  must(`Writing ${path}`, () => {
    const target = followed(path);
    const temporary = temporaryOf(target);
    removeIfThere(temporary);
    const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      try {
        writeAll(file, Buffer.from(state.content, 'base64'));
        const stat = fstatSync(file);
        if (stat.uid !== state.uid || stat.gid !== state.gid) fchownSync(file, state.uid, state.gid);
        fchmodSync(file, state.mode);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, target);
    } catch (error) {
      removeIfThere(temporary);
      throw error;
    }
    syncFolder(dirname(target));
  });
}

export function removeFile(path: string): void {
  must(`Removing ${path}`, () => {
    const target = followed(path);
    removeIfThere(temporaryOf(target));
    if (removeIfThere(target)) syncFolder(dirname(target));
  });
}

export function tidyFile(path: string): void {
  must(`Tidying up beside ${path}`, () => {
    removeIfThere(temporaryOf(followed(path)));
  });
}

export function makeFolder(path: string, mode: number): void {
  must(`Making the folder ${path}`, () => {
    mkdirSync(path, { recursive: true, mode });
  });
}

/** Beside the file, always of the same name: what a crash left is overwritten next time. It ends in nothing that a `*.conf` finds. */
function temporaryOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.seawall-new`);
}

/**
 * The file that a path leads to, also when it isn't there yet. A link is followed only when root or the owner of its target made
 * it, as with the kernel's protected_symlinks (proc_sys_fs(5)): else a site's user could lead root's pen to any file.
 */
function followed(path: string): string {
  let at = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    const link = existing(() => lstatSync(at));
    if (!link?.isSymbolicLink()) return at;
    const target = existing(() => statSync(at));
    if (link.uid !== 0 && link.uid !== target?.uid)
      throw new HostError(
        `${at} is a symbolic link made by user ${link.uid}, not by its target's owner: not followed.`,
      );
    at = resolve(dirname(at), readlinkSync(at));
  }
  throw new HostError(`${path}: too many symbolic links.`);
}

function existing(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function readUpTo(file: number, max: number): Buffer {
  // Files of /proc have no size: read until there is no more.
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < max) {
    const chunk = Buffer.allocUnsafe(Math.min(65_536, max - size));
    const got = readSync(file, chunk);
    if (got === 0) break;
    chunks.push(chunk.subarray(0, got));
    size += got;
  }
  return Buffer.concat(chunks);
}

function writeAll(file: number, content: Buffer): void {
  for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
}

function removeIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** So that the new name outlives a power cut, not only the content. */
function syncFolder(path: string): void {
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** ESRCH: a file in /proc of a process that ended while it was read. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH';
}

function tried<T>(what: string, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw told(what, error);
  }
}

function must(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw told(what, error);
  }
}

function told(what: string, error: unknown): HostError {
  if (error instanceof HostError) return error;
  return new HostError(`${what}: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
}

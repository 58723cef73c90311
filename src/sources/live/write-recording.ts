// Writes a recording to a folder, which appears whole or not at all; secrets are masked on the way, addresses when it is asked for.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { writeManifest } from '../../formats/recording/manifest.ts';
import { openBytes } from '../bytes.ts';
import { OptionError } from '../given.ts';
import { lineSplitter } from '../lines.ts';
import type { RecordedPart, Recording } from '../recording.ts';
import type { Anonymiser } from './anonymise.ts';
import { maskLine } from './mask.ts';

export interface Written {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

const COMPRESSED = /\.(?:gz|zst)$/;

/**
 * `extra`: puts further files into the folder before it appears.
 * @throws OptionError when there is something of that name already, or it can't be written there.
 */
export async function writeRecording(
  recording: Recording,
  folder: string,
  options: { readonly anonymiser?: Anonymiser; readonly extra?: (folder: string) => Promise<void> } = {},
): Promise<Written> {
  const target = freeFolder(folder);
  const under = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  const written = { files: 0, bytes: 0 };
  const text = lineCleaner(options.anonymiser);
  const clean = (): void => rmSync(under, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    mkdirSync(under, { mode: 0o700 });
    const manifest = options.anonymiser ? { ...recording.manifest, host: 'anonymised' } : recording.manifest;
    put(under, 'manifest.json', writeManifest(manifest), written);
    for (const part of recording.parts) await writePart(under, part, text, written);
    await options.extra?.(under);
    renameSync(under, target);
  } catch (error) {
    clean();
    if (error instanceof OptionError || !(error instanceof Error) || !('code' in error)) throw error;
    throw new OptionError(
      `collect: ${folder} could not be written: ${error.message}. Name a folder on a disk with room.`,
    );
  } finally {
    process.off('exit', clean);
  }
  return { folder: target, ...written };
}

/** The absolute path. @throws OptionError when there is something already. */
export function freeFolder(folder: string): string {
  const target = resolve(folder);
  if (existsSync(target))
    throw new OptionError(`collect: ${folder} is there already, and is left as it is. Name another folder.`);
  if (!existsSync(dirname(target)))
    throw new OptionError(`collect: there is no folder ${dirname(target)}: make it first.`);
  return target;
}

function lineCleaner(anonymiser: Anonymiser | undefined): (line: string) => string {
  return (line) => {
    const masked = maskLine(line);
    return anonymiser ? anonymiser.text(masked) : masked;
  };
}

function put(folder: string, name: string, text: string, written: { files: number; bytes: number }): void {
  const file = openSync(join(folder, name), 'wx', 0o600);
  try {
    written.bytes += writeSync(file, text);
    written.files++;
  } finally {
    closeSync(file);
  }
}

async function writePart(
  folder: string,
  { name, content }: RecordedPart,
  clean: (line: string) => string,
  written: { files: number; bytes: number },
): Promise<void> {
  const path = join(folder, safeName(name).replace(COMPRESSED, ''));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let source: ReturnType<typeof openBytes>;
  try {
    source = openBytes(content);
  } catch {
    // Rotated away meanwhile.
    return;
  }
  const file = openSync(path, 'wx', 0o600);
  let buffered: string[] = [];
  const flush = (): void => {
    if (buffered.length === 0) return;
    const bytes = Buffer.from(`${buffered.join('\n')}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    written.bytes += bytes.length;
    buffered = [];
  };
  const splitter = lineSplitter();
  const take = (line: string): void => {
    buffered.push(clean(line));
    if (buffered.length >= 2000) flush();
  };
  try {
    for await (const chunk of source.chunks()) splitter.push(chunk, take);
    splitter.end(take);
    flush();
    written.files++;
  } finally {
    closeSync(file);
    source.close();
  }
}

/** Below the folder, whatever a log's path holds. */
function safeName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

// For tests: files in a folder that goes away, and what reading one of them gives.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { trafficAccumulator } from '../engine/accumulate.ts';
import { binaryFormats, textFormats } from '../formats/index.ts';
import type { Dossier } from '../model/dossier.ts';
import type { Traffic } from '../model/traffic.ts';
import { type DossierOptions, readDossier } from './dossier.ts';
import type { FileFacts } from './file-facts.ts';
import { type FileOutcome, type ReadOptions, readFile } from './read-file.ts';

/** The moment at which the tests read: a day and a half after the incident. */
export const NOW = Date.UTC(2026, 10, 24, 0, 0, 0);

export interface Scratch {
  readonly folder: string;
  /** Writes a file, its folders too; returns its path. */
  write(name: string, content: string | Uint8Array): string;
}

/** A folder for the tests of one file; it is removed after them. */
export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, content) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
  };
}

const PLAIN: ReadOptions = { textFormats, binaryFormats, trustedProxies: [], window: {}, zone: undefined, now: NOW };

export async function read(
  path: string,
  options: Partial<ReadOptions> = {},
): Promise<{ outcome: FileOutcome; traffic: Traffic | undefined }> {
  const traffic = trafficAccumulator();
  const outcome = await readFile(path, traffic, { ...PLAIN, ...options });
  return { outcome, traffic: traffic.finish() };
}

/** The facts of a file that must be readable. */
export async function factsOf(path: string, options: Partial<ReadOptions> = {}): Promise<FileFacts> {
  const { outcome } = await read(path, options);
  if (outcome.kind !== 'facts') throw new Error(`${path}: ${JSON.stringify(outcome)}`);
  return outcome.facts;
}

export function dossierOf(paths: readonly string[], options: Partial<DossierOptions> = {}): Promise<Dossier> {
  return readDossier({ paths, now: NOW, ...options });
}

export const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

/** A line of the combined format, at a time such as "22/Nov/2026:10:07:20 +0100". */
export function combined(at: string, address = '198.51.100.7', request = 'GET / HTTP/1.1', status = 200): string {
  return `${address} - - [${at}] "${request}" ${status} 1234 "-" "Mozilla/5.0"`;
}

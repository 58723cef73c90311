// One capture from its beginning to its end: files made, drop-in put in, watched, taken out, what was noted read, files deleted.
import { type Host, HostError, type HostReader } from '../../model/host.ts';
import type { PreparedCapture } from './prepare.ts';

/** How the changes are made and taken back: by whoever holds the journal. */
export interface CaptureActs {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export interface CaptureWatch {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Called now and then with how many requests were noted so far. */
  readonly onProgress?: (requests: number) => void;
  /** A person has seen enough. */
  readonly stop: AbortSignal;
}

/** What was noted, line by line, of all users as whom PHP ran. */
export interface Noted {
  readonly lines: string;
  /** Epoch ms between which the drop-in was there. */
  readonly from: number;
  readonly to: number;
}

const LOOK_MS = 200;
/** Requests that were being answered when the drop-in was taken out may still say how. */
const REPLIES_MS = 1500;
const READ_MAX = 16 << 20;

/**
 * The drop-in is taken out whatever happens in between, and the notes are deleted once they are read.
 * @throws HostError, after everything was taken back
 */
export async function holdCapture(
  capture: PreparedCapture,
  watch: CaptureWatch,
  acts: CaptureActs,
  host: Host,
): Promise<Noted> {
  const { folder } = capture.plan;
  await makeFolders(folder, host);
  try {
    for (const { path, state } of capture.files) host.writeFile(path, state);
    const from = host.now();
    try {
      await acts.begin();
      await watched(capture, watch, host);
    } finally {
      await acts.end();
    }
    const to = host.now();
    if (!watch.stop.aborted && requestsNoted(capture, host) > 0) await host.sleep(REPLIES_MS);
    return { lines: readNotes(capture, host), from, to };
  } finally {
    await forgetCapture(folder, capture.plan.through === 'user-ini', host);
  }
}

async function watched(capture: PreparedCapture, { until, count, onProgress, stop }: CaptureWatch, host: Host) {
  let shown = -1;
  while (host.now() < until && !stop.aborted) {
    const requests = requestsNoted(capture, host);
    if (requests !== shown) onProgress?.(requests);
    shown = requests;
    if (requests >= count) return;
    await host.sleep(LOOK_MS);
  }
}

function requestsNoted({ records }: PreparedCapture, host: HostReader): number {
  return records.reduce((sum, { tally }) => sum + (host.readBytes(tally, 65_536)?.length ?? 0), 0);
}

function readNotes({ records }: PreparedCapture, host: HostReader): string {
  return records.map(({ record }) => host.readText(record, READ_MAX) ?? '').join('\n');
}

/** Others may pass through the folders, to files that they know and may write to, and see no names. */
async function makeFolders(folder: string, host: Host): Promise<void> {
  const above = folder.slice(0, folder.lastIndexOf('/'));
  const result = await host.run(['install', '-d', '-m', '0711', above, folder]);
  if (result.code === 0) return;
  throw new HostError(
    `Making the folder ${folder}: ${result.stderr.trim() || 'install(1) failed'}. Run as root, or set SEAWALL_STATE to a folder of your own.`,
  );
}

/**
 * Deletes what a capture noted. A file that PHP may still be told to prepend stays, without effect: without it, sites would fail.
 */
async function forgetCapture(folder: string, keepPrepended: boolean, host: Host): Promise<void> {
  for (const name of host.list(folder) ?? []) {
    if (!(keepPrepended && name === 'prepend.php')) host.removeFile(`${folder}/${name}`);
  }
  if (keepPrepended && host.fileState(`${folder}/prepend.php`)) {
    host.writeFile(`${folder}/prepend.php`, { ...INERT, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
    return;
  }
  await host.run(['rmdir', folder]);
}

const INERT = {
  content: Buffer.from(
    '<?php // Left for PHP workers that remember it a while; seawall capture removes it later.\n',
  ).toString('base64'),
  mode: 0o644,
};

/** A capture's folder is named after the time at which it ends; so long after it, no worker remembers it. */
const REMEMBERED_MS = 3_600_000;

/** A name for a capture's folder. `random`: letters and digits. */
export function captureName(until: number, random: string): string {
  return `${new Date(until).toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;
}

/** Deletes what earlier captures left, because they were killed or PHP remembered them. @returns how many were deleted, and kept */
export async function forgetEarlier(captures: string, host: Host): Promise<{ deleted: number; kept: number }> {
  const told = { deleted: 0, kept: 0 };
  for (const name of host.list(captures) ?? []) {
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[a-z0-9]+$/.exec(name) ?? [];
    if (parts.length === 0) continue;
    const [month, day, hour, minute, second] = parts.slice(1).map(Number);
    const until = Date.UTC(Number(parts[0]), (month ?? 1) - 1, day, hour, minute, second);
    if (host.now() < until) {
      told.kept++;
      continue;
    }
    const remembered =
      host.now() < until + REMEMBERED_MS && host.fileState(`${captures}/${name}/prepend.php`) !== undefined;
    await forgetCapture(`${captures}/${name}`, remembered, host);
    told[remembered ? 'kept' : 'deleted']++;
  }
  return told;
}

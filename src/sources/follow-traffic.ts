// Follows access logs into a sliding window: what `seawall traffic --follow` shows.
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { requestFilter } from '../engine/filter.ts';
import { accessLog } from '../formats/access/access-log.ts';
import type { FollowedLog, LiveTraffic } from '../model/live-traffic.ts';
import type { TextFormat } from '../model/reader.ts';
import type { EpochMs } from '../model/time.ts';
import type { TrafficFilter } from '../model/traffic-query.ts';
import { type Following, followFile } from './follow-file.ts';
import { givenFormat, OptionError } from './given.ts';
import { headLines, whyNoText, withoutNuls } from './head.ts';
import { type LiveLog, liveLog } from './live-log.ts';
import { liveWindow } from './live-window.ts';
import { findFiles, PathError, reasonOf } from './walk.ts';

export interface FollowOptions {
  /** Files, also such that are still to come, and folders: of these, the access logs that are there now. */
  readonly paths: readonly string[];
  readonly filter: TrafficFilter;
  readonly logFormat?: string;
  readonly trustedProxies?: readonly string[];
  readonly now?: () => EpochMs;
  /** How often a file is looked at. */
  readonly pollMs?: number;
}

export interface FollowedTraffic {
  view(): LiveTraffic;
  stop(): Promise<void>;
}

const POLL_MS = 500;
const LOGS_MAX = 64;
/** So much of the end of a log tells what it is. */
const BEFORE_BYTES = 60 * 1024;

/**
 * Begins at the end of the logs: what stands in them is not counted.
 * @throws PathError when a path can't be read nor come to be, OptionError when there is no access log among them.
 */
export function followTraffic(options: FollowOptions): FollowedTraffic {
  const now = options.now ?? Date.now;
  const formats = options.logFormat === undefined ? [accessLog] : [givenFormat(options.logFormat), accessLog];
  const window = liveWindow(now());
  const filter = requestFilter(options.filter);
  const logs = logsToFollow(options.paths, formats).map((begin) => {
    const log = liveLog(begin.lines, { formats, filter, trustedProxies: options.trustedProxies ?? [] }, (request) =>
      window.add(request, now()),
    );
    return followed(begin, log, options.pollMs ?? POLL_MS);
  });
  return {
    view: () => ({ ...window.view(now()), logs: logs.map(({ state }) => state()) }),
    stop: async () => void (await Promise.all(logs.map(({ following }) => following.stop()))),
  };
}

interface Begin {
  readonly path: string;
  /** Where to go on. */
  readonly bytes: number;
  /** That stand before. */
  readonly lines: readonly string[];
}

function followed(
  { path, bytes }: Begin,
  log: LiveLog,
  pollMs: number,
): { following: Following; state: () => FollowedLog } {
  let trouble: string | undefined;
  const following = followFile(
    path,
    bytes,
    {
      onBytes: log.push,
      onRestart: log.restart,
      onTrouble: (said) => {
        trouble = said;
      },
    },
    pollMs,
  );
  const state = (): FollowedLog => {
    const title = log.title();
    return {
      path,
      ...(title !== undefined && { title }),
      unreadable: log.unreadable(),
      ...(trouble !== undefined && { trouble }),
    };
  };
  return { following, state };
}

function logsToFollow(paths: readonly string[], formats: readonly TextFormat[]): Begin[] {
  const logs = paths.flatMap((path): Begin[] => {
    if (!existsSync(path)) return [stillToCome(path)];
    if (!statSync(path).isDirectory()) return [named(path)];
    const inside = findFiles([path]).files.flatMap((file) => readable(file.path) ?? []);
    return inside.filter(({ lines }) => lines.length > 0 && formats.some((format) => format.recognise(lines) >= 0.5));
  });
  if (logs.length === 0)
    throw new OptionError(`--follow: no access log in ${paths.join(', ')}. Name the logs that are written now.`);
  if (logs.length > LOGS_MAX)
    throw new OptionError(`--follow: ${logs.length} access logs are too many. Name ${LOGS_MAX} at most.`);
  return logs;
}

function stillToCome(path: string): Begin {
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return { path, bytes: 0, lines: [] };
  throw new PathError(`${path}: no such file, and no folder for it to come`);
}

function named(path: string): Begin {
  // Opening a pipe would wait for its writer.
  const begin = statSync(path).isFile() ? beginOf(path) : undefined;
  if (begin) return begin;
  throw new OptionError(`--follow ${path}: no text. Name the log that is written now; a rotated one stays as it is.`);
}

/** In a folder, what can't be read is passed over. */
function readable(path: string): Begin | undefined {
  try {
    return beginOf(path);
  } catch {
    return undefined;
  }
}

/** `undefined` when it is no text: compressed, most likely. */
function beginOf(path: string): Begin | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new PathError(reasonOf(error, path));
  }
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - BEFORE_BYTES);
    const bytes = Buffer.alloc(size - from);
    const got = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    // Where the log was cut out of its middle, the first line is a piece.
    const start = from === 0 ? 0 : got.indexOf(0x0a) + 1;
    const end = got.lastIndexOf(0x0a) + 1;
    if (got.length > 0 && (whyNoText(got) !== undefined || isPacked(got))) return undefined;
    const lines = headLines(got.subarray(start, end).toString('utf8'), true);
    return { path, bytes: from + end, lines: lines.map(withoutNuls).filter((line) => line.trim() !== '') };
  } finally {
    closeSync(file);
  }
}

/** gzip (RFC 1952) and Zstandard (RFC 8878) by their first bytes. */
function isPacked(bytes: Buffer): boolean {
  return (
    (bytes[0] === 0x1f && bytes[1] === 0x8b) ||
    (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd)
  );
}

// Follows a file by its name while it is written: through rotation, truncation, absence, and until it may be read again.
import { statSync } from 'node:fs';
import TailFile from '@logdna/tail-file';

export interface FollowHandlers {
  onBytes(chunk: Uint8Array): void;
  /** The file is empty again: it was truncated. */
  onRestart(): void;
  /** `undefined`: all is well again. */
  onTrouble(trouble: string | undefined): void;
}

export interface Following {
  stop(): Promise<void>;
}

/** How long the last look into the file may take when following ends. */
const STOP_MS = 500;

/**
 * Hands on what is written behind `from` bytes, and all of a file that takes its place. Never throws: what goes wrong is told,
 * and tried again.
 */
export function followFile(path: string, from: number, handlers: FollowHandlers, pollMs: number): Following {
  const stopped = new AbortController();
  let tail: TailFile | undefined;
  let position = from;
  let inode = inodeOf(path);

  const open = async (): Promise<void> => {
    // A file that took the place of the one we knew is new from its beginning.
    const now = inodeOf(path);
    if (now !== inode) position = 0;
    inode = now ?? inode;
    const opened = new TailFile(path, {
      startPos: position,
      pollFileIntervalMs: pollMs,
      pollFailureRetryMs: pollMs,
      maxPollFailures: Number.POSITIVE_INFINITY,
    });
    const over = new Promise<void>((resolve) => {
      opened.once('end', resolve);
      opened.once('error', (error) => {
        handlers.onTrouble(troubleOf(error));
        resolve();
      });
    });
    opened.on('data', (chunk: Uint8Array) => handlers.onBytes(chunk));
    opened.on('flush', ({ lastReadPosition }) => {
      position = lastReadPosition;
      handlers.onTrouble(undefined);
    });
    opened.on('renamed', () => {
      inode = inodeOf(path) ?? inode;
    });
    opened.on('truncated', () => handlers.onRestart());
    opened.on('retry', () => handlers.onTrouble(ABSENT));
    opened.on('tail_error', (error) => handlers.onTrouble(troubleOf(error.meta?.actual ?? error)));
    await opened.start();
    tail = opened;
    if (stopped.signal.aborted) void opened.quit();
    await over;
    tail = undefined;
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await open();
      } catch (error) {
        handlers.onTrouble(troubleOf(error));
      }
      await pause(pollMs, stopped.signal);
    }
  };
  void run();

  return {
    async stop() {
      stopped.abort();
      // It waits for a last look into the file, which never comes when there is no file.
      if (tail) await Promise.race([tail.quit().catch(() => undefined), pause(STOP_MS)]);
    },
  };
}

const ABSENT = 'no such file: waiting for it';

function troubleOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return ABSENT;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it (try sudo)';
  return `cannot be read${code === '' ? '' : ` (${code})`}: trying again`;
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

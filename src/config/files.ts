// The files of one configuration: read as they are met, bounded in number and size, those remembered that may not be read.
import { HostError, type HostReader } from '../model/host.ts';

const FILES_MAX = 2000;
const FILE_MAX = 4 << 20;
const BYTES_MAX = 32 << 20;

export interface ConfigFiles {
  readonly host: HostReader;
  /** One character a byte, so that offsets are those of the file. `undefined` when it isn't there, may not be read, or is beyond bounds. */
  bytes(path: string): string | undefined;
  /** The same as UTF-8. */
  text(path: string): string | undefined;
  /** Every file that was read, in order. */
  readonly seen: readonly string[];
  /** Files that are there, and were not read: not ours to read, or too many. */
  readonly unread: ReadonlySet<string>;
}

export function configFiles(host: HostReader): ConfigFiles {
  const seen: string[] = [];
  const unread = new Set<string>();
  let left = BYTES_MAX;
  const read = (path: string): Uint8Array | undefined => {
    if (seen.length >= FILES_MAX || left <= 0) {
      if (unread.size < FILES_MAX) unread.add(path);
      return undefined;
    }
    try {
      const bytes = host.readBytes(path, FILE_MAX);
      if (bytes === undefined) return undefined;
      seen.push(path);
      left -= bytes.length;
      return bytes;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      unread.add(path);
      return undefined;
    }
  };
  return {
    host,
    bytes(path) {
      const bytes = read(path);
      return bytes && Buffer.from(bytes).toString('latin1');
    },
    text(path) {
      const bytes = read(path);
      return bytes && Buffer.from(bytes).toString('utf8');
    },
    seen,
    unread,
  };
}

/** A path in a configuration, from where that configuration counts. */
export function absolute(path: string, from: string): string {
  return path.startsWith('/') ? path : `${from.replace(/\/$/, '')}/${path}`;
}

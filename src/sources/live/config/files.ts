// Configuration files of a live host: includes with wildcards are followed, each file once, bounded in number and size.
import { expandPattern } from '../../../config/glob.ts';
import type { Sight } from '../sight.ts';

const FILES_MAX = 2000;
const FILE_MAX = 1 << 20;

export interface ConfigFiles {
  /** `undefined` when it isn't there, may not be read, was read before, or there are too many. */
  read(path: string): string | undefined;
  /** Paths that a pattern with `*`, `?` and `[...]` stands for, in order; of a folder, the files in it. */
  expand(pattern: string): string[];
  readonly seen: ReadonlySet<string>;
}

export function configFiles(sight: Sight): ConfigFiles {
  const seen = new Set<string>();
  return {
    seen,
    read(path) {
      if (seen.has(path) || seen.size >= FILES_MAX) return undefined;
      const text = sight.text(path, FILE_MAX);
      if (text !== undefined) seen.add(path);
      return text;
    },
    expand: (pattern) => expandPattern(sight.host, pattern),
  };
}

/** A path in a configuration, from where that configuration counts. */
export function absolute(path: string, from: string): string {
  return path.startsWith('/') ? path : `${from.replace(/\/$/, '')}/${path}`;
}

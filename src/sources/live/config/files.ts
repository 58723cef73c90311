// Configuration files of a live host: includes with wildcards are followed, each file once, bounded in number and size.
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
    expand: (pattern) => expandPattern(sight, pattern),
  };
}

/** As glob(7); hidden files only for a pattern that begins with a dot. */
export function expandPattern(sight: Sight, pattern: string): string[] {
  let paths = [''];
  for (const part of pattern.split('/').slice(1)) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => `${path}/${part}`);
      continue;
    }
    const fits = globPattern(part);
    paths = paths
      .flatMap((path) =>
        sight
          .names(path === '' ? '/' : path)
          .filter((name) => fits.test(name) && (part.startsWith('.') || !name.startsWith('.')))
          .map((name) => `${path}/${name}`),
      )
      .slice(0, FILES_MAX);
  }
  return paths;
}

function globPattern(part: string): RegExp {
  const source = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A bracket that is never closed stands for itself.
    return new RegExp(`^${source.replace(/[[\]]/g, '\\$&')}$`);
  }
}

/** A path in a configuration, from where that configuration counts. */
export function absolute(path: string, from: string): string {
  return path.startsWith('/') ? path : `${from.replace(/\/$/, '')}/${path}`;
}

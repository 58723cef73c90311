// File patterns of configurations: `conf.d/*.conf`, a folder, a plain file. In the order in which both web servers read them.
import type { HostReader } from '../model/host.ts';

const FOUND_MAX = 2000;
const DEPTH_MAX = 8;

/**
 * The paths that an absolute pattern names, sorted (glob(7): a name that begins with a dot is hidden from a star). What has no
 * wildcard is named whether or not it is there. A folder that may not be listed is taken for an empty one.
 */
export function expandPattern(host: Pick<HostReader, 'list'>, pattern: string): string[] {
  let paths = [''];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    paths = /[*?[]/.test(part)
      ? paths.flatMap((path) => matching(host, path, part)).slice(0, FOUND_MAX)
      : paths.map((path) => `${path}/${part}`);
  }
  return paths;
}

/** The same; and a folder stands for all in it, folders within too, as Apache has it. */
export function filesOf(host: Pick<HostReader, 'list'>, pattern: string): string[] {
  return expandPattern(host, pattern)
    .flatMap((path) => filesAt(host, path, 0))
    .slice(0, FOUND_MAX);
}

/** Whether an absolute path would be named by the pattern, were it there. */
export function matchesPattern(path: string, pattern: string): boolean {
  const [have, want] = [path.split('/'), pattern.split('/')];
  return have.length === want.length && want.every((part, i) => expressionOf(part).test(have[i] ?? ''));
}

function matching(host: Pick<HostReader, 'list'>, folder: string, part: string): string[] {
  const expression = expressionOf(part);
  const names = listed(host, folder === '' ? '/' : folder) ?? [];
  return names.filter((name) => expression.test(name)).map((name) => `${folder}/${name}`);
}

function expressionOf(part: string): RegExp {
  const body = part.replace(/\[!?[^\]]+\]|[\s\S]/g, (one) => {
    if (one === '*') return '[^/]*';
    if (one === '?') return '[^/]';
    if (one.length > 1)
      return `[${one.startsWith('[!') ? '^' : ''}${one.replace(/^\[!?|\]$/g, '').replace(/[\\\]^]/g, '\\$&')}]`;
    return one.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  try {
    return new RegExp(`^${part.startsWith('.') ? '' : '(?!\\.)'}${body}$`);
  } catch {
    return /^(?!)/;
  }
}

function filesAt(host: Pick<HostReader, 'list'>, path: string, depth: number): string[] {
  const names = depth < DEPTH_MAX ? listed(host, path) : undefined;
  return names === undefined ? [path] : names.flatMap((name) => filesAt(host, `${path}/${name}`, depth + 1));
}

function listed(host: Pick<HostReader, 'list'>, path: string): readonly string[] | undefined {
  try {
    return host.list(path);
  } catch {
    return undefined;
  }
}

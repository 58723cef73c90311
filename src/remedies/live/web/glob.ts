// File patterns of configurations: `conf.d/*.conf`, a folder, a plain file. In the order in which both web servers read them.
import type { HostReader } from '../../../model/host.ts';

const FOUND_MAX = 2000;

/**
 * The files that an absolute pattern names, sorted (glob(3), apr_fnmatch: a name that begins with a dot is hidden from a star).
 * A folder stands for all in it, folders within too, as Apache has it.
 */
export function globbed(host: HostReader, pattern: string): string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  let paths = [''];
  for (const part of parts) {
    paths = /[*?[]/.test(part)
      ? paths.flatMap((path) => matching(host, path, part)).slice(0, FOUND_MAX)
      : paths.map((path) => `${path}/${part}`);
  }
  return paths.flatMap((path) => filesAt(host, path, 0)).slice(0, FOUND_MAX);
}

function matching(host: HostReader, folder: string, part: string): string[] {
  const expression = expressionOf(part);
  const names = listed(host, folder === '' ? '/' : folder) ?? [];
  return names.filter((name) => expression.test(name)).map((name) => `${folder}/${name}`);
}

/** Whether an absolute path would be named by the pattern, were it there. */
export function matchesPattern(path: string, pattern: string): boolean {
  const [have, want] = [path.split('/'), pattern.split('/')];
  return have.length === want.length && want.every((part, i) => expressionOf(part).test(have[i] ?? ''));
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

function filesAt(host: HostReader, path: string, depth: number): string[] {
  const names = depth < 8 ? listed(host, path) : undefined;
  return names === undefined ? [path] : names.flatMap((name) => filesAt(host, `${path}/${name}`, depth + 1));
}

function listed(host: HostReader, path: string): readonly string[] | undefined {
  try {
    return host.list(path);
  } catch {
    return undefined;
  }
}

// Roots of the sites that the web server of a live host serves, read from its configuration.
import type { HostReader } from '../../model/host.ts';
import { processTable } from '../live/processes.ts';
import { sightOf } from '../live/sight.ts';
import { findStack } from '../live/stack.ts';

const ROOTS_MAX = 200;

export interface SiteRoot {
  readonly root: string;
  /** Names by which it is asked for; empty where the configuration has none. */
  readonly names: readonly string[];
}

/** Each root once. Never throws: what may not be read is not there. */
export function siteRoots(host: HostReader): SiteRoot[] {
  const sight = sightOf(host);
  const stack = findStack(sight, processTable(sight).look(undefined, undefined));
  const roots = new Map<string, Set<string>>();
  for (const { root, name } of stack.sites) {
    if (root === undefined || roots.size >= ROOTS_MAX) continue;
    const names = roots.get(root) ?? new Set<string>();
    roots.set(root, name === '' ? names : names.add(name));
  }
  return [...roots].map(([root, names]) => ({ root, names: [...names] }));
}

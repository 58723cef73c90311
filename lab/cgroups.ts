// The server's share of the machine: a memory limit under which the kernel really kills, and one processor.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './processes.ts';

export interface Cgroups {
  /** Every group made, one a hierarchy. */
  readonly folders: readonly string[];
  /** Which version of the interface they speak. */
  readonly version: 1 | 2;
}

/** Where a controller of version 1, or the one hierarchy of version 2, is mounted: see proc_pid_mountinfo(5). */
export interface Hierarchies {
  readonly memory?: string;
  readonly cpuset?: string;
  readonly unified?: string;
}

export function findHierarchies(mountinfo: string): Hierarchies {
  const found: { memory?: string; cpuset?: string; unified?: string } = {};
  for (const line of mountinfo.split('\n')) {
    const [front = '', back = ''] = line.split(' - ');
    const folder = front.split(' ')[4];
    const [type, , options = ''] = back.split(' ');
    if (folder === undefined) continue;
    if (type === 'cgroup2') found.unified ??= folder;
    if (type !== 'cgroup') continue;
    const controllers = options.split(',');
    if (controllers.includes('memory')) found.memory ??= folder;
    if (controllers.includes('cpuset')) found.cpuset ??= folder;
  }
  return found;
}

/** @param name of the groups; must be nobody else's. */
export function makeCgroups(name: string, memoryMb: number): Cgroups {
  const at = findHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'));
  const limit = `${memoryMb * 1024 * 1024}`;
  if (at.memory !== undefined) {
    const memory = make(at.memory, name);
    write(memory, 'memory.limit_in_bytes', limit);
    writeIfThere(memory, 'memory.memsw.limit_in_bytes', limit);
    const folders = [memory];
    if (at.cpuset !== undefined) folders.push(oneCpu(make(at.cpuset, name), at.cpuset, 'cpuset.effective_cpus'));
    // Without a controller, but it tells the pressure on these processes alone.
    if (at.unified !== undefined) folders.push(make(at.unified, name));
    return { folders, version: 1 };
  }
  if (at.unified === undefined) {
    throw new Error('this machine has no cgroup file system mounted, so the lab cannot limit memory: mount cgroup2');
  }
  write(at.unified, 'cgroup.subtree_control', '+memory');
  const hasCpuset = readFileSync(join(at.unified, 'cgroup.controllers'), 'utf8').split(/\s+/).includes('cpuset');
  if (hasCpuset) write(at.unified, 'cgroup.subtree_control', '+cpuset');
  const memory = make(at.unified, name);
  write(memory, 'memory.max', limit);
  writeIfThere(memory, 'memory.swap.max', '0');
  if (hasCpuset) oneCpu(memory, at.unified, 'cpuset.cpus.effective');
  return { folders: [memory], version: 2 };
}

/** Removes groups whose processes have ended; waits for those that are still ending. */
export async function removeCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    let why: unknown;
    const gone = await waitUntil(() => {
      try {
        // Groups that a process inside made come first.
        for (const inner of readdirSync(folder, { withFileTypes: true, recursive: true }).reverse()) {
          if (inner.isDirectory()) rmdirSync(join(inner.parentPath, inner.name));
        }
        rmdirSync(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
        why = error;
        return false;
      }
      return true;
    }, 5_000);
    if (!gone) throw new Error(`could not remove the control group ${folder}: ${why}`);
  }
}

function make(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

/** The last processor, because everybody else's work tends to begin with the first. */
function oneCpu(folder: string, parent: string, effective: string): string {
  const cpus = readFileSync(join(parent, effective), 'utf8').trim();
  write(folder, 'cpuset.cpus', /\d+$/.exec(cpus)?.[0] ?? '0');
  const mems = effective.includes('effective_cpus') ? 'cpuset.effective_mems' : 'cpuset.mems.effective';
  write(folder, 'cpuset.mems', readFileSync(join(parent, mems), 'utf8').trim());
  return folder;
}

function write(folder: string, file: string, text: string): void {
  try {
    writeFileSync(join(folder, file), text);
  } catch (error) {
    throw new Error(`could not write ${text} to ${join(folder, file)}: ${(error as Error).message}`);
  }
}

function writeIfThere(folder: string, file: string, text: string): void {
  if (existsSync(join(folder, file))) write(folder, file, text);
}

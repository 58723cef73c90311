// The limits that count: in a container or a limited group, /proc/meminfo and the load are those of the whole machine and mislead.
import type { Sight } from './sight.ts';

/** A control group of a process, with its folders from the group itself up to the top of what is mounted here. */
export interface ControlGroup {
  readonly version: 1 | 2;
  /** As /proc/PID/cgroup names it. */
  readonly path: string;
  readonly folders: readonly string[];
}

export interface Limits {
  /** Of memory, kB, the least on the way up; and where that is set. */
  readonly memoryKb?: number;
  readonly swapKb?: number;
  readonly memory?: ControlGroup;
  /** Folder that the limit is set in. */
  readonly limitedAt?: string;
  readonly cpus?: number;
  /** Folder with *.pressure files of the group. */
  readonly pressureAt?: string;
}

interface Mount {
  readonly root: string;
  readonly at: string;
  /** 'cgroup2', or the controllers of a version 1 hierarchy. */
  readonly controllers: readonly string[] | 'cgroup2';
}

/** What v1 writes for "no limit" is the largest multiple of a page below 2^63. */
const NO_LIMIT = 2 ** 60;

/** mountinfo of proc_pid_mountinfo(5): the fields before the dash, then type, source, options. */
export function cgroupMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line): Mount[] => {
    const [front, back] = line.split(' - ');
    const [, , , root, at] = front?.split(' ') ?? [];
    const [type, , options] = back?.split(' ') ?? [];
    if (root === undefined || at === undefined) return [];
    if (type === 'cgroup2') return [{ root, at, controllers: 'cgroup2' }];
    return type === 'cgroup' ? [{ root, at, controllers: options?.split(',') ?? [] }] : [];
  });
}

/** The group of a process for one controller; `undefined` when it isn't mounted here. */
function groupOf(cgroups: string, mounts: readonly Mount[], controller: string | 'cgroup2'): ControlGroup | undefined {
  for (const line of cgroups.split('\n')) {
    const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) continue;
    const unified = names === '';
    if (unified ? controller !== 'cgroup2' : !names.split(',').includes(controller)) continue;
    const mount = mounts.find(({ controllers }) =>
      controllers === 'cgroup2' ? unified : !unified && controllers.includes(controller),
    );
    if (!mount) continue;
    // Within a container the mount may show only what lies below its own group.
    const below = path.startsWith(mount.root) && mount.root !== '/' ? path.slice(mount.root.length) : path;
    const parts = below.split('/').filter((part) => part !== '' && part !== '..');
    const folders = parts.map((_, i) => [mount.at, ...parts.slice(0, parts.length - i)].join('/'));
    return { version: unified ? 2 : 1, path, folders: [...folders, mount.at] };
  }
  return undefined;
}

/** The limits that a process lives under; `undefined` figures when there are none. */
function limitsOf(sight: Sight, pid: number | 'self'): Limits {
  const cgroups = sight.text(`/proc/${pid}/cgroup`, 65_536) ?? '';
  const mounts = cgroupMounts(sight.text('/proc/self/mountinfo', 1 << 20) ?? '');
  const unified = groupOf(cgroups, mounts, 'cgroup2');
  const v1 = groupOf(cgroups, mounts, 'memory');
  const memory = v1 ?? unified;
  const limit = memory && leastMemory(sight, memory);
  const swapKb = limit && swapLimit(sight, limit);
  const cpus = cpuLimit(sight, cgroups, mounts, pid);
  // Next to a limit in version 1, the unified hierarchy has the pressure of the group (cgroup-v2.rst, Pressure).
  const pressureOf = limit && (limit.version === 2 ? limit.folder : unified?.folders[0]);
  const pressureAt =
    pressureOf !== undefined && sight.text(`${pressureOf}/memory.pressure`, 200) ? pressureOf : undefined;
  return {
    ...(memory && { memory }),
    ...(limit && { memoryKb: limit.kb, limitedAt: limit.folder }),
    ...(swapKb !== undefined && { swapKb }),
    ...(cpus !== undefined && { cpus }),
    ...(pressureAt !== undefined && { pressureAt }),
  };
}

interface MemoryLimit {
  readonly kb: number;
  readonly folder: string;
  readonly version: 1 | 2;
}

function leastMemory(sight: Sight, group: ControlGroup): MemoryLimit | undefined {
  let least: MemoryLimit | undefined;
  const name = group.version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  for (const folder of group.folders) {
    const bytes = figure(sight.text(`${folder}/${name}`, 100));
    if (bytes === undefined || bytes >= NO_LIMIT) continue;
    if (least === undefined || bytes / 1024 < least.kb)
      least = { kb: Math.floor(bytes / 1024), folder, version: group.version };
  }
  return least;
}

/** v2 limits swap apart, v1 memory and swap together. */
function swapLimit(sight: Sight, limit: MemoryLimit): number | undefined {
  const name = limit.version === 2 ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes';
  const bytes = figure(sight.text(`${limit.folder}/${name}`, 100));
  if (bytes === undefined || bytes >= NO_LIMIT) return undefined;
  const kb = Math.floor(bytes / 1024);
  return limit.version === 2 ? kb : Math.max(0, kb - limit.kb);
}

/** What is in use of the limited group, without what the kernel can drop at once: kB. */
export function workingSetKb(sight: Sight, limits: Limits): number | undefined {
  const folder = limits.limitedAt;
  if (folder === undefined) return undefined;
  const v2 = limits.memory?.version === 2;
  const used = figure(sight.text(`${folder}/${v2 ? 'memory.current' : 'memory.usage_in_bytes'}`, 100));
  const stat = sight.text(`${folder}/memory.stat`, 65_536) ?? '';
  const inactive = new RegExp(`^${v2 ? '' : 'total_'}inactive_file (\\d+)$`, 'm').exec(stat);
  return used === undefined ? undefined : Math.round((used - Number(inactive?.[1] ?? 0)) / 1024);
}

/** Kills for want of memory within the limited group since it was made; `undefined` before Linux 4.13. */
export function groupOomKills(sight: Sight, limits: Limits): number | undefined {
  if (limits.limitedAt === undefined) return undefined;
  const name = limits.memory?.version === 2 ? 'memory.events' : 'memory.oom_control';
  const kills = /^oom_kill (\d+)$/m.exec(sight.text(`${limits.limitedAt}/${name}`, 4096) ?? '')?.[1];
  return kills === undefined ? undefined : Number(kills);
}

export function groupAnonKb(sight: Sight, limits: Limits): number | undefined {
  if (limits.limitedAt === undefined) return undefined;
  const stat = sight.text(`${limits.limitedAt}/memory.stat`, 65_536) ?? '';
  const anon = /^(?:anon|total_rss) (\d+)$/m.exec(stat);
  return anon ? Math.round(Number(anon[1]) / 1024) : undefined;
}

function cpuLimit(sight: Sight, cgroups: string, mounts: readonly Mount[], pid: number | 'self'): number | undefined {
  const v1 = groupOf(cgroups, mounts, 'cpu');
  const v2 = groupOf(cgroups, mounts, 'cgroup2');
  const shares: number[] = [];
  for (const folder of v1?.folders ?? []) {
    const quota = figure(sight.text(`${folder}/cpu.cfs_quota_us`, 100));
    const period = figure(sight.text(`${folder}/cpu.cfs_period_us`, 100));
    if (quota !== undefined && period !== undefined && quota > 0) shares.push(quota / period);
  }
  for (const folder of v2?.folders ?? []) {
    const [quota, period] = sight.text(`${folder}/cpu.max`, 100)?.trim().split(' ') ?? [];
    if (quota !== undefined && /^\d+$/.test(quota)) shares.push(Number(quota) / Number(period ?? 100_000));
  }
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(sight.text(`/proc/${pid}/status`, 16_384) ?? '')?.[1];
  const count = allowed === undefined ? undefined : cpuCount(allowed);
  if (count !== undefined) shares.push(count);
  return shares.length === 0 ? undefined : Math.min(...shares);
}

/** "0-3,8" is five. */
export function cpuCount(list: string): number | undefined {
  let count = 0;
  for (const part of list.split(',')) {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    count += Number(to ?? from) - Number(from) + 1;
  }
  return count > 0 ? count : undefined;
}

/** "max" and -1 are no figure. */
function figure(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,20}$/.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * The limits of this host's site: our own, as in a container; else those that the web server and the database share. A limit
 * of one service alone is not that of the host.
 */
export function hostLimits(sight: Sight, pids: readonly number[]): Limits {
  const own = limitsOf(sight, 'self');
  if (own.memoryKb !== undefined) return own;
  const [first, ...others] = pids.map((pid) => limitsOf(sight, pid));
  const shared =
    first?.limitedAt !== undefined && others.length > 0 && others.every((one) => one.limitedAt === first.limitedAt);
  return shared ? first : own;
}

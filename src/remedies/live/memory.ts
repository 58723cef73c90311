// How much memory this host can still give, its own limits counted: a start into memory that isn't there ends in a kill.
import type { HostReader } from '../../model/host.ts';

export interface FreeMemory {
  readonly freeKb: number;
  /** Where the figure is from: "MemAvailable", or the limit that is narrower. */
  readonly by: string;
}

/** The least of what the machine and each control group that we are in has left; `undefined` where nothing tells. */
export function freeMemory(host: HostReader): FreeMemory | undefined {
  const told = [ofMachine(host), ...ofGroups(host)].filter((one) => one !== undefined);
  return told.toSorted((a, b) => a.freeKb - b.freeKb)[0];
}

/** Swap counts as memory here: what isn't used goes there, and the kernel doesn't kill while there is some. */
function ofMachine(host: HostReader): FreeMemory | undefined {
  const text = host.readText('/proc/meminfo') ?? '';
  const kb = (name: string): number | undefined => {
    const figure = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return figure === undefined ? undefined : Number(figure);
  };
  const available = kb('MemAvailable');
  return available === undefined
    ? undefined
    : { freeKb: available + (kb('SwapFree') ?? 0), by: 'MemAvailable and free swap' };
}

/** Control groups of both versions (cgroups(7)); what files keep in memory is given back when it is needed, so it counts as free. */
function ofGroups(host: HostReader): FreeMemory[] {
  const lines = (host.readText('/proc/self/cgroup') ?? '').split('\n');
  const found: FreeMemory[] = [];
  for (const line of lines) {
    const [, controllers = '', path = ''] = line.split(':');
    if (controllers !== '' && !controllers.split(',').includes('memory')) continue;
    const second = controllers === '';
    const top = second ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory';
    const [limit, usage] = second
      ? ['memory.max', 'memory.current']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes'];
    const parts = path.split('/').filter((part) => part !== '' && part !== '..');
    for (let depth = parts.length; depth >= 0; depth--) {
      const folder = [top, ...parts.slice(0, depth)].join('/');
      const most = figure(host, `${folder}/${limit}`);
      const used = figure(host, `${folder}/${usage}`);
      // Without a limit, version 1 shows a figure near the largest that there is.
      if (most === undefined || used === undefined || most > 2 ** 60) continue;
      const cached = Number(/^inactive_file (\d+)$/m.exec(host.readText(`${folder}/memory.stat`) ?? '')?.[1] ?? 0);
      found.push({
        freeKb: Math.max(0, Math.floor((most - used + cached) / 1024)),
        by: `the limit of the control group ${folder}`,
      });
    }
  }
  return found;
}

function figure(host: HostReader, path: string): number | undefined {
  const text = host.readText(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

// Runs inside the server, but outside its share of memory: prints a sample a second, as Seawall itself sees a host. Until it is ended.
import { statfsSync } from 'node:fs';
import { sampleLine } from '../../src/formats/recording/write-sample.ts';
import { liveHost } from '../../src/host/index.ts';
import type { HostReader } from '../../src/model/host.ts';
import type { DatabaseState, DiskState, LoadAverage, ProbeState, SampleData } from '../../src/model/sample.ts';
import { hostLimits } from '../../src/sources/live/cgroup.ts';
import { probeSites } from '../../src/sources/live/probe.ts';
import { processTable } from '../../src/sources/live/processes.ts';
import { hostSampler } from '../../src/sources/live/sampler.ts';
import { sightOf } from '../../src/sources/live/sight.ts';
import { readSocketAges } from '../../src/sources/live/sockets.ts';
import { findStack } from '../../src/sources/live/stack.ts';

const EVERY_MS = 1_000;
const PROBE_EVERY_MS = 2_000;
const STATUS_NAMES = ['Threads_connected', 'Threads_running', 'Max_used_connections', 'Aborted_connects'];
const QUERY = `SHOW GLOBAL STATUS WHERE Variable_name IN (${STATUS_NAMES.map((name) => `'${name}'`).join(',')})`;

/** The server without us: its own processes alone, and the limits of its first one, not ours. */
const server: HostReader = {
  ...liveHost,
  list: (path) => (path === '/proc' ? serverPids() : liveHost.list(path)),
  readText: (path, max) => liveHost.readText(path.replace(/^\/proc\/self\/(cgroup|status)$/, '/proc/1/$1'), max),
};

const sight = sightOf(server);
const table = processTable(sight);
const stack = findStack(sight, table.look(undefined, undefined));
const limits = hostLimits(sight, stack.pids);
const sampler = hostSampler({ sight, limits, table, trustedProxies: [] });

let load: LoadAverage = [0, 0, 0];
let probe: ProbeState | undefined;
probeNow();

for (let before = liveHost.now(), due = before; ; due = Math.max(due + EVERY_MS, liveHost.now())) {
  await liveHost.sleep(Math.max(0, due - liveHost.now()));
  const [ages, database] = await Promise.all([readSocketAges(sight), askDatabase()]);
  const { at, data } = sampler.sample({ ages, database, ...(probe && { probe }) });
  // Each answer is told once.
  probe = undefined;
  load = damped(load, data, (at - before) / 1000);
  before = at;
  const disks = ['/', '/var/lib/mysql', '/var/log'].map(diskAt);
  process.stdout.write(`${sampleLine(at, { ...data, load, disks })}\n`);
}

function serverPids(): readonly string[] {
  const groups = ['/sys/fs/cgroup/memory/cgroup.procs', '/sys/fs/cgroup/cgroup.procs'];
  const text = groups.map((path) => liveHost.readText(path)).find((found) => found !== undefined) ?? '';
  // 0 is who only leads others in, from another process namespace.
  return text.split('\n').filter((pid) => pid !== '' && pid !== '0');
}

/** One probe at a time: to a host that hardly answers, more of them would be trouble of their own. */
async function probeNow(): Promise<void> {
  const [answer] = await probeSites(server, stack.sites.slice(0, 1));
  probe = answer;
  setTimeout(probeNow, PROBE_EVERY_MS);
}

async function askDatabase(): Promise<DatabaseState> {
  const argv = ['mariadb', '--connect-timeout=2', '-NBe', QUERY] as const;
  const { code, stdout } = await liveHost.run(argv, { timeoutMs: 3_000 });
  if (code !== 0) return { alive: false };
  const figures = new Map(
    stdout
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name, value]) => [name, Number(value)]),
  );
  const [threadsConnected, threadsRunning, maxUsedConnections, abortedConnects] = STATUS_NAMES.map((name) =>
    figures.get(name),
  );
  return {
    alive: true,
    ...(threadsConnected !== undefined && { threadsConnected }),
    ...(threadsRunning !== undefined && { threadsRunning }),
    ...(maxUsedConnections !== undefined && { maxUsedConnections }),
    ...(abortedConnects !== undefined && { abortedConnects }),
  };
}

/**
 * The load averages of this server alone, by the kernel's own rule (kernel/sched/loadavg.c): processes that run or wait for
 * the disk, damped over 1, 5 and 15 minutes. The machine's figure counts the lab's clients and everybody else.
 */
function damped(load: LoadAverage, { processes = [] }: SampleData, seconds: number): LoadAverage {
  const active = processes.filter(({ state }) => state === 'R' || state === 'D').length;
  const after = (value: number, period: number): number => {
    const keep = Math.exp(-seconds / period);
    return Math.round((value * keep + active * (1 - keep)) * 1000) / 1000;
  };
  return [after(load[0], 60), after(load[1], 300), after(load[2], 900)];
}

function diskAt(mount: string): DiskState {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(mount);
  const kb = (count: number): number => Math.round((count * bsize) / 1024);
  return { mount, sizeKb: kb(blocks), availableKb: kb(bavail), ...(files > 0 && { inodes: files, inodesFree: ffree }) };
}

// Gathers processes by program, as the pile-up arithmetic needs them: workers apart from masters, no kernel threads.
import type { ProcessState, ProgramState } from './sample.ts';

const LARGEST_MAX = 8;
const USERS_MAX = 8;

/** Kernel threads that `top` prints without brackets; they have no memory of their own. */
const KERNEL_THREAD =
  /^(?:kthreadd|kworker|ksoftirqd|rcu_|rcuo|migration|idle_inject|cpuhp|kdevtmpfs|khungtaskd|oom_reaper|writeback|kcompactd|ksmd|khugepaged|kswapd|kblockd|watchdog|jbd2|ext4-|xfs|irq\/|scsi_|kauditd|kthrotld|pool_workqueue|mm_percpu|netns|kintegrityd|ata_sff|md|edac|devfreq|kstrp|zswap|nvme|loop\d|bioset|crypto|dm-)/;

/**
 * The name that a process counts under: `/usr/sbin/apache2 -k start` is "apache2", `php-fpm: pool www` is "php-fpm",
 * `php-fpm: master process (...)` is "php-fpm: master", a zombie `[php-cgi] <defunct>` is "php-cgi".
 * `undefined` for a kernel thread.
 */
export function programName(process: ProcessState): string | undefined {
  const args = process.args.trim();
  if (args.startsWith('[')) {
    const close = args.lastIndexOf(']');
    const zombie = isZombie(process);
    if (!zombie && !process.rssKb) return undefined;
    return withoutVersion(close > 1 ? args.slice(1, close) : args);
  }
  // Without brackets, no memory or the parent kthreadd tells; a name alone could be a program's.
  const bare = process.rssKb === 0 || (process.rssKb === undefined && process.ppid === 2);
  if (bare && !isZombie(process) && KERNEL_THREAD.test(args)) return undefined;
  if (process.pid === 2 && args === 'kthreadd') return undefined;
  const space = args.search(/\s/);
  const first = space < 0 ? args : args.slice(0, space);
  // A title that the program has set: "name: role ...".
  if (first.endsWith(':') && first.length > 1) {
    const name = withoutVersion(basename(first.slice(0, -1)));
    return /^\s*master\b/.test(args.slice(first.length, first.length + 40)) ? `${name}: master` : name;
  }
  const name = withoutVersion(basename(first));
  // `top` and `ps -o comm` print one name for both; the pool never runs as root unless told to (-R).
  return name === 'php-fpm' && (process.user === 'root' || process.user === '0') ? 'php-fpm: master' : name;
}

/** Zombies are in `count` and `zombies`, but not in any sum of memory or time. The largest are at most eight, by RSS. */
export function programsOf(processes: readonly ProcessState[]): {
  programs: ProgramState[];
  largest: ProcessState[];
} {
  const groups = new Map<string, ProcessState[]>();
  const largest: ProcessState[] = [];
  for (const process of processes) {
    const name = programName(process);
    if (name === undefined || name === '') continue;
    const group = groups.get(name);
    if (group) group.push(process);
    else groups.set(name, [process]);
    if (process.rssKb && !isZombie(process)) keepLargest(largest, process);
  }
  const programs = [...groups].map(([name, group]) => programOf(name, group));
  programs.sort((a, b) => (b.rssKb ?? 0) - (a.rssKb ?? 0) || b.count - a.count);
  return { programs, largest };
}

function programOf(name: string, group: readonly ProcessState[]): ProgramState {
  const users = new Set<string>();
  const ages: number[] = [];
  let [running, blocked, zombies] = [0, 0, 0];
  let rss: number | undefined;
  let pss: number | undefined;
  let told = 0;
  let swap: number | undefined;
  let score: number | undefined;
  let largest: ProcessState | undefined;
  for (const process of group) {
    if (process.user !== undefined && users.size < USERS_MAX) users.add(process.user);
    if (isZombie(process)) {
      zombies++;
      continue;
    }
    if (process.state === 'R') running++;
    else if (process.state === 'D') blocked++;
    if (process.rssKb !== undefined) {
      rss = (rss ?? 0) + process.rssKb;
      if (process.rssKb > (largest?.rssKb ?? -1)) largest = process;
    }
    if (process.pssKb !== undefined) {
      pss = (pss ?? 0) + process.pssKb;
      told++;
    }
    if (process.swapKb !== undefined) swap = (swap ?? 0) + process.swapKb;
    if (process.oomScore !== undefined) score = Math.max(score ?? 0, process.oomScore);
    if (process.elapsedS !== undefined) ages.push(process.elapsedS);
  }
  ages.sort((a, b) => a - b);
  const oldest = ages.at(-1);
  const median = ages[Math.floor((ages.length - 1) / 2)];
  return {
    name,
    count: group.length,
    users: [...users],
    blocked,
    running,
    zombies,
    ...(rss === undefined ? {} : { rssKb: rss }),
    // PSS is costly to read: where some tell it, it stands for the others as well.
    ...(pss === undefined ? {} : { pssKb: Math.round((pss / told) * (group.length - zombies)) }),
    ...(swap === undefined ? {} : { swapKb: swap }),
    ...(largest?.rssKb === undefined ? {} : { largestRssKb: largest.rssKb, largestPid: largest.pid }),
    ...(oldest === undefined ? {} : { oldestS: oldest }),
    ...(median === undefined ? {} : { medianS: median }),
    ...(score === undefined ? {} : { maxOomScore: score }),
  };
}

function keepLargest(largest: ProcessState[], process: ProcessState): void {
  const size = process.rssKb ?? 0;
  let at = largest.length;
  while (at > 0 && (largest[at - 1]?.rssKb ?? 0) < size) at--;
  if (at >= LARGEST_MAX) return;
  largest.splice(at, 0, process);
  if (largest.length > LARGEST_MAX) largest.pop();
}

function isZombie(process: ProcessState): boolean {
  return process.state === 'Z' || process.args.trimEnd().endsWith('<defunct>');
}

function basename(path: string): string {
  // A login shell has a dash in front of its name.
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('-') && name.length > 1 ? name.slice(1) : name;
}

/** Debian's `php-fpm8.2` is the same program as `php-fpm: pool www`. */
function withoutVersion(name: string): string {
  return /^php-fpm\d/.test(name) ? 'php-fpm' : name;
}

// The processes of a live host, read from /proc without starting a program; costly files are read once a process.
import { type ProcStat, parseProcStat } from '../../model/proc-stat.ts';
import type { ProcessState } from '../../model/sample.ts';
import { maskArgs } from './mask.ts';
import { known } from './memory.ts';
import type { Sight } from './sight.ts';

/** USER_HZ: the kernel tells times in hundredths of a second, whatever its own clock (proc_pid_stat(5)). */
export const TICKS_PER_S = 100;
const PROCESSES_MAX = 5000;
const ARGS_MAX = 1000;
/**
 * Command line and environment lie in the memory of the process itself: to read them waits for that while the kernel looks for
 * memory for it. What reading them may take of one look, ms; the rest is read with the next one.
 */
const OWN_MEMORY_BUDGET_MS = 300;
/** Reading PSS walks the page tables of a process: what it may take of one look, ms. */
const PSS_BUDGET_MS = 250;
const PSS_PRESSED_MS = 30;
const PSS_AGAIN_MS = 5000;
const PSS_FROM_KB = 4096;
/** Whose command lines say where configurations are. */
const SERVICE = /^(?:apache2|httpd|nginx|mariadbd|mysqld|php-fpm)/;

/** What is kept of a process from one look to the next. */
export interface KnownProcess {
  readonly stat: ProcStat;
  readonly args: string;
  readonly user: string | undefined;
  readonly process: ProcessState;
}

interface Kept {
  /** Its command line was read, not only its name. */
  readonly isWhole: boolean;
  readonly startTicks: number;
  readonly args: string;
  readonly user: string | undefined;
  readonly memory: { at: number; pssKb?: number; swapKb?: number; pteKb?: number };
  cpuTicks: number;
  cpuAt: number;
}

export interface ProcessTable {
  /**
   * All processes now. `totalKb` is the memory that badness is reckoned against. `care`: `services` reads command lines of
   * services alone; `pressed` hardly any PSS, where memory is short and each look at a process waits.
   */
  look(
    uptimeS: number | undefined,
    totalKb: number | undefined,
    care?: 'services' | 'pressed',
  ): readonly KnownProcess[];
}

export function processTable(sight: Sight): ProcessTable {
  let kept = new Map<number, Kept>();
  const pageKb = pageSizeKb(sight);
  const users = userNames(sight);

  const meet = (stat: ProcStat, withArgs: boolean): Kept => {
    const raw = withArgs ? (sight.text(`/proc/${stat.pid}/cmdline`, 8192) ?? '') : stat.name;
    const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(sight.text(`/proc/${stat.pid}/status`, 4096) ?? '')?.[1];
    return {
      isWhole: withArgs && raw !== '',
      startTicks: stat.startTicks,
      args: argsOf(stat, raw),
      user: uid === undefined ? undefined : (users.get(uid) ?? uid),
      memory: { at: Number.NEGATIVE_INFINITY },
      cpuTicks: stat.cpuTicks,
      cpuAt: sight.host.now(),
    };
  };

  return {
    look(uptimeS, totalKb, care) {
      const now = sight.host.now();
      const began = performance.now();
      const next = new Map<number, Kept>();
      const found: { stat: ProcStat; about: Kept }[] = [];
      for (const name of sight.names('/proc')) {
        if (!/^\d{1,10}$/.test(name) || found.length >= PROCESSES_MAX) continue;
        const text = sight.text(`/proc/${name}/stat`, 4096);
        const stat = text === undefined ? undefined : parseProcStat(text);
        if (!stat) continue;
        const known = kept.get(stat.pid);
        // What exec made of a process has the same start: a fork that waits for its exec is asked again.
        const same = known?.startTicks === stat.startTicks ? known : undefined;
        const wanted = care === 'services' ? SERVICE.test(stat.name) : performance.now() - began < OWN_MEMORY_BUDGET_MS;
        // A thread of the kernel has neither.
        const isKernel = stat.ppid === 2 || stat.pid === 2;
        const about = same && (same.isWhole || isKernel || !wanted) ? same : meet(stat, wanted || isKernel);
        next.set(stat.pid, about);
        found.push({ stat, about });
      }
      kept = next;
      if (care !== 'services')
        readMemory(sight, found, now, { pageKb, budgetMs: care === 'pressed' ? PSS_PRESSED_MS : PSS_BUDGET_MS });
      return found.map(({ stat, about }) => {
        const cpuMs = now - about.cpuAt;
        const cpuPercent =
          cpuMs >= 200 ? ((stat.cpuTicks - about.cpuTicks) / TICKS_PER_S / (cpuMs / 1000)) * 100 : undefined;
        about.cpuTicks = stat.cpuTicks;
        about.cpuAt = now;
        const elapsed = uptimeS === undefined ? undefined : uptimeS - stat.startTicks / TICKS_PER_S;
        const rssKb = stat.rssPages * pageKb;
        const { pssKb, swapKb, pteKb } = about.memory;
        const process: ProcessState = {
          pid: stat.pid,
          args: about.args,
          ...known({
            ppid: stat.ppid,
            user: about.user,
            state: stat.state,
            // Within some containers the uptime is that of the container, and the start that of the machine's clock.
            elapsedS: elapsed === undefined || elapsed < 0 ? undefined : Math.round(elapsed * 10) / 10,
            rssKb,
            pssKb,
            swapKb,
            oomScore: badness(sight, stat.pid, rssKb + (swapKb ?? 0) + (pteKb ?? 0), totalKb),
            cpuPercent: cpuPercent === undefined ? undefined : Math.round(cpuPercent * 10) / 10,
          }),
        };
        return { stat, args: about.args, user: about.user, process };
      });
    },
  };
}

/** PSS, swap and page tables of those that hold most, workers first, while the budget lasts. */
function readMemory(
  sight: Sight,
  found: readonly { readonly stat: ProcStat; readonly about: Kept }[],
  now: number,
  { pageKb, budgetMs }: { readonly pageKb: number; readonly budgetMs: number },
): void {
  const worker = ({ stat }: { readonly stat: ProcStat }): number => Number(/php|apache|httpd/.test(stat.name));
  const order = found
    .filter(({ stat }) => stat.rssPages * pageKb >= PSS_FROM_KB && stat.state !== 'Z')
    .sort((a, b) => worker(b) - worker(a) || b.stat.rssPages - a.stat.rssPages);
  const began = performance.now();
  for (const { stat, about } of order) {
    if (now - about.memory.at < PSS_AGAIN_MS) continue;
    if (performance.now() - began > budgetMs) return;
    readOne(sight, stat.pid, about, now);
  }
}

function readOne(sight: Sight, pid: number, about: Kept, now: number): void {
  about.memory.at = now;
  const rollup = sight.text(`/proc/${pid}/smaps_rollup`, 4096);
  const status = sight.text(`/proc/${pid}/status`, 4096) ?? '';
  const pss = /^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1];
  const swap = /^VmSwap:\s+(\d+) kB/m.exec(status)?.[1];
  const pte = /^VmPTE:\s+(\d+) kB/m.exec(status)?.[1];
  if (pss !== undefined) about.memory.pssKb = Number(pss);
  if (swap !== undefined) about.memory.swapKb = Number(swap);
  if (pte !== undefined) about.memory.pteKb = Number(pte);
}

/**
 * Badness in thousandths, as the kernel reckons it when it has to choose: (RSS + swap + page tables) / memory, plus the
 * adjustment (oom_badness() in mm/oom_kill.c). /proc/PID/oom_score is that of the whole machine, also under a smaller limit.
 */
function badness(sight: Sight, pid: number, heldKb: number, totalKb: number | undefined): number | undefined {
  if (totalKb === undefined || totalKb <= 0 || heldKb < totalKb / 200) return undefined;
  const adjust = Number(sight.text(`/proc/${pid}/oom_score_adj`, 32)?.trim() ?? '0');
  if (adjust === -1000) return 0;
  return Math.max(0, Math.min(1000, Math.round((heldKb / totalKb) * 1000 + (Number.isNaN(adjust) ? 0 : adjust))));
}

function argsOf(stat: ProcStat, raw: string): string {
  const words = raw.split('\0').filter((word, i, all) => word !== '' || i < all.length - 1);
  const text = words.join(' ').trim();
  if (text !== '') return maskArgs(text.slice(0, ARGS_MAX));
  return stat.state === 'Z' ? `[${stat.name}] <defunct>` : `[${stat.name}]`;
}

/** From the page size that the kernel says of our own first mapping; 4 kB elsewhere than on some ARM and POWER machines. */
function pageSizeKb(sight: Sight): number {
  const size = /^KernelPageSize:\s+(\d+) kB/m.exec(sight.text('/proc/self/smaps', 4096) ?? '')?.[1];
  return size === undefined ? 4 : Number(size);
}

function userNames(sight: Sight): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of (sight.text('/etc/passwd', 1 << 20) ?? '').split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !names.has(uid)) names.set(uid, name);
  }
  return names;
}

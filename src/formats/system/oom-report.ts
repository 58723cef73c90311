// Reads the kernel's OOM report, which spans many lines, is interleaved with others, and may be cut at either end.
import type { OomKill } from '../../model/event.ts';
import { type OomTasks, oomTasks, PAGE_KB } from './oom-tasks.ts';

/** A kill, and which line told it: `origin` is what the caller gave with that line. */
interface Kill<Origin> {
  readonly payload: OomKill;
  readonly origin: Origin;
}

interface OomReader<Origin> {
  /** Whether the line is part of a report; the kills that it completes go to `told`. Never throws. */
  line(text: string, origin: Origin): boolean;
  /** The log ends or the machine went down: tells a kill that was announced and whose confirmation is missing. */
  end(): void;
}

/** What is known of the victim, from the announcement or the confirmation. */
interface Victim {
  pid: number;
  name: string;
  score?: number;
}

interface Report {
  tasks: OomTasks;
  invokedBy?: string;
  constrained?: boolean;
  cgroup?: string;
  limitKb?: number;
  pagesRam?: number;
  pagesReserved?: number;
  swapTotalKb?: number;
  swapFreeKb?: number;
}

/** A limit above this (4 TB) is the kernel's word for "none": PAGE_COUNTER_MAX is printed as 9007199254740988kB. */
const NO_LIMIT_KB = 4 * 1024 ** 3;
/** Kills that are remembered, so that what the reaper says of them is not taken for another kill. */
const REMEMBERED = 64;
/** Lines of the kernel after which an announced victim is no longer waited for. */
const PATIENCE = 40;
/** Lines of the kernel that may stand between two lines of one report (call trace, Mem-Info); after more, it is over. */
const LONGEST_GAP = 400;

const INVOKED = /^(.{1,32}) invoked oom-killer: /;
const CONSTRAINT = /^oom-kill:constraint=CONSTRAINT_([A-Z_]+)/;
const CONSTRAINT_VICTIM = /,task=(.{1,32}),pid=(\d{1,10}),uid=\d+$/;
const OOM_MEMCG = /,oom_memcg=(.{1,400}?),task_memcg=/;
const TASK_IN = /^Task in \S{1,400} killed as a result of limit of (\S{1,400})/;
const MEMCG_STATS = /^Memory cgroup stats for (\S{1,400}?):/;
const LIMIT = /^memory: usage \d+kB, limit (\d+)kB, failcnt /;
const PAGES = /^(\d{1,15}) pages (RAM|reserved)$/;
const SWAP = /^(Free|Total) swap {1,2}= (\d{1,15})kB$/;
const ANNOUNCED =
  /^(Memory cgroup out of memory|Out of memory.{0,40}): [Kk]ill process (\d{1,10}) \((.{1,32}?)\) score (\d{1,12})/;
/** 2.6.32: `Killed process 613, UID 27, (mysqld) total-vm:..`; 3.10: `(mysqld), UID 27, total-vm:..`; else `(mysqld) total-vm:..`. */
const KILLED =
  /^(?:(Memory cgroup out of memory|Out of memory.{0,40}): )?Killed process (\d{1,10})\b(?:, UID \d{1,10},)? \((.{1,32}?)\)(?=[ ,.]|$)/;
const REAPED = /^oom_reaper: reaped process (\d{1,10}) \((.{1,32}?)\), now anon-rss:/;

/**
 * Source: mm/oom_kill.c (dump_header, dump_tasks, oom_kill_process), mm/memcontrol.c (mem_cgroup_print_oom_info) and
 * lib/show_mem.c of Linux 2.6.32, 3.10, 4.19, 5.10, 6.1 and 6.18. Pages count 4 kB each.
 */
export function oomReader<Origin>(told: (kill: Kill<Origin>) => void): OomReader<Origin> {
  let report: Report | undefined;
  let announced: { victim: Victim; origin: Origin; patience: number } | undefined;
  let killed: number[] = [];
  let gap = 0;

  function tell(victim: Victim, origin: Origin, line: string): void {
    announced = undefined;
    killed = [...killed.slice(1 - REMEMBERED), victim.pid];
    told({ payload: payloadOf(victim, report, line), origin });
    report = undefined;
  }

  function giveUpWaiting(): void {
    if (announced) tell(announced.victim, announced.origin, '');
  }

  function open(): Report {
    report ??= { tasks: oomTasks() };
    return report;
  }

  return {
    line(text, origin) {
      const confirmed = KILLED.exec(text);
      if (confirmed) {
        const pid = Number(confirmed[2]);
        const score = announced?.victim.score;
        if (confirmed[1]?.startsWith('Memory')) open().constrained = true;
        tell({ pid, name: confirmed[3] ?? '', ...(score === undefined ? {} : { score }) }, origin, text);
        return true;
      }
      if (announced && --announced.patience < 0) giveUpWaiting();
      const by = INVOKED.exec(text);
      if (by) {
        giveUpWaiting();
        report = { tasks: oomTasks(), invokedBy: by[1] ?? '' };
        gap = 0;
        return true;
      }
      const announcement = ANNOUNCED.exec(text);
      if (announcement) {
        giveUpWaiting();
        if (announcement[1]?.startsWith('Memory')) open().constrained = true;
        const victim = { pid: Number(announcement[2]), name: announcement[3] ?? '', score: Number(announcement[4]) };
        announced = { victim, origin, patience: PATIENCE };
        return true;
      }
      const reaped = REAPED.exec(text);
      if (reaped) {
        const pid = Number(reaped[1]);
        if (announced?.victim.pid === pid) giveUpWaiting();
        else if (!killed.includes(pid)) tell({ pid, name: reaped[2] ?? '' }, origin, '');
        return true;
      }
      if (text.startsWith('oom-kill:')) {
        const victim = constraintLine(text, open());
        if (victim) announced = { victim, origin, patience: PATIENCE };
        return true;
      }
      const belongs = readContext(text, open, report);
      gap = belongs ? 0 : gap + 1;
      if (gap > LONGEST_GAP) report = undefined;
      return belongs;
    },
    end: giveUpWaiting,
  };
}

/** `oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=/x,task_memcg=/y,task=mysqld,pid=1,uid=2` of Linux 5.0 and later. */
function constraintLine(text: string, report: Report): Victim | undefined {
  if (CONSTRAINT.exec(text)?.[1] === 'MEMCG') report.constrained = true;
  const memcg = OOM_MEMCG.exec(text)?.[1];
  if (memcg) report.cgroup = memcg;
  const victim = CONSTRAINT_VICTIM.exec(text);
  return victim ? { pid: Number(victim[2]), name: victim[1] ?? '' } : undefined;
}

/** The lines between the first and the last of a report. */
function readContext(text: string, open: () => Report, report: Report | undefined): boolean {
  const taskIn = TASK_IN.exec(text);
  if (taskIn) {
    const opened = open();
    opened.constrained = true;
    opened.cgroup = taskIn[1] ?? '';
    return true;
  }
  const limit = LIMIT.exec(text);
  if (limit) {
    const kb = Number(limit[1]);
    const opened = open();
    if (kb < NO_LIMIT_KB) opened.limitKb ??= kb;
    return true;
  }
  const stats = MEMCG_STATS.exec(text)?.[1];
  if (stats) {
    open().cgroup ??= stats;
    return true;
  }
  const pages = PAGES.exec(text);
  if (pages) {
    if (pages[2] === 'RAM') open().pagesRam = Number(pages[1]);
    else open().pagesReserved = Number(pages[1]);
    return true;
  }
  const swap = SWAP.exec(text);
  if (swap) {
    if (swap[1] === 'Free') open().swapFreeKb = Number(swap[2]);
    else open().swapTotalKb = Number(swap[2]);
    return true;
  }
  return (report ?? (text.startsWith('[ ') ? open() : undefined))?.tasks.line(text) ?? false;
}

function figure(line: string, name: string): number | undefined {
  const found = new RegExp(`\\b${name}:(-?\\d{1,18})`).exec(line);
  return found ? Number(found[1]) : undefined;
}

function payloadOf(victim: Victim, report: Report | undefined, line: string): OomKill {
  const cgroupFull = report?.constrained ?? false;
  const totalVmKb = figure(line, 'total-vm');
  const anonRssKb = figure(line, 'anon-rss');
  const fileRssKb = figure(line, 'file-rss');
  const oomScoreAdj = figure(line, 'oom_score_adj');
  const pages = report?.pagesRam === undefined ? undefined : report.pagesRam - (report.pagesReserved ?? 0);
  return {
    kind: 'oom-kill',
    pid: victim.pid,
    name: victim.name,
    scope: cgroupFull ? 'cgroup' : 'global',
    ...(cgroupFull && report?.cgroup !== undefined ? { cgroup: report.cgroup } : {}),
    ...(cgroupFull && report?.limitKb !== undefined ? { limitKb: report.limitKb } : {}),
    ...(totalVmKb === undefined ? {} : { totalVmKb }),
    ...(anonRssKb === undefined ? {} : { anonRssKb }),
    ...(fileRssKb === undefined ? {} : { fileRssKb }),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    ...(victim.score === undefined ? {} : { score: victim.score }),
    ...(report?.invokedBy === undefined ? {} : { invokedBy: report.invokedBy }),
    ...(pages === undefined || pages <= 0 ? {} : { memTotalKb: pages * PAGE_KB }),
    ...(report?.swapTotalKb === undefined ? {} : { swapTotalKb: report.swapTotalKb }),
    ...(report?.swapFreeKb === undefined ? {} : { swapFreeKb: report.swapFreeKb }),
    tasks: report?.tasks.groups() ?? [],
  };
}

// Gathers the task table of a kernel OOM report by program.
import type { OomTaskGroup } from '../../model/event.ts';

/** The page size of x86 and of most arm64 kernels, in kB; the table counts pages and doesn't say how large they are. */
export const PAGE_KB = 4;

/** More programs than this are folded into one group: a report must not make us the next victim. */
const MAX_PROGRAMS = 200;
const FOLDED = '(other programs)';

export interface OomTasks {
  /** Whether the line belongs to the table. */
  line(text: string): boolean;
  /** Largest first; empty when the head of the table was not seen, for then no one knows what else is missing. */
  groups(): readonly OomTaskGroup[];
}

interface Group {
  count: number;
  rssKb: number;
  anonKb: number;
  largestKb: number;
  largestPid: number;
}

/** `[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name`: mm/oom_kill.c, dump_tasks(), 2.6.32 to 6.18. */
const HEAD = /^\[ {0,4}pid {0,4}\] {1,8}uid {1,8}tgid {1,8}total_vm {1,12}rss\b/;
/** pid, then at least uid, tgid, total_vm, rss, two or more figures, and the name, which may hold blanks. */
const ROW = /^\[ {0,8}(\d{1,10})\] {1,10}((?:-?\d{1,20} {1,20}){6,12})(\S.{0,63})$/;

export function oomTasks(): OomTasks {
  let columns: readonly string[] | undefined;
  const groups = new Map<string, Group>();

  function row(pid: number, figures: readonly number[], name: string): void {
    const at = columns?.indexOf('rss') ?? -1;
    const anonAt = columns?.indexOf('rss_anon') ?? -1;
    const rss = figures[at];
    if (rss === undefined) return;
    const key = groups.has(name) || groups.size < MAX_PROGRAMS ? name : FOLDED;
    const group = groups.get(key) ?? { count: 0, rssKb: 0, anonKb: 0, largestKb: -1, largestPid: pid };
    groups.set(key, group);
    const rssKb = rss * PAGE_KB;
    group.count++;
    group.rssKb += rssKb;
    group.anonKb += (figures[anonAt] ?? 0) * PAGE_KB;
    if (rssKb > group.largestKb) {
      group.largestKb = rssKb;
      group.largestPid = pid;
    }
  }

  return {
    line(text) {
      if (!text.startsWith('[')) return false;
      if (HEAD.test(text)) {
        columns = text
          .slice(text.indexOf(']') + 1)
          .trim()
          .split(/ +/);
        groups.clear();
        return true;
      }
      const found = ROW.exec(text);
      if (!found) return false;
      const figures = (found[2] ?? '').trim().split(/ +/);
      // A program may be called "7": the head says how many figures there are before the name.
      const wanted = columns ? columns.length - 1 : figures.length;
      const name = [...figures.slice(wanted), found[3] ?? ''].join(' ').trim();
      row(Number(found[1]), figures.slice(0, wanted).map(Number), name);
      return true;
    },
    groups() {
      const anon = columns?.includes('rss_anon') ?? false;
      return [...groups]
        .map(([name, { anonKb, ...group }]) => ({ name, ...group, ...(anon ? { anonKb } : {}) }))
        .sort((a, b) => b.rssKb - a.rssKb);
    },
  };
}

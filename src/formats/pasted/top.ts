// The output of `top -b`: a summary with load and memory, then a process table; each repetition is a sample.
import type { MemoryState, ProcessState } from '../../model/sample.ts';
import { known, sizeKb, words } from './numbers.ts';
import { type ProcessHeader, processHeader, processRow } from './process-table.ts';
import type { Opener } from './section.ts';
import { uptimeLine } from './uptime.ts';

const PROCESSES_MAX = 50_000;
const SUMMARY = /^(?:Tasks|Threads|%?Cpu\(s\)|%?Cpu\d+ *):?/;
const MEMORY = /^(?:([KMGTP]i?B) +)?(Mem|Swap) ?:\s/;

/** top(1) of procps 3.2 ("Mem:   1016476k total") to 4 ("MiB Mem :  24105.1 total"). */
export const openTop: Opener = (text, line) => {
  const first = text.trimStart().startsWith('top - ') ? uptimeLine(text) : undefined;
  if (!first) return undefined;
  const { stamp, ...head } = first;
  const cores = new Set<string>();
  const processes: ProcessState[] = [];
  let memory: MemoryState = {};
  let header: ProcessHeader | undefined;
  return {
    line(row) {
      if (row.trim() === '') return true;
      const process = header && processRow(header, row);
      if (process) {
        if (processes.length < PROCESSES_MAX) processes.push(process);
        return true;
      }
      if (header) return false;
      header = processHeader(row);
      if (header) return true;
      if (MEMORY.test(row)) {
        // `top -1` prints two summaries side by side.
        const swap = row.search(/\s[KMGTP]i?B Swap ?:/);
        memory = { ...memory, ...memoryLine(swap < 0 ? row : row.slice(0, swap)) };
        if (swap >= 0) memory = { ...memory, ...memoryLine(row.slice(swap + 1)) };
        return true;
      }
      for (const core of row.slice(0, 2000).matchAll(/%?Cpu(\d{1,4}) *:/g)) cores.add(core[1] ?? '');
      return SUMMARY.test(row);
    },
    end() {
      const data = {
        ...head,
        ...known({
          cpus: cores.size > 0 ? cores.size : undefined,
          memory: known(memory),
          processes: processes.length > 0 ? processes : undefined,
        }),
      };
      return [{ data, line, text, ...(stamp ? { stamp } : {}) }];
    },
  };
};

/** "MiB Mem :  24105.1 total,  23026.5 free, ..."; available memory stands in the line of the swap. */
function memoryLine(row: string): MemoryState {
  const match = MEMORY.exec(row);
  if (!match) return {};
  const plain = sizeKb(`1${match[1]?.[0] ?? 'K'}`, 1) ?? 1;
  const figures = new Map<string, number>();
  const parts = words(row.slice(match[0].length, 300));
  for (let i = 0; i + 1 < parts.length; i++) {
    // A width that is used up leaves a plus between figure and name.
    const size = sizeKb((parts[i] ?? '').replace(/\+$/, ''), plain);
    if (size !== undefined) figures.set((parts[i + 1] ?? '').replace(/[,.]$/, ''), size);
  }
  if (match[2] === 'Swap') {
    return (
      known({
        swapTotalKb: figures.get('total'),
        swapFreeKb: figures.get('free'),
        availableKb: figures.get('avail'),
        cachedKb: figures.get('cached'),
      }) ?? {}
    );
  }
  return (
    known({ totalKb: figures.get('total'), freeKb: figures.get('free'), cachedKb: figures.get('buff/cache') }) ?? {}
  );
}

// The output of dstat (and pcp's): the columns that matter here are time, load, paging, and the OOM killer's candidate.
import type { LoadAverage } from '../../model/sample.ts';
import type { Stamp } from '../../model/time.ts';
import { decimal, words } from './numbers.ts';
import type { Opener, Sampled } from './section.ts';

const PAGE_BYTES = 4096;
const ROWS_MAX = 100_000;
/** Plugins' headers are padded with dashes to the width of their columns. */
const TITLES = /^-[a-z/-]{1,60}(?: -[a-z0-9/-]{1,60}){0,40}\s*$/;
/** Bytes by dstat's letters (its function cprint counts in 1024 for sizes). */
const UNIT: Readonly<Record<string, number>> = { B: 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `dstat --top-oom`, `dstat -tl --top-oom` ...: groups side by side, named in the first line, divided by `|`. */
export const openDstat: Opener = (text) => {
  const head = text.slice(0, 500);
  if (!/--/.test(head) || !TITLES.test(head)) return undefined;
  const groups = titles(head);
  if (
    !groups.some((name) =>
      /^(?:out-of-memory|system|total-cpu-usage|load-avg|paging|memory-usage|swap|procs)$/.test(name),
    )
  ) {
    return undefined;
  }
  let rows = 0;
  const samples: Sampled[] = [];
  return {
    line(row, at) {
      const line = row.slice(0, 1000);
      if (line.trim() === '') return true;
      if (/^You did not select|DeprecationWarning|^ *import imp/.test(line)) return true;
      if (TITLES.test(line)) return titles(line).join() === groups.join();
      const cells = line.split('|');
      if (cells.length !== groups.length) return false;
      if (/\bkill score\b|^ *time *$|\busr sys\b|\b1m +5m +15m\b|\bused +free\b|\bin +out\b|\bread +writ\b/.test(line))
        return true;
      rows++;
      const sample = rowOf(groups, cells, rows > 1);
      if (!sample) return /\d/.test(line);
      if (samples.length < ROWS_MAX) samples.push({ ...sample, line: at, text: row });
      return true;
    },
    end: () => samples,
  };
};

function rowOf(
  groups: readonly string[],
  cells: readonly string[],
  ofThisMoment: boolean,
): Pick<Sampled, 'data' | 'stamp'> | undefined {
  let data: Sampled['data'] = {};
  let stamp: Stamp | undefined;
  groups.forEach((group, i) => {
    const cell = cells[i] ?? '';
    if (group === 'out-of-memory') {
      const candidate = /^(\S.{0,40}?) +(\d{1,9})\s*$/.exec(cell.trimStart());
      if (candidate)
        data = { ...data, oomCandidate: { name: (candidate[1] ?? '').trim(), score: Number(candidate[2]) } };
    } else if (group === 'load-avg') {
      const load = words(cell).map((word) => decimal(word));
      const [one, five, fifteen] = load;
      if (one !== undefined && five !== undefined && fifteen !== undefined) {
        const averages: LoadAverage = [one, five, fifteen];
        data = { ...data, load: averages };
      }
    } else if (group === 'paging' && ofThisMoment) {
      // The first row is the average since boot.
      const [inPerS, outPerS] = words(cell).map(bytes);
      if (inPerS !== undefined && outPerS !== undefined) {
        data = { ...data, swapping: { inPerS: inPerS / PAGE_BYTES, outPerS: outPerS / PAGE_BYTES } };
      }
    } else if (group === 'system') stamp ??= clock(cell);
  });
  if (Object.keys(data).length === 0) return undefined;
  return stamp ? { data, stamp } : { data };
}

function titles(head: string): string[] {
  return words(head).map((title) => title.replace(/^-+/, '').replace(/-+$/, ''));
}

function bytes(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([BkMG]?)$/.exec(text);
  return match ? Number(match[1]) * (UNIT[match[2] || 'B'] ?? 1) : undefined;
}

/** "22-11 12:05:18" (day and month): the year 2000 stands for the one that is missing. */
function clock(cell: string): Stamp | undefined {
  const match = /(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)/.exec(cell);
  if (!match) return undefined;
  const [day, month, hour, minute, second] = match.slice(1).map(Number);
  return { ms: Date.UTC(2000, (month ?? 1) - 1, day, hour, minute, second), clock: 'yearless' };
}

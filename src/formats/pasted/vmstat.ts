// The output of `vmstat 1`: every row a sample; the first row is the average since boot, and no state.
import type { Stamp } from '../../model/time.ts';
import { integer, words } from './numbers.ts';
import type { Opener, Sampled } from './section.ts';

const PAGE_KB = 4;
const ROWS_MAX = 100_000;
const UNIT_KB: Readonly<Record<string, number>> = { k: 1000 / 1024, K: 1, m: 1e6 / 1024, M: 1024 };

/** vmstat(8): memory, si and so in KiB unless -S says otherwise; si and so are per second. */
export const openVmstat: Opener = (text, _line, before) => {
  if (!/^procs -*memory|^--?procs-* -*memory|^ *r +b +swpd +free /.test(text)) return undefined;
  const unitKb = UNIT_KB[/\s-S ?([kKmM])\b/.exec(before.command.slice(0, 200))?.[1] ?? 'K'] ?? 1;
  let columns = words(text);
  let rows = 0;
  const samples: Sampled[] = [];
  return {
    line(row, at) {
      if (row.trim() === '' || /^-*procs/.test(row)) return true;
      const cells = words(row.slice(0, 500));
      if (cells[0] === 'r' && cells[1] === 'b') {
        columns = cells;
        return true;
      }
      if (columns[0] !== 'r' || cells.length < 16 || integer(cells[0]) === undefined) return false;
      rows++;
      const figure = (name: string): number | undefined => {
        const value = integer(cells[columns.indexOf(name)]);
        return value === undefined ? undefined : value * unitKb;
      };
      const freeKb = figure('free');
      const cachedKb = figure('cache');
      const [inKb, outKb] = [figure('si'), figure('so')];
      const stamp = timestamp(row);
      const data = {
        memory: {
          ...(freeKb === undefined ? {} : { freeKb: Math.round(freeKb) }),
          ...(cachedKb === undefined ? {} : { cachedKb: Math.round(cachedKb) }),
        },
        ...(rows > 1 && inKb !== undefined && outKb !== undefined
          ? { swapping: { inPerS: inKb / PAGE_KB, outPerS: outKb / PAGE_KB } }
          : {}),
      };
      if (samples.length < ROWS_MAX) samples.push({ data, line: at, text: row, ...(stamp ? { stamp } : {}) });
      return true;
    },
    end: () => samples,
  };
};

/** `vmstat -t` ends with the local date and time. */
function timestamp(row: string): Stamp | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\s*$/.exec(row.slice(0, 500));
  const ms = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : { ms, clock: 'local' };
}

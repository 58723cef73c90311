// The output of free, old (`-/+ buffers/cache`) and new (`available`), in any unit.
import type { MemoryState } from '../../model/sample.ts';
import { known, sizeKb, words } from './numbers.ts';
import type { Opener } from './section.ts';

const HEADER = /^\s+total\s+used\s+free(?:\s+[a-z/]+)*\s*$/;
const KB_OF_FLAG: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 ** 2 };

/** free(1) of procps. Without the command, the unit is told by the size of the figures. */
export const openFree: Opener = (text, line, before) => {
  if (!HEADER.test(text.slice(0, 300))) return undefined;
  const columns = words(text);
  let plainKb = unitOf(before.command);
  let memory: MemoryState = {};
  let quote = { line, text };
  return {
    line(row, at) {
      if (row.trim() === '') return true;
      const match = /^(Mem|Swap|Total|Low|High|-\/\+ buffers\/cache|Comm):?\s+(.*)$/.exec(row.slice(0, 300));
      if (!match) return false;
      const cells = words(match[2] ?? '');
      if (match[1] === 'Mem') {
        plainKb ??= guessedUnit(cells[0] ?? '');
        quote = { line: at, text: row };
      }
      const cell = (index: number): number | undefined => sizeKb(cells[index] ?? '', plainKb ?? 1);
      const named = (...names: string[]): number | undefined => cell(columns.findIndex((name) => names.includes(name)));
      if (match[1] === 'Mem') {
        const figures = {
          totalKb: cell(0),
          freeKb: cell(2),
          cachedKb: named('cached', 'cache', 'buff/cache'),
          availableKb: named('available'),
        };
        memory = { ...memory, ...known(figures) };
      } else if (match[1] === 'Swap') memory = { ...memory, ...known({ swapTotalKb: cell(0), swapFreeKb: cell(2) }) };
      else if (match[1]?.startsWith('-') && memory.availableKb === undefined) {
        // What is free when buffers and cache are given back: as near as the old one comes to "available".
        memory = { ...memory, ...known({ availableKb: cell(1) }) };
      }
      return true;
    },
    end() {
      const found = known(memory);
      return found ? [{ data: { memory: found }, ...quote }] : [];
    },
  };
};

/** `free -m` -> 1024; `undefined` when the command wasn't pasted. */
function unitOf(command: string): number | undefined {
  const free = /\bfree\b(.*)/.exec(command.slice(0, 200));
  if (!free) return undefined;
  const flag = /(?:^|\s)-[a-z]*([bkmg])/.exec(free[1] ?? '')?.[1];
  const long = /--(bytes|kibi|mebi|gibi)\b/.exec(free[1] ?? '')?.[1];
  const letter = flag ?? (long === undefined ? 'k' : { bytes: 'b', kibi: 'k', mebi: 'm', gibi: 'g' }[long]);
  return letter === undefined ? undefined : KB_OF_FLAG[letter];
}

/**
 * No web server has less than 128 MB, and none of those this is for has more than 128 GB: figures below 128 are GiB,
 * below 131072 MiB, and from 2 TB on bytes.
 */
function guessedUnit(total: string): number {
  const figure = /^\d{1,18}$/.test(total) ? Number(total) : undefined;
  if (figure === undefined) return 1;
  if (figure < 128) return 1024 ** 2;
  if (figure < 131_072) return 1024;
  return figure >= 2 ** 31 ? 1 / 1024 : 1;
}

// The output of ps, with whatever columns were asked for.
import type { ProcessState } from '../../model/sample.ts';
import { badnessOf, processHeader, processRow } from './process-table.ts';
import { type Opener, singleSection } from './section.ts';

/** More pids than a small server has; the rest is left out. */
const PROCESSES_MAX = 50_000;

/** `ps aux`, `ps -ef`, `ps -el`, `ps -eo ...`: a header of ps(1)'s column names, then a row a process. */
export const openPs: Opener = (text, line) => {
  const header = processHeader(text);
  if (!header) return undefined;
  const processes: ProcessState[] = [];
  return singleSection(
    { line, text },
    (row) => {
      if (row.trim() === '') return true;
      const process = processRow(header, row);
      if (!process) return false;
      if (processes.length < PROCESSES_MAX) processes.push(process);
      return true;
    },
    () => (processes.length > 0 ? { processes: badnessOf(processes) } : undefined),
  );
};

// Copies of /proc files: meminfo, loadavg and the pressure files (proc(5), Documentation/accounting/psi.rst).
import type { MemoryState, PressureState } from '../../model/sample.ts';
import { known } from './numbers.ts';
import { type Opener, singleSection } from './section.ts';

const MEMORY_KEYS: Readonly<Record<string, keyof MemoryState>> = {
  MemTotal: 'totalKb',
  MemFree: 'freeKb',
  MemAvailable: 'availableKb',
  Cached: 'cachedKb',
  AnonPages: 'anonKb',
  SwapTotal: 'swapTotalKb',
  SwapFree: 'swapFreeKb',
};
const MEMORY_LINE = /^(?:\/proc\/meminfo:)?([A-Za-z][\w()]{1,40}):\s+(\d{1,15})(?: kB)?\s*$/;

export const openMeminfo: Opener = (text, line) => {
  const memory: { -readonly [K in keyof MemoryState]: MemoryState[K] } = {};
  let quote = { line, text };
  const take = (row: string, at: number): boolean => {
    const match = MEMORY_LINE.exec(row.slice(0, 200));
    if (!match) return row.trim() === '';
    const key = MEMORY_KEYS[match[1] ?? ''];
    // The same figure again is the next copy of the file.
    if (key && memory[key] !== undefined) return false;
    if (key) memory[key] = Number(match[2]);
    if (key === 'availableKb') quote = { line: at, text: row };
    return true;
  };
  const key = MEMORY_LINE.exec(text.slice(0, 200))?.[1];
  if (key === undefined || !(key in MEMORY_KEYS) || !/ kB\s*$/.test(text.slice(0, 200))) return undefined;
  take(text, line);
  return { line: take, end: () => [{ data: { memory }, ...quote }] };
};

/** "0.45 0.18 0.10 3/100 15609" */
export const openLoadavg: Opener = (text, line) => {
  const match = /^(\d{1,6}\.\d\d) (\d{1,6}\.\d\d) (\d{1,6}\.\d\d) \d{1,7}\/\d{1,7} \d{1,10}\s*$/.exec(
    text.slice(0, 100),
  );
  if (!match) return undefined;
  const [one, five, fifteen] = match.slice(1, 4).map(Number);
  return singleSection(
    { line, text },
    () => false,
    () => ({ load: [one ?? 0, five ?? 0, fifteen ?? 0] }),
  );
};

const FILE_NAME = /(?:\/proc\/)?pressure\/(cpu|memory|io|irq)\b/;
const PRESSURE_LINE = /^(some|full) avg10=(\d{1,3}\.\d\d) avg60=/;
/** The order in which `cat /proc/pressure/*` prints the files; irq has no line "some". */
const FILE_ORDER = ['cpu', 'io', 'memory'] as const;

/** One file, or several with the names that `tail`, `head` and `grep .` put in front, or all three in a row. */
export const openPressure: Opener = (text, line, before) => {
  if (!isPressure(text)) return undefined;
  const lines: { file: string | undefined; kind: string; avg10: number }[] = [];
  let quote: { line: number; text: string } | undefined;
  let file = before.command.includes('*') ? undefined : FILE_NAME.exec(before.command.slice(0, 300))?.[1];
  const take = (row: string, at: number): boolean => {
    const head = row.slice(0, 300);
    if (head.trim() === '') return true;
    if (!isPressure(row)) return false;
    const named = FILE_NAME.exec(head)?.[1];
    if (named !== undefined) file = named;
    const match = PRESSURE_LINE.exec(head.slice(head.search(/(?:some|full) avg10=/)));
    if (match) {
      const kind = match[1] ?? '';
      // The same figure again is the next copy of the files.
      if (lines.length >= 8 || (file !== undefined && lines.some((one) => one.file === file && one.kind === kind))) {
        return false;
      }
      lines.push({ file, kind, avg10: Number(match[2]) });
      if (quote === undefined || file === 'memory') quote ??= { line: at, text: row };
    }
    return true;
  };
  take(text, line);
  return {
    line: take,
    end() {
      const nameless = lines.filter((one) => one.file === undefined && one.kind === 'some').length;
      let index = -1;
      let pressure: PressureState = {};
      for (const one of lines) {
        if (one.kind === 'some') index++;
        // Without names, only the three together can be told apart, by their order.
        const name = one.file ?? (nameless === 3 ? FILE_ORDER[index] : undefined);
        if (name !== undefined) pressure = { ...pressure, ...pressureOf(name, one.kind, one.avg10) };
      }
      const found = known(pressure);
      return found && quote ? [{ data: { pressure: found }, ...quote }] : [];
    },
  };
};

function isPressure(text: string): boolean {
  return (
    PRESSURE_LINE.test(text) ||
    /^==> \S{0,100}pressure\/(?:cpu|memory|io|irq) <==\s*$/.test(text.slice(0, 200)) ||
    /^\S{0,100}pressure\/(?:cpu|memory|io|irq):(?:some|full) avg10=/.test(text.slice(0, 200))
  );
}

function pressureOf(file: string, kind: string, avg10: number): PressureState {
  if (file === 'cpu') return kind === 'some' ? { cpuSome: avg10 } : {};
  if (file === 'memory') return kind === 'some' ? { memorySome: avg10 } : { memoryFull: avg10 };
  if (file === 'io') return kind === 'some' ? { ioSome: avg10 } : { ioFull: avg10 };
  return {};
}

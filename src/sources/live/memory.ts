// Memory, pressure and load of the host, or of the limited group that it is for whatever runs here.
import type { LoadAverage, MemoryState, PressureState, SwapActivity } from '../../model/sample.ts';
import { groupAnonKb, type Limits, workingSetKb } from './cgroup.ts';
import type { Sight } from './sight.ts';

export function readMemory(sight: Sight, limits: Limits): MemoryState | undefined {
  const text = sight.text('/proc/meminfo', 16_384);
  if (text === undefined) return undefined;
  const kb = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text);
    return match ? Number(match[1]) : undefined;
  };
  const host = known({
    totalKb: kb('MemTotal'),
    freeKb: kb('MemFree'),
    // Before Linux 3.14 there is no MemAvailable.
    availableKb: kb('MemAvailable') ?? sum(kb('MemFree'), kb('Cached'), kb('Buffers')),
    cachedKb: kb('Cached'),
    anonKb: kb('AnonPages'),
    swapTotalKb: kb('SwapTotal'),
    swapFreeKb: kb('SwapFree'),
  });
  return isLimited(limits, host.totalKb) ? withinGroup(sight, limits, host) : host;
}

/** Whether a group's limit is what counts here, and not the machine's memory. */
function isLimited(limits: Limits, machineKb: number | undefined): boolean {
  return limits.memoryKb !== undefined && limits.memoryKb < (machineKb ?? Number.POSITIVE_INFINITY);
}

function withinGroup(sight: Sight, limits: Limits, host: MemoryState): MemoryState {
  const totalKb = limits.memoryKb ?? 0;
  const used = workingSetKb(sight, limits);
  const swapTotalKb = limits.swapKb === undefined ? host.swapTotalKb : Math.min(limits.swapKb, host.swapTotalKb ?? 0);
  return known({
    totalKb,
    availableKb: used === undefined ? undefined : Math.max(0, Math.min(totalKb - used, host.availableKb ?? totalKb)),
    anonKb: groupAnonKb(sight, limits),
    swapTotalKb,
    swapFreeKb: swapTotalKb === 0 ? 0 : undefined,
  });
}

/** avg10 of the group where it has its own, else of the machine (Documentation/accounting/psi.rst). */
export function readPressure(sight: Sight, limits: Limits): PressureState | undefined {
  const of = (what: string): { some?: number; full?: number } => {
    const text =
      limits.pressureAt === undefined
        ? sight.text(`/proc/pressure/${what}`, 1000)
        : sight.text(`${limits.pressureAt}/${what}.pressure`, 1000);
    const avg = (kind: string): number | undefined => {
      const match = new RegExp(`^${kind} avg10=([\\d.]+)`, 'm').exec(text ?? '');
      return match ? Number(match[1]) : undefined;
    };
    return known({ some: avg('some'), full: avg('full') });
  };
  const [cpu, memory, io] = [of('cpu'), of('memory'), of('io')];
  const state = known({
    cpuSome: cpu.some,
    memorySome: memory.some,
    memoryFull: memory.full,
    ioSome: io.some,
    ioFull: io.full,
  });
  return Object.keys(state).length > 0 ? state : undefined;
}

export function readLoad(sight: Sight): LoadAverage | undefined {
  const [one, five, fifteen] = (sight.text('/proc/loadavg', 200) ?? '').split(' ').map(Number);
  return one !== undefined && five !== undefined && fifteen !== undefined && ![one, five, fifteen].some(Number.isNaN)
    ? [one, five, fifteen]
    : undefined;
}

export function readUptime(sight: Sight): number | undefined {
  const seconds = Number.parseFloat(sight.text('/proc/uptime', 200) ?? '');
  return Number.isNaN(seconds) ? undefined : seconds;
}

interface SwapCount {
  readonly at: number;
  readonly in: number;
  readonly out: number;
}

/** Pages since boot, of proc_vmstat(5); the rate is told from the second look on. */
export function swapMeter(sight: Sight): () => SwapActivity | undefined {
  let before: SwapCount | undefined;
  return () => {
    const text = sight.text('/proc/vmstat', 65_536) ?? '';
    const [, pagesIn] = /^pswpin (\d+)$/m.exec(text) ?? [];
    const [, pagesOut] = /^pswpout (\d+)$/m.exec(text) ?? [];
    if (pagesIn === undefined || pagesOut === undefined) return undefined;
    const now = { at: sight.host.now(), in: Number(pagesIn), out: Number(pagesOut) };
    const [last, seconds] = [before, before ? (now.at - before.at) / 1000 : 0];
    before = now;
    if (!last || seconds <= 0) return undefined;
    return { inPerS: (now.in - last.in) / seconds, outPerS: (now.out - last.out) / seconds };
  };
}

function sum(...values: readonly (number | undefined)[]): number | undefined {
  const given = values.filter((value) => value !== undefined);
  return given.length === 0 ? undefined : given.reduce((all, value) => all + value, 0);
}

type Known<T> = { -readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without what is undefined. */
export function known<T extends Readonly<Record<string, unknown>>>(values: T): Known<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Known<T>;
}

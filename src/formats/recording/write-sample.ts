// Samples -> lines of samples.jsonl, so that a live host and a recording of it are read by the same reader.
import type { MemoryState, PressureState, ProcessState, SampleData } from '../../model/sample.ts';
import type { EpochMs } from '../../model/time.ts';
import type { SampleLine } from './sample-schema.ts';

/** One line, without its line feed. What `samplesJsonl` reads from it is the sample again. */
export function sampleLine(at: EpochMs, data: SampleData): string {
  const { uptimeS, memory, pressure, processes, diskUse: _, ...same } = data;
  const line = {
    t: new Date(at).toISOString(),
    ...(uptimeS !== undefined && { uptime: uptimeS }),
    ...(memory && { meminfo: meminfoOf(memory) }),
    ...(pressure && { psi: psiOf(pressure) }),
    // What is short comes first: a reader looks at the begin of a line only to know what it is.
    ...same,
    ...(processes && { processes: processes.map(processOf) }),
  };
  return JSON.stringify(line);
}

function meminfoOf(memory: MemoryState): Record<string, number> {
  return defined({
    MemTotal: memory.totalKb,
    MemFree: memory.freeKb,
    MemAvailable: memory.availableKb,
    Cached: memory.cachedKb,
    AnonPages: memory.anonKb,
    SwapTotal: memory.swapTotalKb,
    SwapFree: memory.swapFreeKb,
  });
}

function psiOf(of: PressureState): NonNullable<SampleLine['psi']> {
  const avg = (value: number | undefined): { avg10: number } | undefined =>
    value === undefined ? undefined : { avg10: value };
  return {
    cpu: { some: avg(of.cpuSome) },
    memory: { some: avg(of.memorySome), full: avg(of.memoryFull) },
    io: { some: avg(of.ioSome), full: avg(of.ioFull) },
  };
}

function processOf({ elapsedS, rssKb, pssKb, swapKb, ...same }: ProcessState): Record<string, unknown> {
  return { ...same, elapsed: elapsedS, rss: rssKb, pss: pssKb, swap: swapKb };
}

function defined(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== undefined));
}

// One sample after the other of a live host: load, memory, pressure, processes, sockets, and what is in flight.
import { IN_FLIGHT_MAX, type InFlightRequest, type ProbeState, type SampleData } from '../../model/sample.ts';
import type { EpochMs } from '../../model/time.ts';
import { cgiWatcher } from './cgi.ts';
import type { Limits } from './cgroup.ts';
import { readLoad, readMemory, readPressure, readUptime, swapMeter } from './memory.ts';
import type { KnownProcess, ProcessTable } from './processes.ts';
import type { Sight } from './sight.ts';
import { readSockets, type SocketAges } from './sockets.ts';

export interface TimedSample {
  readonly at: EpochMs;
  readonly data: SampleData;
}

export interface SamplerOptions {
  readonly sight: Sight;
  readonly limits: Limits;
  readonly table: ProcessTable;
  readonly trustedProxies: readonly string[];
}

/** What others found out since the last sample: sockets with ages, status pages. */
export interface Extras {
  readonly ages?: SocketAges;
  readonly status?: readonly InFlightRequest[];
  readonly probe?: ProbeState;
  readonly database?: SampleData['database'];
}

export interface Sampler {
  sample(extras: Extras): TimedSample;
  /** The processes of the last sample. */
  processes(): readonly KnownProcess[];
}

/** Percent of the time in which some task waits for memory: then looking closely makes us wait with them. */
const PRESSED = 20;

export function hostSampler({ sight, limits, table, trustedProxies }: SamplerOptions): Sampler {
  const cgi = cgiWatcher(sight, trustedProxies);
  const swap = swapMeter(sight);
  let backlogs: ReadonlyMap<number, number> = new Map();
  let processes: readonly KnownProcess[] = [];
  return {
    processes: () => processes,
    sample({ ages, status = [], probe, database }) {
      const at = sight.host.now();
      const uptimeS = readUptime(sight);
      const memory = readMemory(sight, limits);
      const pressure = readPressure(sight, limits);
      const limited = limits.memoryKb !== undefined && memory?.totalKb === limits.memoryKb;
      // The load is that of the whole machine: within a limited group it would tell of others.
      const load = limited ? undefined : readLoad(sight);
      const swapping = limited ? undefined : swap();
      const pressed = (pressure?.memorySome ?? 0) >= PRESSED;
      processes = table.look(uptimeS, memory?.totalKb, pressed ? 'pressed' : undefined);
      if (ages && ages.backlogs.size > 0) backlogs = ages.backlogs;
      const flying = [...cgi.look(processes), ...status, ...(ages?.waiting ?? [])].sort(
        (a, b) => (b.forS ?? 0) - (a.forS ?? 0),
      );
      const data: SampleData = {
        ...(limits.cpus !== undefined && { cpus: limits.cpus }),
        ...(uptimeS !== undefined && { uptimeS }),
        ...(load && { load }),
        ...(memory && { memory }),
        ...(pressure && { pressure }),
        ...(swapping && { swapping }),
        ...(probe && { probe }),
        ...(database && { database }),
        inFlight: flying.slice(0, IN_FLIGHT_MAX),
        ...(flying.length > IN_FLIGHT_MAX && { inFlightMore: flying.length - IN_FLIGHT_MAX }),
        ...readSockets(sight, backlogs),
        processes: processes.map(({ process }) => process),
      };
      return { at, data };
    },
  };
}

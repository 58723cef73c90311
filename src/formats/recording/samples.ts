// samples.jsonl of a recording -> samples: one JSON object a line, as `seawall collect` writes them.
import { canonicalAddress } from '../../model/address.ts';
import { shareOfLines, type TextFormat } from '../../model/reader.ts';
import type {
  ConnectionState,
  DatabaseState,
  DiskState,
  InFlightRequest,
  MemoryState,
  PressureState,
  ProbeState,
  ProcessState,
  SampleData,
} from '../../model/sample.ts';
import { IN_FLIGHT_MAX } from '../../model/sample.ts';
import {
  type ConnectionLine,
  type InFlightLine,
  type ProcessLine,
  type SampleLine,
  sampleSchema,
} from './sample-schema.ts';

/** A key of ours besides `t`; the head may hold only the begin of a long line. */
const KNOWN_KEY =
  /"(?:load|meminfo|psi|processes|connections|listen|probe|database|disks|swapping|oomCandidate|inFlight|cpus|uptime)": ?/;
const TIME_KEY = /"t": ?"\d{4}-\d\d-\d\dT/;
const ARGS_MAX = 1000;
const QUOTE_MAX = 500;
const TARGET_MAX = 200;

export const samplesJsonl: TextFormat = {
  id: 'seawall-samples',
  title: 'samples of a recording',
  recognise: (head) =>
    shareOfLines(head, (line) => line.startsWith('{') && TIME_KEY.test(line) && KNOWN_KEY.test(line)),
  open: (sink) => ({
    line(text, line) {
      if (text.trim() === '') return;
      const parsed = parseSample(text);
      if (parsed) sink.sample({ ms: parsed.ms, clock: 'absolute' }, parsed.data, line, text.slice(0, QUOTE_MAX));
      else sink.unreadable(line, text);
    },
    end() {},
  }),
};

function parseSample(text: string): { ms: number; data: SampleData } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = sampleSchema.safeParse(json);
  if (!result.success) return undefined;
  const ms = Date.parse(result.data.t);
  return Number.isNaN(ms) ? undefined : { ms, data: dataOf(result.data) };
}

function dataOf(line: SampleLine): SampleData {
  const { load, processes, connections, connectionCounts, listen, swapping, oomCandidate, inFlight } = line;
  const memory = line.meminfo && memoryOf(line.meminfo);
  const pressure = line.psi && pressureOf(line.psi);
  const database = line.database && databaseOf(line.database);
  return {
    ...known({ cpus: line.cpus, uptimeS: line.uptime }),
    ...(load ? { load } : {}),
    ...(memory ? { memory } : {}),
    ...(pressure ? { pressure } : {}),
    ...(processes ? { processes: processes.map(processOf) } : {}),
    ...(connections ? { connections: connections.map(connectionOf) } : {}),
    ...(connectionCounts ? { connectionCounts } : {}),
    ...(listen ? { listen } : {}),
    ...(line.probe ? { probe: probeOf(line.probe) } : {}),
    ...(database ? { database } : {}),
    ...(line.disks ? { disks: line.disks.map(diskOf) } : {}),
    ...(swapping ? { swapping } : {}),
    ...(oomCandidate ? { oomCandidate } : {}),
    ...(inFlight ? { inFlight: inFlight.slice(0, IN_FLIGHT_MAX).map(inFlightOf) } : {}),
    ...known({ inFlightMore: line.inFlightMore }),
  };
}

function memoryOf(meminfo: Readonly<Record<string, number | null>>): MemoryState {
  return known({
    totalKb: meminfo.MemTotal,
    freeKb: meminfo.MemFree,
    availableKb: meminfo.MemAvailable,
    cachedKb: meminfo.Cached,
    anonKb: meminfo.AnonPages,
    swapTotalKb: meminfo.SwapTotal,
    swapFreeKb: meminfo.SwapFree,
  });
}

function pressureOf(psi: NonNullable<SampleLine['psi']>): PressureState {
  return known({
    cpuSome: psi.cpu?.some?.avg10,
    memorySome: psi.memory?.some?.avg10,
    memoryFull: psi.memory?.full?.avg10,
    ioSome: psi.io?.some?.avg10,
    ioFull: psi.io?.full?.avg10,
  });
}

function processOf(line: ProcessLine): ProcessState {
  return {
    pid: line.pid,
    args: (line.args ?? '').slice(0, ARGS_MAX),
    ...known({
      ppid: line.ppid,
      user: line.user,
      state: line.state?.slice(0, 1),
      elapsedS: line.elapsed,
      rssKb: line.rss,
      pssKb: line.pss,
      swapKb: line.swap,
      oomScore: line.oomScore,
      cpuPercent: line.cpuPercent,
    }),
  };
}

function connectionOf(line: ConnectionLine): ConnectionState {
  return {
    peer: canonicalAddress(line.peer) ?? line.peer,
    state: line.state,
    count: line.count,
    ...known({ localPort: line.localPort, peerPort: line.peerPort }),
  };
}

function inFlightOf(line: InFlightLine): InFlightRequest {
  const client = line.client == null ? undefined : canonicalAddress(line.client);
  return {
    seenBy: line.seenBy,
    ...known({
      client,
      method: line.method?.slice(0, 20),
      target: line.target?.slice(0, TARGET_MAX),
      host: line.host?.slice(0, TARGET_MAX),
      agent: line.agent?.slice(0, TARGET_MAX),
      forS: line.forS,
      pid: line.pid,
      state: line.state?.slice(0, 1),
    }),
  };
}

function probeOf(line: NonNullable<SampleLine['probe']>): ProbeState {
  return { url: line.url, ms: line.ms, ...known({ status: line.status, body: line.body }) };
}

function diskOf(line: NonNullable<SampleLine['disks']>[number]): DiskState {
  const { mount, device, sizeKb, availableKb, inodes, inodesFree } = line;
  return { mount, ...known({ device, sizeKb, availableKb, inodes, inodesFree }) };
}

/** MariaDB's own status names, or the short ones; without `alive`, a figure proves that it answered. */
function databaseOf(line: Readonly<Record<string, unknown>>): DatabaseState | undefined {
  const figure = (...names: string[]): number | undefined => {
    for (const name of names) {
      const value = line[name];
      const read = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
      if (typeof read === 'number') return read;
    }
    return undefined;
  };
  const figures = known({
    threadsConnected: figure('Threads_connected', 'threadsConnected', 'threads'),
    threadsRunning: figure('Threads_running', 'threadsRunning', 'running'),
    maxUsedConnections: figure('Max_used_connections', 'maxUsedConnections', 'maxUsed'),
    maxConnections: figure('max_connections', 'Max_connections', 'maxConnections'),
    abortedConnects: figure('Aborted_connects', 'abortedConnects', 'aborted'),
  });
  const alive = line.alive;
  if (typeof alive === 'boolean') return { alive, ...figures };
  return Object.keys(figures).length > 0 ? { alive: true, ...figures } : undefined;
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The object without what is null or undefined: a missing figure is missing, never 0. */
function known<T extends Readonly<Record<string, unknown>>>(values: T): Known<T> {
  const result: Known<T> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined && value !== null) result[key] = value as NonNullable<T[typeof key]>;
  }
  return result;
}

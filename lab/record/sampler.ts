// A sample of the server a second, taken from the machine's side: nothing runs within the server's memory for it but a query.
import { readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER } from '../addresses.ts';
import { memoryGroupOf, pressureGroupOf } from '../cgroups.ts';
import { runInside } from '../inside.ts';
import type { LabState } from '../state.ts';
import type { TrafficAnswer } from '../traffic.ts';
import { type ProcessSample, processesOf } from './processes.ts';
import { connectionsIn } from './sockets.ts';

type Json = Readonly<Record<string, unknown>>;

const STATUS_NAMES = ['Threads_connected', 'Threads_running', 'Max_used_connections', 'Aborted_connects'];
const QUERY = `SHOW GLOBAL STATUS WHERE Variable_name IN (${STATUS_NAMES.map((name) => `'${name}'`).join(',')})`;
const CLIENT = ['mariadb', '--connect-timeout=2', '-NBe', QUERY] as const;

/** @returns a function that takes one sample as the recording has it (docs/recordings.md). */
export function sampler(state: LabState): (probe: TrafficAnswer | undefined) => Promise<Json> {
  const server = state.processes.server?.pid ?? 0;
  const memoryKb = state.memoryMb * 1024;
  const memory = memoryGroupOf(state.cgroups);
  const pressure = pressureGroupOf(state.cgroups);
  let load = [0, 0, 0];
  let loadAt = Date.now();
  return async (probe) => {
    const at = Date.now();
    const [database, listen] = await Promise.all([databaseOf(state), listenOf(state)]);
    const processes = processesOf(memory, server, memoryKb);
    load = damp(load, processes, (at - loadAt) / 1000);
    loadAt = at;
    const tables = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/${server}/net/${name}`, 'utf8'));
    return {
      t: new Date(at).toISOString(),
      cpus: 1,
      load: load.map((value) => Math.round(value * 100) / 100),
      meminfo: meminfoOf(memory, memoryKb),
      ...(pressure === undefined ? {} : { psi: psiOf(pressure) }),
      processes,
      connections: connectionsIn(tables),
      ...(listen.length === 0 ? {} : { listen }),
      ...(probe === undefined ? {} : { probe: probeOf(probe) }),
      database,
      disks: ['/', '/var/lib/mysql', '/var/log'].map((mount) => diskOf(server, mount)),
    };
  };
}

/**
 * The load averages of this server alone, by the kernel's own rule (kernel/sched/loadavg.c): processes that run or wait for
 * the disk, damped over 1, 5 and 15 minutes. The machine's figure counts the lab's clients and everybody else.
 */
function damp(load: readonly number[], processes: readonly ProcessSample[], seconds: number): number[] {
  const active = processes.filter(({ state }) => state === 'R' || state === 'D').length;
  return [60, 300, 900].map((period, i) => {
    const keep = Math.exp(-seconds / period);
    return (load[i] ?? 0) * keep + active * (1 - keep);
  });
}

function meminfoOf(group: string, memoryKb: number): Json {
  const text = readFileSync(join(group, 'memory.stat'), 'utf8');
  const figures = new Map(
    text
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name, value]) => [name, Number(value) / 1024]),
  );
  // Version 1 counts groups within under names that begin with total_.
  const kb = (...names: string[]): number =>
    Math.round(names.map((name) => figures.get(name)).find((value) => value !== undefined) ?? 0);
  const usedKb = Math.round(Number(readFirst(group, 'memory.usage_in_bytes', 'memory.current')) / 1024);
  const reclaimable = kb('total_active_file', 'active_file') + kb('total_inactive_file', 'inactive_file');
  const free = Math.max(0, memoryKb - usedKb);
  return {
    MemTotal: memoryKb,
    MemFree: free,
    MemAvailable: Math.min(memoryKb, free + reclaimable),
    Cached: kb('total_cache', 'file'),
    AnonPages: kb('total_rss', 'anon'),
    Shmem: kb('total_shmem', 'shmem'),
    SwapTotal: 0,
    SwapFree: 0,
  };
}

function readFirst(group: string, ...files: string[]): string {
  for (const file of files) {
    try {
      return readFileSync(join(group, file), 'utf8');
    } catch {
      // The other version of the interface.
    }
  }
  throw new Error(`none of ${files.join(', ')} is in ${group}`);
}

function psiOf(group: string): Json {
  const entries = ['cpu', 'memory', 'io'].map((kind) => {
    const lines = readFileSync(join(group, `${kind}.pressure`), 'utf8')
      .trim()
      .split('\n');
    return [kind, Object.fromEntries(lines.map(pressureLine))] as const;
  });
  return Object.fromEntries(entries);
}

/** "some avg10=1.50 avg60=0.30 avg300=0.06 total=1234" */
function pressureLine(line: string): [string, Json] {
  const [kind = '', ...pairs] = line.split(' ');
  return [kind, Object.fromEntries(pairs.map((pair) => pair.split('=')).map(([name, value]) => [name, Number(value)]))];
}

async function databaseOf(state: LabState): Promise<Json> {
  const { code, stdout } = await runInside(state, 'server', CLIENT, { timeoutMs: 3_000, limited: false });
  if (code !== 0) return { alive: false };
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  return { alive: true, ...Object.fromEntries(lines.map(([name, value]) => [name, Number(value)])) };
}

/** Connections that wait to be accepted: only `ss` tells the limit too. */
async function listenOf(state: LabState): Promise<readonly Json[]> {
  const { stdout } = await runInside(state, 'server', ['ss', '-Hltn'], { timeoutMs: 3_000, limited: false });
  return stdout.split('\n').flatMap((line) => {
    const [, queued, backlog, local] = line.trim().split(/\s+/);
    const port = Number(local?.split(':').at(-1));
    return port > 0 ? [{ port, queued: Number(queued), backlog: Number(backlog) }] : [];
  });
}

function probeOf({ status, ms, bytes }: TrafficAnswer): Json {
  return { url: `http://${SERVER.site}/`, ...(status === undefined ? {} : { status }), ms, bytes };
}

function diskOf(server: number, mount: string): Json {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(`/proc/${server}/root${mount}`);
  const kb = (count: number): number => Math.round((count * bsize) / 1024);
  const inodes = files > 0 ? { inodes: files, inodesFree: ffree } : {};
  return { mount, sizeKb: kb(blocks), availableKb: kb(bavail), ...inodes };
}

// Records what happens to a lab's server, as a folder that `seawall diagnose` reads anywhere (docs/recordings.md).
import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER } from '../addresses.ts';
import type { Lab } from '../index.ts';
import { enterArgv, kill, mustRun, mustRunOnMachine } from '../inside.ts';
import { sampler } from './sampler.ts';

export interface Recording {
  /** Writes the rest of it. */
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const PACKETS_MAX = 200_000;
/** Enough for the headers: no content of anybody's request. */
const SNAP_BYTES = 96;

/** Begins at once. The folder is made, and must be empty. */
export async function record(lab: Lab, folder: string, maxSeconds: number): Promise<Recording> {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const from = Date.now();
  const packets = capture(lab, join(folder, 'packets.pcap'));
  const probes = lab.itself([{ actor: 'probe', perSecond: 0.5, sources: [SERVER.ipv4], patient: true }], maxSeconds);
  const ending = new AbortController();
  const sampling = sampleUntil(ending.signal, lab, probes.answers, join(folder, 'samples.jsonl'));
  return {
    stop: async () => {
      ending.abort();
      await sampling;
      await Promise.all([packets(), probes.stop()]);
      await copyLogs(lab, join(folder, 'logs'));
      writeManifest(lab, folder, from);
    },
  };
}

async function sampleUntil(
  signal: AbortSignal,
  lab: Lab,
  probes: readonly Parameters<ReturnType<typeof sampler>>[0][],
  path: string,
): Promise<void> {
  const sample = sampler(lab.state);
  let told = 0;
  for (let due = Date.now(); !signal.aborted; due = Math.max(due + EVERY_MS, Date.now())) {
    await sleep(Math.max(0, due - Date.now()));
    // Each probe is told once, with the first sample after its end.
    const probe = probes[told];
    if (probe !== undefined) told++;
    appendFileSync(path, `${JSON.stringify(await sample(probe))}\n`);
  }
}

/** @returns a function that ends the capture. */
function capture(lab: Lab, path: string): () => Promise<void> {
  const file = openSync(path, 'w');
  const options = ['-i', 'eth0', '-n', '-U', '-s', `${SNAP_BYTES}`, '-c', `${PACKETS_MAX}`, '-w', '-'];
  const [program, ...args] = enterArgv(lab.state, 'server', ['tcpdump', ...options, 'tcp'], { limited: false });
  const child = spawn(program, args, { stdio: ['ignore', file, 'ignore'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return async () => {
    kill(child.pid);
    await closed;
    closeSync(file);
  };
}

async function copyLogs(lab: Lab, folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  try {
    const pack = ['tar', '-cf', '-', '-C', '/var/log', '.'] as const;
    await mustRun(lab.state, 'server', pack, { stdoutFile: archive, limited: false });
    await mustRunOnMachine(['tar', '-xf', archive, '--no-same-owner', '--no-same-permissions', '-C', folder]);
    await mustRunOnMachine(['find', folder, '-empty', '-delete']);
  } finally {
    rmSync(archive, { force: true });
  }
}

function writeManifest({ state }: Lab, folder: string, from: number): void {
  const manifest = {
    format: 'seawall-recording/1',
    host: SERVER.hostname,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    cpus: 1,
    memTotalKb: state.memoryMb * 1024,
    swapTotalKb: 0,
    from: new Date(from).toISOString(),
    to: new Date().toISOString(),
  };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

// Records what happens to a lab's server, as a folder that `seawall diagnose` reads anywhere (docs/recordings.md).
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER } from '../addresses.ts';
import type { Lab } from '../index.ts';
import { type Argv, enterArgv, kill, mustRun, mustRunOnMachine } from '../inside.ts';

export interface Recording {
  /** Ends it, and writes the rest of it. */
  finish(): Promise<void>;
  /** Ends it as it is; nothing after `finish`. */
  abandon(): void;
}

/** Headers alone: no content of anybody's request. */
const CAPTURE = ['-i', 'eth0', '-n', '-U', '-s', '96', '-c', '200000', '-w', '-', 'tcp'];
const SAMPLE: Argv = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, '../inside/sample.ts'),
];

/** Begins at once. The folder is made, and must be empty. */
export async function record(lab: Lab, folder: string): Promise<Recording> {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const from = Date.now();
  const programs = [
    keep(lab, ['tcpdump', ...CAPTURE], join(folder, 'packets.pcap')),
    keep(lab, SAMPLE, join(folder, 'samples.jsonl')),
  ];
  const abandon = (): void => {
    for (const { end } of programs) end();
  };
  return {
    abandon,
    finish: async () => {
      abandon();
      await Promise.all(programs.map(({ ended }) => ended));
      dropPartOfLine(join(folder, 'samples.jsonl'));
      await copyLogs(lab, join(folder, 'logs'));
      writeManifest(lab, folder, from);
    },
  };
}

interface Keeping {
  end(): void;
  readonly ended: Promise<void>;
}

/** Runs a program inside, but not within the server's memory, and keeps what it prints. */
function keep(lab: Lab, argv: Argv, path: string): Keeping {
  const file = openSync(path, 'w');
  const [program, ...args] = enterArgv(lab.state, 'server', argv, { limited: false });
  const child = spawn(program, args, { stdio: ['ignore', file, 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  closeSync(file);
  return { ended, end: () => child.exitCode === null && child.signalCode === null && kill(child.pid) };
}

function dropPartOfLine(path: string): void {
  const text = readFileSync(path, 'utf8');
  truncateSync(path, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
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

// Running programs inside the lab: in one party's namespaces, and the server's within its share of memory and processor.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Party } from './addresses.ts';
import { descendantsOf } from './processes.ts';
import { isAlive, type LabState, type Pinned } from './state.ts';

export type Argv = readonly [program: string, ...args: string[]];

export interface RunOptions {
  readonly stdin?: string;
  /** Taken as standard input instead; a path on the machine. */
  readonly stdinFile?: string;
  /** What goes to standard output goes there instead; a path on the machine. */
  readonly stdoutFile?: string;
  /** Milliseconds; 60,000 when it is not said. */
  readonly timeoutMs?: number;
  /** Folder to run in; /root when it is not said; the server only. */
  readonly cwd?: string;
  /** Beside PATH, HOME, LANG and TERM; the server only. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: outside the server's share of memory and processor, as if done before it started. */
  readonly limited?: boolean;
  /** Not in the lab's process namespace, so that pids mean what they mean on the machine; not the server. */
  readonly pidsOfMachine?: boolean;
}

export interface RunResult {
  /** Absent when a signal ended it. */
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly ms: number;
}

const ENTER = join(import.meta.dirname, 'enter.sh');
const OUTPUT_MAX = 64 * 1024 * 1024;

/** The argument list that runs a program as this party; what holds for pids holds until it is used. */
export function enterArgv(state: LabState, party: Party, argv: Argv, options: RunOptions = {}): Argv {
  const { pid } = alive(state, party);
  if (party !== 'server') {
    const pids = options.pidsOfMachine ? [] : [`--pid=/proc/${alive(state, 'street').pid}/ns/pid`];
    return ['nsenter', ...pids, `--net=/proc/${pid}/ns/net`, '--', ...argv];
  }
  const groups = options.limited === false ? [] : state.cgroups.map((folder) => join(folder, 'cgroup.procs'));
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    ...[
      'sh',
      ENTER,
      ...badnessOf(state),
      ...groups,
      '--',
      'nsenter',
      '-t',
      `${pid}`,
      '-m',
      '-u',
      '-i',
      '-n',
      '-p',
      '-C',
      '--',
    ],
    ...[
      'env',
      '-i',
      '-C',
      options.cwd ?? '/root',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'LANG=C.UTF-8',
    ],
    ...['TERM=dumb', ...env, ...argv],
  ] as unknown as Argv;
}

function badnessOf({ badness }: LabState): string[] {
  return badness === undefined ? [] : [`badness=${badness}`];
}

/** Runs a program to its end. Daemons that it leaves behind go on, and are not waited for. */
export async function runInside(
  state: LabState,
  party: Party,
  argv: Argv,
  options: RunOptions = {},
): Promise<RunResult> {
  return runProgram(enterArgv(state, party, argv, options), options);
}

async function runProgram(argv: Argv, options: RunOptions): Promise<RunResult> {
  const [program, ...args] = argv;
  const files: number[] = [];
  const open = (path: string, flags: string): number => {
    const file = openSync(path, flags, 0o600);
    files.push(file);
    return file;
  };
  const began = Date.now();
  try {
    const child = spawn(program, args, {
      stdio: [
        options.stdinFile === undefined
          ? options.stdin === undefined
            ? 'ignore'
            : 'pipe'
          : open(options.stdinFile, 'r'),
        options.stdoutFile === undefined ? 'pipe' : open(options.stdoutFile, 'w'),
        'pipe',
      ],
    });
    // A program may end without having read all of it.
    child.stdin?.on('error', () => {}).end(options.stdin);
    return await ended(child, began, options.timeoutMs ?? 60_000);
  } finally {
    files.forEach(closeSync);
  }
}

/** As `runInside`, but anything else than exit code 0 is an error. */
export async function mustRun(state: LabState, party: Party, argv: Argv, options: RunOptions = {}): Promise<string> {
  return outputOf(await runInside(state, party, argv, options), argv, party);
}

/** On the machine itself. */
export async function mustRunOnMachine(argv: Argv): Promise<string> {
  return outputOf(await runProgram(argv, {}), argv, 'machine');
}

function outputOf({ code, stdout, stderr, timedOut }: RunResult, argv: Argv, where: string): string {
  if (code === 0) return stdout;
  const how = timedOut ? 'took too long' : code === undefined ? 'ended by a signal' : `exit ${code}`;
  const said = stderr.trim() || stdout.trim();
  throw new Error(`lab: ${argv.join(' ').slice(0, 200)} failed on the ${where} (${how}): ${said}`);
}

async function ended(child: ChildProcess, began: number, timeoutMs: number): Promise<RunResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < OUTPUT_MAX) stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < OUTPUT_MAX) stderr += text;
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill(child.pid);
  }, timeoutMs);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => clearTimeout(timer));
  // A daemon keeps the pipes open, so that they never close.
  await Promise.race([closed, sleep(200)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { ...(code === null ? {} : { code }), stdout, stderr, timedOut, ms: Date.now() - began };
}

/** Ends a program that was started by `enterArgv`; nsenter itself is only its parent. */
export function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const one of [...descendantsOf(pid).toReversed(), pid]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // Ended by itself.
    }
  }
}

function alive(state: LabState, party: Party): Pinned {
  const pinned = state.processes[party];
  if (pinned === undefined || !isAlive(pinned)) {
    throw new Error(`lab ${state.name}: its ${party} is gone; take it down: npm run lab -- down --name ${state.name}`);
  }
  return pinned;
}

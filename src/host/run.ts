// Runs one program to its end: an argument list, never a shell; bounded in time and in what is kept of its output.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Argv, HostError, type ProgramOptions, type ProgramResult } from '../model/host.ts';
import { unprotected } from './protect.ts';

const TIMEOUT_MS = 10_000;
const OUTPUT_MAX = 1 << 20;
/** From being asked to end to being killed. */
const GRACE_MS = 2000;
/** A daemon that the program started may hold on to its output: waited for no longer than this. */
const DRAIN_MS = 250;
/** Where nft, ss and the like lie; an ordinary user's PATH often lacks them. */
const SYSTEM_PATHS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The program itself is ended after its time, not what it started: a database that starts slowly must not be killed with the
 * script that started it. Messages are in English (LC_ALL=C), because they are read by us.
 * @throws HostError when it can't be started for another reason than that it is missing.
 */
export function runProgram(argv: Argv, options: ProgramOptions = {}): Promise<ProgramResult> {
  const { stdin, timeoutMs = TIMEOUT_MS, outputMax = OUTPUT_MAX } = options;
  const [program] = argv;
  const env = environment();
  return new Promise((resolve, reject) => {
    const child = unprotected(pathOf(program, env.PATH), argv, ([file, ...args]) =>
      spawn(file, args, { cwd: '/', env, shell: false, stdio: 'pipe' }),
    );
    const stdout = kept(child.stdout, outputMax);
    const stderr = kept(child.stderr, outputMax);
    let late = false;
    const timers = [
      setTimeout(() => {
        late = true;
        child.kill('SIGTERM');
      }, timeoutMs),
      setTimeout(() => child.kill('SIGKILL'), timeoutMs + GRACE_MS),
    ];
    const settle = (code: number | null, failure?: ProgramResult['failure']): void => {
      for (const timer of timers) clearTimeout(timer);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      resolve({
        ...(code !== null && { code }),
        stdout: stdout(),
        stderr: stderr(),
        ...(failure !== undefined && { failure }),
      });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      // A failed kill is an error event, too: the end of the program is still to come.
      if (child.pid !== undefined) return;
      if (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR') settle(null, 'missing');
      else {
        settle(null);
        reject(new HostError(`Running ${program}: it could not be started (${error.message}).`));
      }
    });
    let ended = false;
    child.on('exit', (code, signal) => {
      ended = true;
      const failure = late ? 'timeout' : signal !== null ? 'signal' : undefined;
      timers.push(setTimeout(() => settle(late ? null : code, failure), DRAIN_MS));
      child.once('close', () => settle(late ? null : code, failure));
    });
    // It may end, or close its input, before it has read all.
    child.stdin.on('error', () => {});
    if (!ended) child.stdin.end(stdin ?? '');
  });
}

function environment(): NodeJS.ProcessEnv & { PATH: string } {
  const own = (process.env.PATH ?? '').split(':').filter((path) => path.startsWith('/'));
  const paths = [...own, ...SYSTEM_PATHS.filter((path) => !own.includes(path))];
  return { ...process.env, PATH: paths.join(':'), LC_ALL: 'C', LANGUAGE: '' };
}

/** Where execvp(3) would find it; `undefined` when nowhere. */
function pathOf(program: string, paths: string): string | undefined {
  const candidates = program.includes('/') ? [program] : paths.split(':').map((folder) => join(folder, program));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

/** Reads on to the end, so that the program doesn't wait for us, and keeps the beginning. */
function kept(stream: NodeJS.ReadableStream, max: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size >= max) return;
    const part = chunk.subarray(0, max - size);
    chunks.push(part);
    size += part.length;
  });
  stream.on('error', () => {});
  return () => Buffer.concat(chunks).toString('utf8');
}

// For system tests: a host to change at will, in namespaces of its own over this machine's files. Gone with the test at the latest.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Sandbox {
  /** Runs a program to its end, as root, in the sandbox. */
  run(argv: readonly string[], options?: { stdin?: string; timeoutMs?: number }): Ran;
  /** The same; anything but exit code 0 is an error. */
  must(argv: readonly string[], options?: { stdin?: string; timeoutMs?: number }): string;
  /** Leaves it running. */
  spawn(argv: readonly string[]): ChildProcess;
  write(path: string, text: string, mode?: string): void;
  down(): void;
}

export async function startSandbox(): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-sandbox-'));
  const outer = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--kill-child', '--'],
      ...['sh', join(import.meta.dirname, 'sandbox.fixture.sh'), folder],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // unshare ends with this process: an orphan would keep its namespaces.
  const end = (): void => void outer.kill('SIGKILL');
  process.once('exit', end);
  await new Promise<void>((resolve, reject) => {
    outer.stdout.once('data', () => resolve());
    outer.once('exit', (code) => reject(new Error(`the sandbox did not start (exit ${code})`)));
  });
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  const enter = (argv: readonly string[]): string[] => [
    ...['-t', inner, '-m', '-p', '-n', '-u', '-i', '--', 'env', '-i', '-C', '/root', 'HOME=/root', 'LC_ALL=C'],
    ...['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...argv],
  ];
  const sandbox: Sandbox = {
    run(argv, { stdin = '', timeoutMs = 60_000 } = {}) {
      const ran = spawnSync('nsenter', enter(argv), {
        input: stdin,
        encoding: 'utf8',
        timeout: timeoutMs,
        maxBuffer: 64 << 20,
      });
      return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
    },
    must(argv, options) {
      const ran = sandbox.run(argv, options);
      if (ran.code !== 0) throw new Error(`${argv.join(' ')}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
      return ran.stdout;
    },
    spawn: (argv) => spawn('nsenter', enter(argv), { stdio: 'ignore' }),
    write(path, text, mode = '644') {
      sandbox.must(['mkdir', '-p', dirname(path)]);
      sandbox.must(['tee', path], { stdin: text });
      sandbox.must(['chmod', mode, path]);
    },
    down() {
      process.removeListener('exit', end);
      end();
      try {
        rmdirSync(folder);
      } catch {
        // Still busy: it is empty, and in the folder for temporary files.
      }
    },
  };
  return sandbox;
}

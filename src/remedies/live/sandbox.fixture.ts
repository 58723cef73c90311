// For system tests: a host to change at will, in namespaces of its own over this machine's files. Gone with the test at the latest.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

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

const PROJECT = join(import.meta.dirname, '../../..');

/** Enters control groups, then namespaces; a new one for groups only where there are any. */
const ENTER = [
  'script=$1 folder=$2 project=$3; shift 3; init=plain cgroup=',
  'for group; do echo $$ >"$group/cgroup.procs"; init=systemd cgroup=--cgroup; done',
  'exec unshare --mount --pid --net --uts --ipc $cgroup --fork --kill-child -- sh "$script" "$folder" "$project" $init',
].join('\n');

/** `systemd`: it runs the sandbox, as it would a host. */
export async function startSandbox(init: 'plain' | 'systemd' = 'plain'): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-sandbox-'));
  const groups = init === 'systemd' ? makeGroups(basename(folder)) : [];
  const script = join(import.meta.dirname, 'sandbox.fixture.sh');
  const outer = spawn('sh', ['-c', ENTER, 'sh', script, folder, PROJECT, ...groups], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // unshare ends with this process: an orphan would keep its namespaces.
  const end = (): void => void outer.kill('SIGKILL');
  process.once('exit', end);
  await new Promise<void>((resolve, reject) => {
    outer.stdout.once('data', () => resolve());
    outer.once('exit', (code) => reject(new Error(`the sandbox did not start (exit ${code})`)));
  });
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  const enter = (argv: readonly string[]): string[] => [
    ...[
      '-t',
      inner,
      '-m',
      '-p',
      '-n',
      '-u',
      '-i',
      ...(init === 'systemd' ? ['-C'] : []),
      '--',
      'env',
      '-i',
      '-C',
      '/root',
      'HOME=/root',
      'LC_ALL=C',
    ],
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
      // The kernel ends what is inside, one after another.
      for (let tries = 0; tries < 50 && !groups.every(removeGroup); tries++) spawnSync('sleep', ['0.1']);
      try {
        rmdirSync(folder);
      } catch {
        // Still busy: it is empty, and in the folder for temporary files.
      }
    },
  };
  if (init === 'systemd') {
    for (
      let tries = 0;
      tries < 100 && sandbox.run(['systemctl', 'is-system-running']).stdout.trim() !== 'running';
      tries++
    )
      spawnSync('sleep', ['0.1']);
  }
  return sandbox;
}

/** Where systemd keeps its units: in version 2 of control groups, and in a hierarchy of its own where version 1 is mounted. */
function makeGroups(name: string): string[] {
  const tops = existsSync('/sys/fs/cgroup/cgroup.controllers')
    ? ['/sys/fs/cgroup']
    : ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'].filter(existsSync);
  return tops.map((top) => {
    mkdirSync(join(top, name));
    return join(top, name);
  });
}

/** @returns false as long as something is in it. */
function removeGroup(folder: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    for (const one of readdirSync(folder, { withFileTypes: true }))
      if (one.isDirectory()) removeGroup(join(folder, one.name));
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

// For system tests: a server and a client in namespaces of their own, joined by a wire. Gone with the test at the latest.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SERVER = { 4: '198.51.100.1', 6: '2001:db8:1::1' } as const;
export const CLIENT = { 4: '198.51.100.7', 6: '2001:db8:1::7' } as const;
/** Another address of the client. */
export const OTHER = '198.51.100.8';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SmallNetwork {
  /** Private; on the machine's own disk. */
  readonly folder: string;
  /** Runs a program to its end on the server, or at the client. */
  run(where: 'server' | 'client', argv: readonly string[], env?: Readonly<Record<string, string>>, stdin?: string): Ran;
  /** The same, without waiting. */
  start(where: 'server' | 'client', argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  down(): void;
}

const SCRIPT = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mount -t proc proc /proc
mkdir -p /run/sshd /run/netns
ip netns add client
ip link set lo up
ip link add wire type veth peer name wire netns client
ip addr add ${SERVER[4]}/24 dev wire
ip -6 addr add ${SERVER[6]}/64 dev wire nodad
ip link set wire up
ip -n client link set lo up
ip -n client addr add ${CLIENT[4]}/24 dev wire
ip -n client addr add ${OTHER}/24 dev wire
ip -n client -6 addr add ${CLIENT[6]}/64 dev wire nodad
ip -n client link set wire up
echo ready
while :; do sleep 0.5; done`;

export async function smallNetwork(): Promise<SmallNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-firewall-'));
  const outer = spawn('unshare', ['--mount', '--net', '--pid', '--fork', '--kill-child', '--', 'sh', '-c', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // unshare ends with this process: an orphan would keep its namespaces.
  const end = (): void => {
    outer.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  await new Promise<void>((resolve, reject) => {
    outer.stdout.once('data', () => resolve());
    outer.once('exit', (code) => reject(new Error(`the namespaces could not be made (exit ${code})`)));
  });
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  const entered = (where: 'server' | 'client', argv: readonly string[], env: Readonly<Record<string, string>>) => {
    const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', ...rest } = env;
    const assigned = Object.entries({ HOME: '/root', LC_ALL: 'C', PATH, ...rest }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const at = where === 'client' ? ['ip', 'netns', 'exec', 'client'] : [];
    return ['-t', inner, '-m', '-p', '-n', '--', 'env', '-i', ...assigned, ...at, ...argv];
  };
  return {
    folder,
    run(where, argv, env = {}, stdin = '') {
      const ran = spawnSync('nsenter', entered(where, argv, env), {
        input: stdin,
        encoding: 'utf8',
        timeout: 60_000,
        maxBuffer: 64 << 20,
      });
      return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
    },
    start(where, argv, env = {}) {
      const child = spawn('nsenter', entered(where, argv, env), { stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => {
        stdout += chunk;
      });
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      return new Promise((resolve) => {
        child.once('close', (code) => resolve({ code, stdout, stderr }));
      });
    },
    down() {
      process.removeListener('exit', end);
      end();
    },
  };
}

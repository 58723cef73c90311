// The lab itself: a real site that is up in seconds, and gone without a trace.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../src/diagnosis/index.ts';
import { readDossier } from '../src/sources/dossier.ts';
import { findSymptoms } from '../src/symptoms/index.ts';
import { THIRD } from './addresses.ts';
import { type Lab, startLab } from './index.ts';
import type { RunResult } from './inside.ts';
import { allPids, waitUntil } from './processes.ts';
import { rehearse } from './rehearse.ts';
import { pingbackFlood } from './scenarios/attacks.ts';
import { readState, stateNames } from './state.ts';
import { sweep } from './world.ts';

/** What a lab could leave on the machine; each place changes by others too, so only names of labs count. */
function traces(name: string): string[] {
  const groups = ['memory', 'cpuset', 'unified', '.'].flatMap((folder) => {
    const path = `/sys/fs/cgroup/${folder}`;
    return existsSync(path) ? readdirSync(path).map((group) => `${path}/${group}`) : [];
  });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [...groups, ...mounts, ...(existsSync('/run/seawall-lab') ? readdirSync('/run/seawall-lab') : [])].filter(
    (trace) => trace.includes(name),
  );
}

/** The namespaces that these processes stand in. */
function namespacesOf(pids: readonly number[]): Set<string> {
  const found = new Set<string>();
  for (const pid of pids) {
    for (const kind of ['net', 'mnt', 'pid', 'uts', 'ipc', 'cgroup']) {
      try {
        found.add(readlinkSync(`/proc/${pid}/ns/${kind}`));
      } catch {
        // It ended, or is a zombie.
      }
    }
  }
  return found;
}

/** Those that a lab has made. */
function ownNamespaces(name: string): string[] {
  const machine = namespacesOf([process.pid]);
  const pids = Object.values(readState(name)?.processes ?? {}).map(({ pid }) => pid);
  return [...namespacesOf(pids)].filter((one) => !machine.has(one));
}

/** Whether no process of the machine stands in any of them. */
function gone(namespaces: readonly string[]): boolean {
  const now = namespacesOf(allPids());
  return namespaces.length > 0 && namespaces.every((one) => !now.has(one));
}

describe('a lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.down());

  it('serves a real WordPress to its visitors, by IPv4 and IPv6', async () => {
    const page = await lab.visit('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Example Bakery');
    const six = await lab.visit('/?p=5', { source: '2001:db8:cafe::7', target: '2001:db8:1::10' });
    expect(six.status).toBe(200);
  });

  it('logs them with their own addresses', async () => {
    const { stdout } = await lab.run(['cat', '/var/log/apache2/access.log']);
    expect(stdout).toContain('198.51.100.7 - - [');
    expect(stdout).toContain('2001:db8:cafe::7 - - [');
  });

  it('shows the server only its own processes and its own memory limit', async () => {
    const { stdout } = await lab.run(['ps', '-eo', 'pid,comm']);
    expect(stdout).toMatch(/^ +1 tini$/m);
    expect(stdout).toContain('mariadbd');
    expect(stdout).not.toContain('vitest');
    const limit = await lab.run([
      'sh',
      '-c',
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max',
    ]);
    expect(limit.stdout.trim()).toBe(`${512 * 1024 * 1024}`);
  });

  it('keeps what the server writes from the machine', async () => {
    const { code } = await lab.run(['sh', '-c', 'echo mine >/etc/seawall-lab-was-here && rm /etc/debian_version']);
    expect(code).toBe(0);
    expect(existsSync('/etc/seawall-lab-was-here')).toBe(false);
    expect(existsSync('/etc/debian_version')).toBe(true);
  });

  it('knows a host that swallows packets and one that refuses, and none beyond', async () => {
    const call = (address: string): Promise<RunResult> =>
      lab.run(['curl', '-s', '--max-time', '2', `http://${address}/`], { timeoutMs: 10_000 });
    const [silent, refusing, beyond] = await Promise.all([
      call(THIRD.silent),
      call(THIRD.refusing),
      call('100.64.0.1'),
    ]);
    // curl(1), exit codes: 28 is a time-out, 7 a refusal.
    expect([silent.code, refusing.code, beyond.code]).toEqual([28, 7, 7]);
  });

  it('sends to no other address, and from no other place', async () => {
    await expect(lab.visit('/', { target: '192.0.2.1' })).rejects.toThrow('only to the lab');
    await expect(lab.visit('/', { source: '127.0.0.1' })).rejects.toThrow('only from the lab');
  });
});

describe('a lab leaves nothing behind', () => {
  it('when it is taken down, once or twice', async () => {
    const lab = await startLab({ web: 'nginx-fpm', memoryMb: 256 });
    const { name } = lab.state;
    expect(traces(name)).not.toEqual([]);
    const during = ownNamespaces(name);
    expect(during.length).toBeGreaterThan(7);
    await lab.down();
    await lab.down();
    expect(traces(name)).toEqual([]);
    expect(gone(during)).toBe(true);
  });

  it('when whoever started it is killed', async () => {
    const owner = await startElsewhere();
    const during = ownNamespaces(owner.name);
    expect(traces(owner.name)).not.toEqual([]);
    process.kill(owner.pid, 'SIGKILL');
    expect(await waitUntil(() => traces(owner.name).length === 0 && gone(during), 10_000)).toBe(true);
  });

  it('when its keeper is killed too, as soon as any lab is started or taken down', async () => {
    const owner = await startElsewhere();
    const during = ownNamespaces(owner.name);
    const keeper = readState(owner.name)?.processes.keeper;
    process.kill(keeper?.pid ?? 0, 'SIGKILL');
    process.kill(owner.pid, 'SIGKILL');
    await waitUntil(() => allPids().every((pid) => pid !== owner.pid), 5_000);
    expect(await sweep()).toContain(owner.name);
    expect(traces(owner.name)).toEqual([]);
    expect(gone(during)).toBe(true);
  });
});

describe('a scenario that is interrupted', () => {
  it('ends in order, and takes its lab away', async () => {
    const before = new Set(stateNames());
    const command = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'run.ts'), 'scenario'];
    const child = spawn(process.execPath, [...command, 'slow-backend', '--lead', '1', '--seconds', '60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await waitUntil(() => said.includes('slow-backend for'), 20_000);
    const [name = ''] = stateNames().filter((one) => !before.has(one));
    expect(traces(name)).not.toEqual([]);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(traces(name)).toEqual([]);
  });
});

describe('the pingback flood', () => {
  it('makes the kernel kill the database, and its recording names who did it', { timeout: 90_000 }, async () => {
    const lab = await startLab(pingbackFlood.lab);
    const folder = mkdtempSync(join(tmpdir(), 'seawall-lab-test-'));
    try {
      const recordTo = join(folder, 'recording');
      const { kills, visits } = await rehearse(lab, pingbackFlood, { leadSeconds: 5, seconds: 25, recordTo });
      expect(kills[0]?.program).toBe('mariadbd');
      expect(visits.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
      const dossier = await readDossier({ paths: [recordTo], now: Date.now() });
      expect(dossier.notRecognised).toEqual([]);
      const symptoms = findSymptoms(dossier);
      const ids = symptoms.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['oom-kill', 'database-killed', 'memory-exhausted', 'worker-pileup']));
      const { cause, culprits } = diagnose(dossier, symptoms);
      expect(culprits.map(({ id }) => id)).toEqual(['203.0.113.66']);
      // On a busy machine the database dies before enough calls to the third party tell that they are pingbacks.
      expect(['pingback-abuse', 'request-flood']).toContain(cause);
    } finally {
      await lab.down();
      rmSync(folder, { recursive: true });
    }
  });
});

/** A lab whose owner is another process. */
async function startElsewhere(): Promise<{ readonly pid: number; readonly name: string }> {
  const script = `
    const { startLab } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const { state } = await startLab();
    console.log(state.name);
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, name: text.toString().trim() };
}

// The lab itself: a real site that is up in seconds, and gone without a trace.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDossier } from '../src/sources/dossier.ts';
import { findSymptoms } from '../src/symptoms/index.ts';
import { type Lab, startLab } from './index.ts';
import { allPids, waitUntil } from './processes.ts';
import { rehearse } from './rehearse.ts';
import { pingbackFlood } from './scenarios/attacks.ts';
import { readState } from './state.ts';
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

/** Namespaces of all processes of the machine. */
function namespaces(): Set<string> {
  const found = new Set<string>();
  for (const pid of allPids()) {
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

  it('sends to no other address, and from no other place', async () => {
    await expect(lab.visit('/', { target: '192.0.2.1' })).rejects.toThrow('only to the lab');
    await expect(lab.visit('/', { source: '127.0.0.1' })).rejects.toThrow('only from the lab');
  });
});

describe('a lab leaves nothing behind', () => {
  it('when it is taken down, once or twice', async () => {
    const before = namespaces();
    const lab = await startLab({ web: 'nginx-fpm', memoryMb: 256 });
    const { name } = lab.state;
    expect(traces(name)).not.toEqual([]);
    const during = added(before);
    expect(during.length).toBeGreaterThan(7);
    await lab.down();
    await lab.down();
    expect(traces(name)).toEqual([]);
    expect(gone(during)).toBe(true);
  });

  it('when whoever started it is killed', async () => {
    const before = namespaces();
    const owner = await startElsewhere();
    const during = added(before);
    expect(traces(owner.name)).not.toEqual([]);
    process.kill(owner.pid, 'SIGKILL');
    expect(await waitUntil(() => traces(owner.name).length === 0 && gone(during), 10_000)).toBe(true);
  });

  it('when its keeper is killed too, as soon as any lab is started or taken down', async () => {
    const before = namespaces();
    const owner = await startElsewhere();
    const during = added(before);
    const keeper = readState(owner.name)?.processes.keeper;
    process.kill(keeper?.pid ?? 0, 'SIGKILL');
    process.kill(owner.pid, 'SIGKILL');
    await waitUntil(() => allPids().every((pid) => pid !== owner.pid), 5_000);
    expect(await sweep()).toContain(owner.name);
    expect(traces(owner.name)).toEqual([]);
    expect(gone(during)).toBe(true);
  });
});

describe('the pingback flood', () => {
  it('makes the kernel kill the database, and its recording shows it', { timeout: 90_000 }, async () => {
    const lab = await startLab(pingbackFlood.lab);
    const folder = mkdtempSync(join(tmpdir(), 'seawall-lab-test-'));
    try {
      const recordTo = join(folder, 'recording');
      const { kills, visits } = await rehearse(lab, pingbackFlood, { leadSeconds: 5, seconds: 25, recordTo });
      expect(kills[0]?.program).toBe('mariadbd');
      expect(visits.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
      const dossier = await readDossier({ paths: [recordTo], now: Date.now() });
      expect(dossier.notRecognised).toEqual([]);
      const ids = findSymptoms(dossier).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['oom-kill', 'database-killed', 'memory-exhausted', 'worker-pileup']));
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

function added(before: ReadonlySet<string>): string[] {
  return [...namespaces()].filter((one) => !before.has(one));
}

function gone(namespacesOfLab: readonly string[]): boolean {
  const now = namespaces();
  return namespacesOfLab.every((one) => !now.has(one));
}

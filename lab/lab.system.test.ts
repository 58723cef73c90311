// The lab itself: a real site that is up in seconds, and gone without a trace.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './index.ts';
import { allPids } from './processes.ts';

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

it('leaves nothing behind', async () => {
  const before = namespaces();
  const lab = await startLab({ web: 'nginx-fpm', memoryMb: 256 });
  const { name } = lab.state;
  expect(traces(name)).not.toEqual([]);
  const during = [...namespaces()].filter((one) => !before.has(one));
  expect(during.length).toBeGreaterThan(7);
  await lab.down();
  await lab.down();
  expect(traces(name)).toEqual([]);
  const after = namespaces();
  expect(during.filter((one) => after.has(one))).toEqual([]);
});

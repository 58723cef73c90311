// What must hold of the joint to the machine: nothing hangs, nothing is half-written, nobody else's process is hit.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { HostError } from '../model/host.ts';
import { liveHost } from './index.ts';
import { startOf } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const state = (text: string, mode = 0o640) => ({
  content: Buffer.from(text).toString('base64'),
  mode,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
});

describe('a program', () => {
  it('gets its arguments as they are, without a shell, and its input', async () => {
    const hostile = '$(touch /tmp/never); `id` "\' \\ \n*';
    const left = await liveHost.run(['printf', '%s', hostile]);
    expect(left).toEqual({ code: 0, stdout: hostile, stderr: '' });
    expect((await liveHost.run(['cat'], { stdin: 'a\nb' })).stdout).toBe('a\nb');
  });

  it('tells how it failed', async () => {
    expect(await liveHost.run(['sh', '-c', 'echo no >&2; exit 7'])).toEqual({ code: 7, stdout: '', stderr: 'no\n' });
    expect((await liveHost.run(['seawall-no-such-program'])).failure).toBe('missing');
    const killed = await liveHost.run(['sh', '-c', 'kill -9 $$']);
    expect(killed.failure).toBe('signal');
    expect(killed.code).toBeUndefined();
  });

  it('is ended after its time, also when it does not want to', async () => {
    const begin = Date.now();
    expect((await liveHost.run(['sleep', '30'], { timeoutMs: 100 })).failure).toBe('timeout');
    const stubborn = await liveHost.run(['sh', '-c', "trap '' TERM; echo here; while :; do sleep 0.1; done"], {
      timeoutMs: 300,
    });
    expect(stubborn).toEqual({ stdout: 'here\n', stderr: '', failure: 'timeout' });
    expect(Date.now() - begin).toBeLessThan(8000);
  });

  it('does not keep us waiting for a daemon that holds on to its output', async () => {
    const begin = Date.now();
    const left = await liveHost.run(['sh', '-c', 'sleep 5 & echo started']);
    expect(left).toEqual({ code: 0, stdout: 'started\n', stderr: '' });
    expect(Date.now() - begin).toBeLessThan(4000);
  });

  it('may print without end: only the beginning is kept', async () => {
    const left = await liveHost.run(['sh', '-c', 'yes | head -c 3000000; echo end >&2'], { outputMax: 1000 });
    expect(left.stdout).toHaveLength(1000);
    expect(left.stderr).toBe('end\n');
  });

  it('leaves no zombie', async () => {
    await Promise.all(Array.from({ length: 5 }, () => liveHost.run(['true'])));
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const zombies = children.filter((pid) => pid !== '' && / Z /.test(liveHost.readText(`/proc/${pid}/stat`) ?? ''));
    expect(zombies).toEqual([]);
  });
});

describe('a file', () => {
  it('is read up to a bound, of /proc too, and absent when it is not there', () => {
    expect(liveHost.readText('/proc/self/stat')).toMatch(/^\d+ \(/);
    expect(liveHost.readText('/proc/self/status', 5)).toBe('Name:');
    expect(liveHost.readText(join(folder, 'none'))).toBeUndefined();
    expect(liveHost.readText('/proc/self/stat/below')).toBeUndefined();
    expect(liveHost.list(join(folder, 'none'))).toBeUndefined();
    expect(liveHost.fileState(join(folder, 'none'))).toBeUndefined();
    expect(() => liveHost.readText(folder)).toThrow(HostError);
    expect(() => liveHost.fileState('/dev/null')).toThrow(/regular file/);
  });

  it('is written with its mode and read back as it was, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0o600, 0o644, 0o755), (bytes, mode) => {
        const path = join(folder, 'bytes');
        const wanted = { ...state('', mode), content: Buffer.from(bytes).toString('base64') };
        liveHost.writeFile(path, wanted);
        expect(liveHost.fileState(path)).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
    liveHost.removeFile(join(folder, 'bytes'));
    liveHost.removeFile(join(folder, 'bytes'));
    expect(liveHost.fileState(join(folder, 'bytes'))).toBeUndefined();
  });

  it('keeps a symbolic link, there or dangling, and changes its target', () => {
    const target = join(folder, 'target.conf');
    symlinkSync('target.conf', join(folder, 'link.conf'));
    liveHost.writeFile(join(folder, 'link.conf'), state('one'));
    expect(readFileSync(target, 'utf8')).toBe('one');
    liveHost.writeFile(join(folder, 'link.conf'), state('two'));
    expect(readFileSync(target, 'utf8')).toBe('two');
    expect(lstatSync(join(folder, 'link.conf')).isSymbolicLink()).toBe(true);
    liveHost.removeFile(join(folder, 'link.conf'));
    expect(lstatSync(join(folder, 'link.conf')).isSymbolicLink()).toBe(true);
  });

  it('leaves nothing beside it, and takes away what a crash left', () => {
    writeFileSync(join(folder, '.again.seawall-new'), 'half');
    liveHost.writeFile(join(folder, 'again'), state('whole'));
    expect(readFileSync(join(folder, 'again'), 'utf8')).toBe('whole');
    writeFileSync(join(folder, '.again.seawall-new'), 'half');
    liveHost.tidyFile(join(folder, 'again'));
    expect(readFileSync(join(folder, 'again'), 'utf8')).toBe('whole');
    expect(readdirSync(folder).filter((name) => name.includes('seawall-new'))).toEqual([]);
  });

  it('that cannot be written is named, with the reason', () => {
    expect(() => liveHost.writeFile('/proc/seawall/x', state(''))).toThrow(/Writing \/proc\/seawall\/x: ENOENT/);
  });

  it('gets its folder made', () => {
    liveHost.makeFolder(join(folder, 'a/b'), 0o700);
    liveHost.makeFolder(join(folder, 'a/b'), 0o700);
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700);
    chmodSync(join(folder, 'a/b'), 0o755);
  });
});

describe('a process', () => {
  it('is known by its start, whatever its name', () => {
    const rest = 'S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 250';
    expect(startOf(`42 (sh) ${rest}`)).toBe(987654);
    expect(startOf(`42 (a) R 1 (b) ${rest}`)).toBe(987654);
    expect(startOf(`42 (sh) ${rest.replace('S', 'Z')}`)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => startOf(text) === undefined || Number.isInteger(startOf(text))));
    expect(liveHost.process(process.pid)?.pid).toBe(process.pid);
    expect(liveHost.process(4_194_305)).toBeUndefined();
  });

  it('is signalled only when it is the very one', async () => {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    const known = liveHost.process(child.pid ?? 0);
    if (known === undefined) throw new Error('no process');
    expect(liveHost.signal({ ...known, startTicks: known.startTicks - 1 }, 'SIGKILL')).toBe(false);
    expect(liveHost.process(known.pid)).toEqual(known);
    expect(liveHost.signal(known, 'SIGTERM')).toBe(true);
    expect(await ended).toBe('SIGTERM');
    expect(liveHost.signal(known, 'SIGKILL')).toBe(false);
  });

  it.each([0, 1, -1, -42, 1.5, Number.NaN, process.pid])('%s is never signalled', (pid) => {
    expect(() => liveHost.signal({ pid, startTicks: 1 }, 'SIGKILL')).toThrow(HostError);
  });
});

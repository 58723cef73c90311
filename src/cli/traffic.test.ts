import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { trafficSchema } from '../report/traffic-schema.ts';
import { trafficCommand } from './traffic.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'seawall-traffic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = ['--disable-warning=ExperimentalWarning', join(ROOT, 'src/cli/main.ts'), 'traffic'];
const LOG = join(ROOT, 'cases/pingback-flood/logs/access.log');

/** The program from its sources, as `bin/seawall` runs the built one. */
function traffic(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    timeout: 20_000,
    env: { ...process.env, TZ: 'UTC' },
  });
  return { status, stdout, stderr };
}

describe('seawall traffic', () => {
  it('tells who asks for what at what cost', () => {
    const { status, stdout, stderr } = traffic([LOG]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ TRAFFIC\n 22 Nov 2026, from 10:04:42 to 10:10:44, times in UTC/);
    expect(stdout).toMatch(/\n +77 % +4,446 +138 .* 203\.0\.113\.66\n/);
    expect(stdout).toContain('claims ExampleBot');
  });

  it('reads standard input when no log is named, and tells it as data', () => {
    const { status, stdout } = traffic(
      ['--json', '--by', 'status', '--top', '1'],
      '203.0.113.7 - - [22/Nov/2026:10:06:14 +0000] "GET / HTTP/1.1" 200 5321 "-" "curl/8"\n'.repeat(9),
    );
    expect(status).toBe(0);
    const data = trafficSchema.parse(JSON.parse(stdout));
    expect(data.tables).toMatchObject([{ by: ['status'], rows: [{ key: ['200'], requests: 9, addresses: 1 }] }]);
  });

  it('keeps to the filters, and says when nothing is left', () => {
    const { stdout } = traffic([LOG, '--status', '5xx', '--method', 'POST', '--csv', '--by', 'source']);
    expect(stdout.split('\r\n')[1]).toMatch(/^203\.0\.113\.66,/);
    const none = traffic([LOG, '--path', '/nowhere']);
    expect([none.status, none.stdout]).toEqual([3, '']);
    expect(none.stderr).toContain(
      'no request matches: 445 lines of 1 log read, and the filters left out all 445 requests',
    );
    const late = traffic([LOG, '--since', '2027-01-01']);
    expect(late.status).toBe(3);
    expect(late.stderr).toContain('and no request in the time asked for.');
    expect(late.stderr).toContain('445 requests outside of the time asked for left out');
  });

  it('exits with 2 for what makes no sense or is no log, and says what to do', () => {
    writeFileSync(join(folder, 'diary.txt'), 'Dear diary\n');
    for (const [args, message] of [
      [['diary.txt'], 'traffic: no access log there.\n  diary.txt: no access log'],
      [['nowhere.log'], 'nowhere.log: no such file or folder'],
      [[LOG, '--status', 'bad'], '--status bad: no status'],
      [[LOG, '--by', 'colour'], 'Give one or two of source'],
      [['--follow', 'diary.txt/access.log'], 'no such file, and no folder'],
    ] as const) {
      const { status, stdout, stderr } = traffic(args);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect([status, stdout]).toEqual([2, '']);
    }
  });

  it('exits with 3 for a log without a line', () => {
    writeFileSync(join(folder, 'new.log'), '');
    const { status, stdout, stderr } = traffic(['new.log']);
    expect([status, stdout, stderr]).toEqual([3, '', 'seawall: nothing to tell: new.log: empty.\n']);
  });

  it('says when what it has to say found no room', () => {
    const args = [process.execPath, ...PROGRAM, LOG, '--json'].map((word) => `'${word}'`).join(' ');
    const { status, stderr } = spawnSync('sh', ['-c', `${args} >/dev/full`], { encoding: 'utf8', timeout: 20_000 });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^seawall: can't write to standard output: ENOSPC/);
  });

  it('asks DNS about robots only when it is told to', async () => {
    const path = join(folder, 'robots.log');
    writeFileSync(
      path,
      '192.0.2.9 - - [22/Nov/2026:10:06:14 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (compatible; Googlebot/2.1)"\n'.repeat(
        9,
      ),
    );
    const names = { reverse: vi.fn(async () => ['crawl.googlebot.com']), addresses: vi.fn(async () => ['192.0.2.9']) };
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const written = async (options: object) => {
      write.mockClear();
      expect(await trafficCommand([path], options, names)).toBe(0);
      return write.mock.calls.map(([text]) => String(text)).join('');
    };
    try {
      expect(await written({ width: '120' })).toContain('claims Googlebot, NOT proved');
      expect(names.reverse).not.toHaveBeenCalled();
      expect(await written({ width: '120', verifyBots: true })).toContain(
        'claims Googlebot, proved by DNS (googlebot.com)',
      );
    } finally {
      write.mockRestore();
    }
  });

  it('ends without a word when nobody reads on', () => {
    const args = [process.execPath, ...PROGRAM, LOG, '--json'].map((word) => `'${word}'`).join(' ');
    const { stdout, stderr } = spawnSync('sh', ['-c', `${args} | head -c 1`], { encoding: 'utf8', timeout: 20_000 });
    expect([stdout, stderr]).toEqual(['{', '']);
  });

  it('follows until it is told to end, and ends in good order', async () => {
    const program = spawn(process.execPath, [...PROGRAM, '--follow', LOG], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const first = await new Promise<string>((resolve) =>
      program.stdout.once('data', (chunk) => resolve(String(chunk))),
    );
    expect(first).toMatch(/^\d\d:\d\d:\d\d 0 requests\/s/);
    program.kill('SIGTERM');
    expect(await new Promise((resolve) => program.once('exit', resolve))).toBe(0);
  });
});

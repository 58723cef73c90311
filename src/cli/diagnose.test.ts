import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { version } from './version.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'seawall-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program from its sources, as `bin/seawall` runs the built one. */
function seawall(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'src/cli/main.ts'), ...args],
    { cwd: folder, encoding: 'utf8', input, env: { ...process.env, TZ: 'UTC', ...env }, maxBuffer: 64 * 1024 * 1024 },
  );
  return { status, stdout, stderr };
}

const FLOOD = join(ROOT, 'cases/pingback-flood');
const HEALTHY = join(ROOT, 'cases/none-healthy-recording');
const OPEN = join(ROOT, 'cases/unknown-503-access-log-only');
const LINE = '203.0.113.7 - - [22/Nov/2026:10:06:14 +0000] "GET / HTTP/1.1" 200 5321 "-" "curl/8"\n';

describe('the exit code', () => {
  it('is 0 when nothing is wrong, 1 when it was said what, 3 when the evidence does not decide', () => {
    expect(seawall(['diagnose', HEALTHY]).status).toBe(0);
    expect(seawall(['diagnose', FLOOD]).status).toBe(1);
    expect(seawall(['diagnose', OPEN]).status).toBe(3);
  });

  it.each([
    [['diagnose', 'cases/pingback-flood', '--watch', '3s'], 'only a live host is watched'],
    [['diagnose', '--watch', 'long'], 'give a time such as 10s'],
    [['diagnose', '--until', '1h'], 'looked at until now'],
    [['diagnose', 'nowhere.log'], 'nowhere.log: no such file or folder'],
    [['diagnose', FLOOD, '--since', 'yesterday'], '--since yesterday: no such time'],
    [['diagnose', FLOOD, '--since', '2026-11-23', '--until', '2026-11-22'], 'nothing lies between'],
    [['diagnose', FLOOD, '--year', '26'], '--year 26: no such year'],
    [['diagnose', FLOOD, '--timezone', 'Mars/Olympus'], '--timezone Mars/Olympus: no such zone'],
    [['diagnose', FLOOD, '--log-format', '%Q nonsense'], '--log-format:'],
    [['diagnose', FLOOD, '--width', '10'], '--width 10: give a number of columns'],
    [['diagnose', FLOOD, '--json', '--markdown'], '--json and --markdown'],
    [['diagnose', FLOOD, '--html', '/nowhere/report.html'], '--html /nowhere/report.html: cannot be written'],
    [['diagnose', FLOOD, '--trusted-proxy', 'cdn.example'], '--trusted-proxy cdn.example'],
    [['diagnoze'], 'unknown command'],
    [['diagnose', FLOOD, '--colour'], "unknown option '--colour'"],
  ])('is 2 for %j, and says what to do', (args, message) => {
    const { status, stdout, stderr } = seawall(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('is 2 for a folder without anything that is known, and lists what it holds', () => {
    mkdirSync(join(folder, 'odd'));
    writeFileSync(join(folder, 'odd/holiday.txt'), 'Dear diary\n');
    writeFileSync(join(folder, 'odd/empty.log'), '');
    const { status, stderr } = seawall(['diagnose', 'odd']);
    expect(status).toBe(2);
    expect(stderr).toContain('odd/holiday.txt: no known format fits');
    expect(stderr).toContain('odd/empty.log: empty');
  });
});

describe('the report', () => {
  it('is read from standard input as well', () => {
    const { status, stdout } = seawall(['diagnose', '-', '--json'], LINE.repeat(20));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { cause: 'none' }, sources: [{ path: '-', lines: 20 }] });
  });

  it('has no colours and no progress where there is no terminal', () => {
    const { stdout, stderr } = seawall(['diagnose', FLOOD], '', { FORCE_COLOR: '1' });
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('');
  });

  it('is also a page and a write-up', () => {
    const { stdout } = seawall(['diagnose', FLOOD, '--markdown', '--html', 'report.html']);
    expect(stdout).toMatch(/^# Pingback abuse on web1/);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<h1');
  });

  it('keeps to the window that was asked for', () => {
    const before = seawall(['diagnose', FLOOD, '--until', '2026-11-22T10:06:00Z', '--json']);
    expect(JSON.parse(before.stdout).verdict.culprits ?? []).toEqual([]);
    expect(JSON.parse(before.stdout).culprits).toEqual([]);
  });
});

it('help and version are said without an error', () => {
  expect(seawall(['--help'])).toMatchObject({ status: 0, stderr: '' });
  expect(seawall(['--version']).stdout).toBe(`${version()}\n`);
});

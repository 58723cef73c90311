// `seawall capture` on a real WordPress under attack: it says what they send, the site works on, and nothing of it stays.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVER } from './addresses.ts';
import { type Lab, startLab } from './index.ts';

const MAIN = join(import.meta.dirname, '../src/cli/main.ts');
const SEAWALL = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN] as const;
const SITE = '/usr/share/wordpress';
const MU_PLUGINS = '/var/lib/wordpress/wp-content/mu-plugins';
const ATTACKER = '203.0.113.66';

interface Report {
  readonly kind: string;
  readonly requests: number;
  readonly logins: number;
  readonly users: readonly { readonly name: string }[];
  readonly victims: readonly { readonly name: string; readonly count: number }[];
  readonly senders: readonly { address: string; kind: string; refused?: number; accepted?: number; requests: number }[];
}

describe('seawall capture', () => {
  let lab: Lab;
  /** Every file that a capture may touch, with what is in it. */
  let before: string;

  const shell = async (script: string): Promise<string> =>
    (await lab.run(['sh', '-c', script], { limited: false })).stdout;
  const seawall = (args: readonly string[]) => lab.run([...SEAWALL, ...args], { limited: false, timeoutMs: 90_000 });
  const siteNow = (): Promise<string> =>
    shell(
      `find ${SITE} ${MU_PLUGINS} -maxdepth 1 -type f -printf '%p %m %u %g %s\\n' | sort; cat ${MU_PLUGINS}/*.php | sha256sum`,
    );
  const waitFor = async (script: string): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      if ((await lab.run(['sh', '-c', script], { limited: false })).code === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`never came true: ${script}`);
  };
  const isIn = `ls ${MU_PLUGINS}/000-seawall-capture-*.php`;

  beforeAll(async () => {
    lab = await startLab({ memoryMb: 2048, maxRequestWorkers: 25 });
    before = await siteNow();
  });
  afterAll(() => lab?.down());

  /** Captures while these attack; fails when it takes longer than a minute. */
  async function captured(actors: Parameters<Lab['attack']>[0], args: readonly string[]): Promise<Report> {
    const capture = seawall(['capture', '--site', SITE, '--yes', '--json', '--for', '30s', ...args]);
    await waitFor(args.includes('user-ini') ? `test -e ${SITE}/.user.ini` : isIn);
    const attack = lab.attack(actors, 14);
    try {
      const { stdout, stderr, code } = await capture;
      expect(stderr).toBe('');
      expect(code, stdout).toBe(1);
      return JSON.parse(stdout) as Report;
    } finally {
      await attack.stop();
    }
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await siteNow()).toBe(before);
    expect(await shell('find /var/lib/seawall-captures -name "requests*" -o -name "tally*"')).toBe('');
    const hits = await lab.run([
      'grep',
      '-rlE',
      'letmein|correct horse',
      '/var/lib/seawall',
      '/var/lib/seawall-captures',
    ]);
    expect(hits.stdout).toBe('');
  }

  it('tells guesses from the app that works, by their bodies and by what WordPress says', async () => {
    const report = await captured(
      [
        { actor: 'xmlrpc-guess', perSecond: 1, sources: [ATTACKER] },
        // From among the attackers' addresses, so that its own alone doesn't tell it.
        { actor: 'phone-app', perSecond: 0.5, sources: ['203.0.113.99'] },
      ],
      ['--count', '14'],
    );
    expect(report.kind).toBe('passwords');
    expect(report.users.map(({ name }) => name)).toEqual(['admin']);
    const by = new Map(report.senders.map((sender) => [sender.address, sender]));
    expect(by.get(ATTACKER)).toMatchObject({ kind: 'passwords', accepted: 0 });
    expect(by.get(ATTACKER)?.refused).toBeGreaterThanOrEqual(5);
    expect(by.get('203.0.113.99')).toMatchObject({ kind: 'client', refused: 0 });
    await expectNothingLeft();
  });

  it('tells guesses at wp-login.php', async () => {
    const report = await captured(
      [{ actor: 'login-guess', perSecond: 1.2, sources: [ATTACKER] }],
      ['--count', '7', '--path', '/wp-login.php'],
    );
    expect(report).toMatchObject({ kind: 'passwords', users: [{ name: 'admin' }] });
    await expectNothingLeft();
  });

  it('tells against whom pingbacks are sent, and stays within its number under a flood', async () => {
    const report = await captured(
      [{ actor: 'pingback', perSecond: 1, sources: ['203.0.113.70'] }],
      ['--count', '8', '--from', '203.0.113.70'],
    );
    expect(report.kind).toBe('reflection');
    expect(report.victims[0]?.count).toBeGreaterThanOrEqual(7);
    expect(report.requests).toBeGreaterThanOrEqual(8);
    expect(report.requests).toBeLessThanOrEqual(12);
    await expectNothingLeft();
  });

  it('sees them by .user.ini as well, without WordPress', async () => {
    const report = await captured(
      [{ actor: 'xmlrpc-guess', perSecond: 1.2, sources: ['203.0.113.71'] }],
      ['--count', '7', '--through', 'user-ini', '--from', '203.0.113.71'],
    );
    expect(report).toMatchObject({ kind: 'passwords', users: [{ name: 'admin' }] });
    // PHP workers may remember the setting: what they would prepend is there, and does nothing.
    expect((await shell('cat /var/lib/seawall-captures/*/prepend.php')).startsWith('<?php //')).toBe(true);
    await expectNothingLeft();
  });

  it('leaves every answer as it is, and is taken out after a kill -9', async () => {
    const body = '<methodCall><methodName>demo.sayHello</methodName></methodCall>';
    const ask = () =>
      lab.visit('/xmlrpc.php', { method: 'POST', body, headers: { 'Content-Type': 'text/xml' }, host: SERVER.site });
    const [plain, page] = [await ask(), await lab.visit('/wp-login.php')];
    const line = `echo $$ >/run/capture.pid; exec ${SEAWALL.join(' ')} capture --site ${SITE} --yes --for 40s`;
    const killed = lab.run(['sh', '-c', line], { limited: false });
    await waitFor(isIn);
    const [during, pageDuring] = [await ask(), await lab.visit('/wp-login.php')];
    expect(during.body).toBe(plain.body);
    expect({ ...during.headers, date: '' }).toEqual({ ...plain.headers, date: '' });
    expect(pageDuring.body).toBe(page.body);
    await waitFor('cat /var/lib/seawall-captures/*/tally-* | grep -q .');
    expect(await shell("stat -c '%a %U' /var/lib/seawall-captures/*/requests-33.jsonl")).toBe('600 www-data\n');
    expect((await lab.run(['su', '-s', '/bin/sh', 'nobody', '-c', 'ls /var/lib/seawall-captures'])).code).not.toBe(0);
    await shell('kill -9 $(cat /run/capture.pid)');
    await killed;
    expect(await shell(isIn)).not.toBe('');
    expect((await ask()).body).toBe(plain.body);
    const next = await seawall(['capture', '--forget']);
    expect(next.stderr).toMatch(/what was left of act .*now undone/);
    expect(await siteNow()).toBe(before);
    expect((await ask()).body).toBe(plain.body);
  });

  it('finds the site by itself, and says what it would do', async () => {
    const { stdout, code } = await seawall(['capture', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain(`${MU_PLUGINS}/000-seawall-capture-`);
    expect(await siteNow()).toBe(before);
  });

  it('listens to packets, where HTTP is not encrypted', async () => {
    const attack = lab.attack([{ actor: 'xmlrpc-guess', perSecond: 1.5, sources: ['203.0.113.72'] }], 12);
    const { stdout } = await seawall([
      'capture',
      '--packets',
      'live',
      '--for',
      '7s',
      '--from',
      '203.0.113.72',
      '--json',
    ]);
    await attack.stop();
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ kind: 'passwords', users: [{ name: 'admin' }] });
    expect(report.senders[0]?.address).toBe('203.0.113.72');
    expect(stdout).not.toContain('letmein');
  });
});

// `seawall capture` where workers live on: PHP-FPM remembers what .user.ini said after it is gone, and pages must work all the same.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from './index.ts';

const MAIN = join(import.meta.dirname, '../src/cli/main.ts');
const SEAWALL = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN] as const;
const SITE = '/usr/share/wordpress';
const MU_PLUGINS = '/var/lib/wordpress/wp-content/mu-plugins';
const ATTACKER = '203.0.113.66';

describe('seawall capture with nginx and PHP-FPM', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ web: 'nginx-fpm', memoryMb: 2048, fpmMaxChildren: 3 });
  });
  afterAll(() => lab?.down());

  it.each(['mu-plugin', 'user-ini'])('sees requests through %s, and pages work on when it is out', async (through) => {
    const run = (argv: Parameters<Lab['run']>[0]) => lab.run(argv, { limited: false, timeoutMs: 60_000 });
    const page = await lab.visit('/wp-login.php');
    const options = ['--site', SITE, '--yes', '--json', '--for', '15s', '--count', '6', '--through', through];
    // Workers that have not looked at the folder yet read .user.ini at once.
    await run(['sh', '-c', 'service "$(basename /etc/init.d/php*-fpm)" restart']);
    const capture = run([...SEAWALL, 'capture', ...options]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const attack = lab.attack([{ actor: 'xmlrpc-guess', perSecond: 1.5, sources: [ATTACKER] }], 9);
    const { stdout } = await capture;
    await attack.stop();
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'passwords', users: [{ name: 'admin' }] });
    // Now the workers remember what .user.ini said.
    for (let i = 0; i < 4; i++) {
      const after = await lab.visit('/wp-login.php');
      expect(after.status).toBe(200);
      expect(after.body).toBe(page.body);
    }
    const left = await run([
      'sh',
      '-c',
      `ls -A ${SITE}/.user.ini ${MU_PLUGINS}/000-seawall* /var/lib/seawall-captures/*/requests*`,
    ]);
    expect(left.stdout).toBe('');
    expect((await run(['sh', '-c', 'cat /var/log/php*-fpm.log /var/log/nginx/error.log'])).stdout).not.toContain(
      'PHP ',
    );
  });
});

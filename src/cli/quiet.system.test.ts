// What must hold of quiet with real web servers: the pile is gone, nobody else is hit, and the server is back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';
import { PHP } from './php.fixture.ts';
import { apacheCgi, apacheFcgid, nginxFpm } from './web-servers.fixture.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.write('/var/www/html/index.html', 'front');
  sandbox.write('/var/www/html/xmlrpc.php', '<?php echo "php";');
  sandbox.write('/var/www/html/slow.php', '<?php sleep(60);');
});
afterEach(() => sandbox.down());

function seawall(...args: string[]) {
  const main = new URL('./main.ts', import.meta.url).pathname;
  return sandbox.run([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args], {
    timeoutMs: 100_000,
  });
}

const status = (path: string): string =>
  sandbox.run(['curl', '-s', '-o', '/dev/null', '-m', '5', '-w', '%{http_code}', `http://127.0.0.1${path}`]).stdout;

describe('quiet', () => {
  const count = (script: string): number => Number(sandbox.run(['sh', '-c', script]).stdout.trim());

  it('ends the pile of php-cgi and nobody else: a bystander of the same name and user lives on', async () => {
    apacheCgi(sandbox);
    // The same program, as the same user, started by somebody else; and one with the environment of CGI whose parent lives.
    sandbox.spawn([
      'setpriv',
      '--reuid=33',
      '--regid=33',
      '--clear-groups',
      'setsid',
      PHP.scriptFile,
      '-b',
      '127.0.0.1:9999',
    ]);
    sandbox.spawn([
      'env',
      'GATEWAY_INTERFACE=CGI/1.1',
      'REMOTE_ADDR=192.0.2.1',
      'SCRIPT_NAME=/x',
      'sh',
      '-c',
      '/usr/bin/sleep 300; true',
    ]);
    for (let i = 0; i < 12; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    const pile = `pgrep -f "^${PHP.scriptFile}" | wc -l`;
    for (const end = Date.now() + 10_000; count(pile) < 13 && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(count(pile)).toBe(13);
    const main = sandbox.must(['cat', '/run/apache2/apache2.pid']);

    const done = seawall('quiet', '--yes', '--json');
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toMatchObject({ done: true });
    expect(sandbox.must(['pgrep', '-af', `^${PHP.scriptFile}`])).toMatch(/^\d+ \S+ -b 127.0.0.1:9999\n$/);
    expect(count('pgrep -x sleep | xargs -n1 ps -o args= | grep -c 300')).toBe(1);
    expect(sandbox.must(['cat', '/run/apache2/apache2.pid'])).not.toBe(main);
    expect(status('/')).toBe('200');
  }, 60_000);

  it('ends the processes of mod_fcgid', async () => {
    apacheFcgid(sandbox);
    for (let i = 0; i < 5; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(count(`pgrep -c ${PHP.cgiName}`)).toBeGreaterThan(2);
    const pids = sandbox.must(['pgrep', PHP.cgiName]).trim().split('\n');
    expect(seawall('quiet', '--yes').code).toBe(0);
    for (const pid of pids) expect(sandbox.run(['kill', '-0', pid]).code).not.toBe(0);
    expect(status('/')).toBe('200');
  }, 60_000);

  it('clears the pool of PHP-FPM behind nginx', async () => {
    nginxFpm(sandbox);
    for (let i = 0; i < 8; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(status('/xmlrpc.php')).toBe('000');
    expect(seawall('quiet', '--yes').code).toBe(0);
    expect(status('/xmlrpc.php')).toBe('200');
  }, 60_000);

  it('ends what a web server left that is gone already', async () => {
    apacheCgi(sandbox);
    for (let i = 0; i < 3; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    sandbox.must(['sh', '-c', 'kill -9 $(pidof apache2)']);
    expect(count(`pgrep -f "^${PHP.scriptFile}" | wc -l`)).toBe(3);
    expect(seawall('quiet', '--yes').code).toBe(0);
    expect(count(`pgrep -f "^${PHP.scriptFile}" | wc -l`)).toBe(0);
    expect(status('/')).toBe('200');
  }, 60_000);
});

// What must hold of deny, quiet and recover on a host that systemd runs: its units are used, and are left as it knows them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';
import { PHP } from './php.fixture.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox('systemd');
});
afterEach(() => sandbox.down());

function seawall(...args: string[]) {
  const main = new URL('./main.ts', import.meta.url).pathname;
  return sandbox.run([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args], {
    timeoutMs: 100_000,
  });
}

const active = (unit: string): string => sandbox.run(['systemctl', 'is-active', unit]).stdout.trim();
const page = (path: string): string =>
  sandbox.run(['curl', '-s', '-m', '5', '-o', '/dev/null', '-w', '%{http_code}', `http://127.0.0.1${path}`]).stdout;

describe('on a host that systemd runs', () => {
  it('an endpoint is denied, a pile is cleared although the unit would wait for it, and the database is back after a kill', async () => {
    sandbox.must(['a2dismod', '-q', '-f', PHP.module, 'mpm_prefork', 'fcgid']);
    sandbox.must(['a2enmod', '-q', 'mpm_event', 'cgid', 'actions']);
    sandbox.write(
      '/etc/apache2/conf-enabled/php.conf',
      `ScriptAlias /php-bin/ /usr/lib/cgi-bin/\nAddHandler php-script .php\nAction php-script /php-bin/${PHP.script}\n`,
    );
    sandbox.must(['cp', PHP.cgi, PHP.scriptFile]);
    sandbox.write('/var/www/html/index.html', 'front');
    sandbox.write('/var/www/html/slow.php', '<?php sleep(100);');
    sandbox.write('/var/www/html/xmlrpc.php', '<?php echo 1;');
    sandbox.must(['systemctl', 'start', 'apache2', 'mariadb']);

    const denied = seawall('deny', '/xmlrpc.php', '--yes');
    expect([denied.code, denied.stdout]).toEqual([0, expect.stringContaining('systemctl reload apache2.service')]);
    expect([page('/xmlrpc.php'), page('/')]).toEqual(['403', '200']);

    for (let i = 0; i < 10; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const pile = (): number => Number(sandbox.run(['sh', '-c', `pgrep -f ^${PHP.scriptFile} | wc -l`]).stdout);
    expect(pile()).toBe(10);
    const begin = Date.now();
    const quiet = seawall('quiet', '--yes');
    expect([quiet.code, quiet.stderr]).toEqual([0, '']);
    // Apache waits 10 s by itself, the unit up to 90.
    expect(Date.now() - begin).toBeLessThan(20_000);
    expect([pile(), active('apache2'), page('/')]).toEqual([0, 'active', '200']);

    sandbox.must([
      'mariadb',
      '-e',
      'CREATE DATABASE shop; CREATE TABLE shop.t (a INT) ENGINE=MyISAM; INSERT INTO shop.t SELECT seq FROM mysql.seq_1_to_1000',
    ]);
    // As an administrator would to keep it down, and as the kernel does.
    sandbox.must(['systemctl', 'kill', '--signal=SIGKILL', 'mariadb']);
    sandbox.must(['systemctl', 'stop', 'mariadb', 'apache2']);
    const recovered = seawall('recover', '--yes', '--web', 'apache');
    expect([recovered.code, recovered.stderr]).toEqual([0, '']);
    expect([active('mariadb'), active('apache2'), page('/')]).toEqual(['active', 'active', '200']);
    expect(sandbox.must(['mariadb', '-N', '-e', 'SELECT COUNT(*) FROM shop.t']).trim()).toBe('1000');
    expect(seawall('undo', '1', '--yes').code).toBe(0);
    for (const end = Date.now() + 5000; page('/xmlrpc.php') !== '200' && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(page('/xmlrpc.php')).toBe('200');
  }, 110_000);
});

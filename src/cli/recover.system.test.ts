// What must hold of a recovery, with real programs: a database that was killed while it wrote is back, and every row with it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';
import { PHP } from './php.fixture.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.down());

const sql = (text: string, database = 'shop'): string =>
  sandbox.must(['mariadb', '-N', '-B', database, '-e', text]).trim();

function site(): void {
  sandbox.write('/var/www/html/index.html', 'front');
  sandbox.write(
    '/etc/mysql/mariadb.conf.d/99-test.cnf',
    '[mysqld]\nlog-error=/var/log/mysql/error.log\nmyisam-recover-options=OFF\naria-recover-options=OFF\ninnodb-buffer-pool-size=32M\n',
  );
  sandbox.must(['chown', 'mysql', '/var/log/mysql']);
  sandbox.must(['/etc/init.d/mariadb', 'start']);
  sql('CREATE DATABASE shop', 'mysql');
  const columns = '(id INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(200), u INT, KEY (t), KEY (u))';
  sql(`CREATE TABLE orders ${columns} ENGINE=MyISAM DELAY_KEY_WRITE=1; CREATE TABLE \`odd-name\` ${columns} ENGINE=MyISAM DELAY_KEY_WRITE=1;
    CREATE TABLE words ${columns} ENGINE=Aria TRANSACTIONAL=0; CREATE TABLE safe ${columns} ENGINE=InnoDB; CREATE TABLE calm ${columns} ENGINE=MyISAM`);
  for (const table of ['orders', '`odd-name`', 'words', 'safe', 'calm'])
    sql(`INSERT INTO ${table} (t, u) SELECT MD5(seq), seq FROM seq_1_to_20000; FLUSH TABLES`);
}

/** Kills the server in the middle of writing, as the kernel does, and what would start it again. */
async function killWhileWriting(): Promise<void> {
  for (const table of ['orders', '`odd-name`', 'words', 'safe'])
    sandbox.spawn([
      'mariadb',
      'shop',
      '-e',
      `INSERT INTO ${table} (t, u) SELECT MD5(seq), seq FROM seq_20001_to_3000000`,
    ]);
  const end = Date.now() + 10_000;
  const wrote = (): boolean =>
    Number(sandbox.must(['stat', '-c', '%s', '/var/lib/mysql/shop/orders.MYD']).trim()) > 2_000_000;
  while (!wrote() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  const safe = sandbox.must(['pgrep', '-x', 'mysqld_safe']).trim().split('\n');
  const server = sandbox.must(['pidof', 'mariadbd']).trim().split(' ');
  sandbox.must(['kill', '-9', ...safe, ...server]);
  expect(sandbox.run(['pidof', 'mariadbd']).code).toBe(1);
}

function seawall(...args: string[]) {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const ran = sandbox.run([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args], {
    timeoutMs: 110_000,
  });
  return { ...ran, json: () => JSON.parse(ran.stdout) };
}

describe('recover', () => {
  it('brings a database back that was killed while it wrote: tables repaired, every row there, the copies kept', {
    timeout: 110_000,
  }, async () => {
    site();
    await killWhileWriting();
    const before = sandbox.must(['sh', '-c', 'cd /var/lib/mysql/shop && md5sum orders.MY? odd*.MY? words.MA?']);

    const shown = seawall('recover', '--dry-run', '--web', 'apache');
    expect(shown.stdout).toContain('copy to /var/backups/seawall/tables-');
    expect(sandbox.run(['pidof', 'mariadbd']).code).toBe(1);

    const done = seawall('recover', '--yes', '--json', '--web', 'apache');
    expect(done.stderr).toBe('');
    if (done.code !== 0) throw new Error(done.stdout);
    const text = done.stdout;
    for (const name of ['shop.orders', 'shop.odd-name', 'shop.words']) expect(text).toContain(`${name} is sound`);
    expect(text).not.toContain('shop.calm');
    expect(done.code).toBe(0);

    // All that was there before the cut-off statements, and what of these was in the file.
    for (const table of ['orders', '`odd-name`', 'words', 'calm', 'safe']) {
      expect(sql(`SELECT COUNT(*) FROM ${table} WHERE u <= 20000 AND t = MD5(u)`)).toBe('20000');
      expect(sql(`CHECK TABLE ${table} EXTENDED`).split('\n').at(-1)).toMatch(/\tstatus\tOK$/);
    }
    expect(sandbox.must(['curl', '-s', 'http://127.0.0.1/'])).toBe('front');
    const kept = sandbox.must([
      'sh',
      '-c',
      'cd /var/backups/seawall/tables-*/var/lib/mysql/shop && md5sum orders.MY? odd*.MY? words.MA?',
    ]);
    expect(kept.length).toBeGreaterThan(100);
    const first = sandbox.must([
      'sh',
      '-c',
      'cd $(ls -d /var/backups/seawall/tables-* | head -1)/var/lib/mysql/shop && md5sum orders.MY? odd*.MY? words.MA?',
    ]);
    expect(first).toBe(before);

    const again = seawall('recover', '--yes', '--json', '--web', 'apache');
    expect(again.json()).toMatchObject({ done: true, steps: [{ state: 'nothing-to-do' }] });
  });

  it('goes on after a kill in the middle of it: nothing is copied over, nothing is lost', {
    timeout: 110_000,
  }, async () => {
    site();
    await killWhileWriting();
    const main = new URL('./main.ts', import.meta.url).pathname;
    const started = (): boolean => sandbox.run(['pidof', 'mariadbd']).code === 0;
    for (const until of ['copied', 'started'] as const) {
      sandbox.spawn([
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        main,
        'recover',
        '--yes',
        '--web',
        'apache',
      ]);
      const end = Date.now() + 15_000;
      const look = (): boolean =>
        until === 'copied'
          ? sandbox.run(['sh', '-c', 'ls /var/backups/seawall/ | grep -q tables']).code === 0
          : started();
      let reached = look();
      for (; !reached && Date.now() < end; reached = look()) await new Promise((resolve) => setTimeout(resolve, 20));
      expect([until, reached]).toEqual([until, true]);
      sandbox.run(['pkill', '-KILL', '-f', main]);
    }
    const done = seawall('recover', '--yes', '--json', '--web', 'apache');
    if (done.code !== 0) throw new Error(done.stdout + done.stderr);
    for (const table of ['orders', '`odd-name`', 'words', 'calm', 'safe'])
      expect(sql(`SELECT COUNT(*) FROM ${table} WHERE u <= 20000 AND t = MD5(u)`)).toBe('20000');
    expect(sandbox.must(['curl', '-s', 'http://127.0.0.1/'])).toBe('front');
  });

  it('starts PHP-FPM too where the web server hands requests to it, and does not guess which web server is meant', {
    timeout: 60_000,
  }, () => {
    sandbox.write('/var/www/html/index.php', '<?php echo "front";');
    sandbox.write(
      '/etc/nginx/sites-available/default',
      `server { listen 80; root /var/www/html; index index.php;\n  location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:${PHP.fpmSocket}; }\n}\n`,
    );
    const guess = seawall('recover', '--yes');
    expect([guess.code, guess.stderr]).toEqual([1, expect.stringContaining('--web nginx')]);
    const done = seawall('recover', '--yes', '--web', 'nginx');
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(sandbox.must(['curl', '-s', 'http://127.0.0.1/'])).toBe('front');
    expect(sandbox.run(['pidof', 'apache2']).code).toBe(1);
  });

  it('does not start the database into memory that is not there, and says how much is', { timeout: 60_000 }, () => {
    site();
    const server = sandbox.must(['pidof', 'mariadbd']).trim();
    sandbox.must(['/etc/init.d/mariadb', 'stop']);
    expect(server).not.toBe('');
    sandbox.write('/run/meminfo', 'MemTotal: 500000 kB\nMemAvailable: 40000 kB\nSwapFree: 0 kB\n');
    sandbox.must(['mount', '--bind', '/run/meminfo', '/proc/meminfo']);
    const done = seawall('recover', '--yes', '--web', 'apache');
    expect(done.stderr).toMatch(/Not started: 3\d MB of memory are free .*takes about 7\d MB/);
    expect(done.code).toBe(1);
    expect(sandbox.run(['pidof', 'mariadbd']).code).toBe(1);
  });
});

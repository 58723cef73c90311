// What must hold of deny and quiet with real web servers: refused and proved, the front page open, the way back exact.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';

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

function status(path: string, from = '127.0.0.1'): string {
  const args = ['curl', '-s', '-o', '/dev/null', '-m', '5', '-w', '%{http_code}', '--path-as-is', '--interface', from];
  return sandbox.run([...args, `http://127.0.0.1${path}`]).stdout;
}

/** Every file and link of the configuration, by content, mode and owner. */
function configuration(): string {
  const find =
    'find /etc/apache2 /etc/nginx /etc/php -type f -exec md5sum {} + -o -type l | sort; find /etc/apache2 /etc/nginx /etc/php -printf "%p %m %u %l\\n" | sort';
  return sandbox.must(['sh', '-c', find]);
}

/** mod_cgid: a php-cgi for each request, which is a child of a daemon of Apache's. */
function apacheCgi(): void {
  sandbox.must(['a2dismod', '-q', '-f', 'php8.2', 'mpm_prefork', 'fcgid']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'cgid', 'actions']);
  sandbox.write(
    '/etc/apache2/sites-available/000-default.conf',
    [
      '<VirtualHost *:80>',
      '  ServerName example.org',
      '  DocumentRoot /var/www/html',
      '  ScriptAlias /php-bin/ /usr/lib/cgi-bin/',
      '  AddHandler php-script .php',
      '  Action php-script /php-bin/php8.2',
      '  <Directory /usr/lib/cgi-bin>\n    Require all granted\n  </Directory>',
      '</VirtualHost>\n',
    ].join('\n'),
  );
  sandbox.must(['sh', '-c', 'cp /usr/bin/php-cgi8.2 /usr/lib/cgi-bin/php8.2']);
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

/** mod_fcgid: php-cgi processes that stay, children of a process manager of Apache's. */
function apacheFcgid(): void {
  sandbox.must(['a2dismod', '-q', '-f', 'php8.2', 'mpm_prefork']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'fcgid']);
  sandbox.write(
    '/etc/apache2/conf-enabled/php.conf',
    'AddHandler fcgid-script .php\nFcgidWrapper /usr/bin/php-cgi8.2 .php\n<Directory /var/www/html>\n  Options +ExecCGI\n</Directory>\n',
  );
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

function apacheFpm(): void {
  sandbox.must(['a2dismod', '-q', '-f', 'php8.2', 'mpm_prefork', 'fcgid']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'proxy_fcgi', 'setenvif']);
  // By URL, not by file: <Files> alone doesn't hold here.
  sandbox.write(
    '/etc/apache2/sites-available/000-default.conf',
    '<VirtualHost *:80>\n  DocumentRoot /var/www/html\n  ProxyPassMatch "^/(.*\\.php(/.*)?)$" "unix:/run/php/php8.2-fpm.sock|fcgi://localhost/var/www/html/"\n</VirtualHost>\n',
  );
  sandbox.must(['/etc/init.d/php8.2-fpm', 'start']);
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

function apacheModPhp(): void {
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

function nginxFpm(): void {
  const php = 'include snippets/fastcgi-php.conf; fastcgi_pass unix:/run/php/php8.2-fpm.sock;';
  sandbox.write(
    '/etc/nginx/sites-available/default',
    `server { listen 80 default_server; root /var/www/html; index index.html;
  location ~ \\.php(/|$) { ${php} }
  location = /xmlrpc.php { ${php} }
}
server {
  listen 80; server_name other.example; root /var/www/html;
  location ^~ /xmlrpc.php { ${php} }
}
`,
  );
  sandbox.must(['/etc/init.d/php8.2-fpm', 'start']);
  sandbox.must(['/etc/init.d/nginx', 'start']);
}

describe.each([
  ['Apache event with CGI', apacheCgi],
  ['Apache event with mod_fcgid', apacheFcgid],
  ['Apache event with PHP-FPM by URL', apacheFpm],
  ['Apache prefork with mod_php', apacheModPhp],
  ['nginx with PHP-FPM', nginxFpm],
] as const)('an endpoint of %s', (_, start) => {
  it('is denied and proved, except to who is named, and undone byte for byte', () => {
    start();
    expect([status('/xmlrpc.php'), status('/')]).toEqual(['200', '200']);
    const before = configuration();

    const done = seawall('deny', '/xmlrpc.php', '--except', '127.0.0.7', '--yes', '--json');
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toMatchObject({ done: true, act: { id: 1, state: 'done' } });
    expect(done.code).toBe(0);
    for (const path of [
      '/xmlrpc.php',
      '/xmlrpc.php/x',
      '/xmlrpc.php/x.php',
      '//xmlrpc.php',
      '/xml%72pc.php',
      '/a/../xmlrpc.php',
    ])
      expect([path, status(path)]).toEqual([path, '403']);
    expect(status('/xmlrpc.php', '127.0.0.7')).toBe('200');
    expect(status('/')).toBe('200');

    expect(seawall('undo', '1', '--yes').code).toBe(0);
    expect(configuration()).toBe(before);
    expect(status('/xmlrpc.php')).toBe('200');
  }, 60_000);
});

describe('a configuration that is broken beforehand', () => {
  it.each([
    ['apache2', '/etc/apache2/conf-enabled/own.conf', 'Nonsense On\n', apacheModPhp],
    ['nginx', '/etc/nginx/conf.d/own.conf', 'nonsense on;\n', nginxFpm],
  ] as const)(
    'of %s is left alone, by deny and by quiet',
    (name, file, text, start) => {
      start();
      sandbox.write(file, text);
      const before = configuration();
      const pids = sandbox.must(['pidof', name]);
      for (const command of [['deny', '/xmlrpc.php'], ['quiet']]) {
        const refused = seawall(...command, '--yes');
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/broken.*onsense/s);
      }
      expect(configuration()).toBe(before);
      expect(sandbox.must(['pidof', name])).toBe(pids);
    },
    60_000,
  );
});

describe('quiet', () => {
  const count = (script: string): number => Number(sandbox.run(['sh', '-c', script]).stdout.trim());

  it('ends the pile of php-cgi and nobody else: a bystander of the same name and user lives on', async () => {
    apacheCgi();
    // The same program, as the same user, started by somebody else; and one with the environment of CGI whose parent lives.
    sandbox.spawn([
      'setpriv',
      '--reuid=33',
      '--regid=33',
      '--clear-groups',
      'setsid',
      '/usr/lib/cgi-bin/php8.2',
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
    const pile = 'pgrep -f "^/usr/lib/cgi-bin/php8.2" | wc -l';
    for (const end = Date.now() + 10_000; count(pile) < 13 && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(count(pile)).toBe(13);
    const main = sandbox.must(['cat', '/run/apache2/apache2.pid']);

    const done = seawall('quiet', '--yes', '--json');
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toMatchObject({ done: true });
    expect(sandbox.must(['pgrep', '-af', '^/usr/lib/cgi-bin/php8.2'])).toMatch(/^\d+ \S+ -b 127.0.0.1:9999\n$/);
    expect(count('pgrep -x sleep | xargs -n1 ps -o args= | grep -c 300')).toBe(1);
    expect(sandbox.must(['cat', '/run/apache2/apache2.pid'])).not.toBe(main);
    expect(status('/')).toBe('200');
  }, 60_000);

  it('ends the processes of mod_fcgid', async () => {
    apacheFcgid();
    for (let i = 0; i < 5; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(count('pgrep -c php-cgi8.2')).toBeGreaterThan(2);
    const pids = sandbox.must(['pgrep', 'php-cgi8.2']).trim().split('\n');
    expect(seawall('quiet', '--yes').code).toBe(0);
    for (const pid of pids) expect(sandbox.run(['kill', '-0', pid]).code).not.toBe(0);
    expect(status('/')).toBe('200');
  }, 60_000);

  it('clears the pool of PHP-FPM behind nginx', async () => {
    nginxFpm();
    for (let i = 0; i < 8; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(status('/xmlrpc.php')).toBe('000');
    expect(seawall('quiet', '--yes').code).toBe(0);
    expect(status('/xmlrpc.php')).toBe('200');
  }, 60_000);

  it('ends what a web server left that is gone already', async () => {
    apacheCgi();
    for (let i = 0; i < 3; i++) sandbox.spawn(['curl', '-s', 'http://127.0.0.1/slow.php']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    sandbox.must(['sh', '-c', 'kill -9 $(pidof apache2)']);
    expect(count('pgrep -f "^/usr/lib/cgi-bin/php8.2" | wc -l')).toBe(3);
    expect(seawall('quiet', '--yes').code).toBe(0);
    expect(count('pgrep -f "^/usr/lib/cgi-bin/php8.2" | wc -l')).toBe(0);
    expect(status('/')).toBe('200');
  }, 60_000);
});

describe('a Seawall that is killed in the middle', () => {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const killedAfter = async (ms: number, ...args: string[]): Promise<void> => {
    const child = sandbox.spawn([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args]);
    await new Promise((resolve) => setTimeout(resolve, ms));
    sandbox.run(['pkill', '-KILL', '-f', main]);
    child.kill('SIGKILL');
  };

  it('leaves a state that the next run puts right, whenever it was', async () => {
    nginxFpm();
    const before = configuration();
    for (const ms of [250, 450, 650, 850, 1100, 1500]) {
      await killedAfter(ms, 'deny', '/xmlrpc.php', '--yes');
      // Anything that acts repairs first; this one then has nothing left to do, or something to take back.
      const undone = seawall('undo', '--last', '--yes');
      expect([ms, undone.code, undone.stderr]).toEqual([
        ms,
        expect.any(Number),
        expect.not.stringContaining('fault of seawall'),
      ]);
      expect([ms, configuration() === before]).toEqual([ms, true]);
      expect(sandbox.run(['nginx', '-t']).code).toBe(0);
      expect([ms, status('/xmlrpc.php'), status('/')]).toEqual([ms, '200', '200']);
    }
  }, 90_000);
});

// What must hold of deny with real web servers: refused and proved, the front page open, the way back exact.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';
import { apacheCgi, apacheFcgid, apacheFpm, apacheModPhp, nginxFpm } from './web-servers.fixture.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.write('/var/www/html/index.html', 'front');
  sandbox.write('/var/www/html/xmlrpc.php', '<?php echo "php";');
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

/** A reload takes effect within moments, not at once. */
async function becomes(path: string, wanted: string): Promise<string> {
  for (const end = Date.now() + 5000; status(path) !== wanted && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 100));
  return status(path);
}

/** Every file and link of the configuration, by content, mode and owner. */
function configuration(): string {
  const find =
    'find /etc/apache2 /etc/nginx /etc/php -type f -exec md5sum {} + -o -type l | sort; find /etc/apache2 /etc/nginx /etc/php -printf "%p %m %u %l\\n" | sort';
  return sandbox.must(['sh', '-c', find]);
}

describe.each([
  ['Apache event with CGI', apacheCgi],
  ['Apache event with mod_fcgid', apacheFcgid],
  ['Apache event with PHP-FPM by URL', apacheFpm],
  ['Apache prefork with mod_php', apacheModPhp],
  ['nginx with PHP-FPM', nginxFpm],
] as const)('an endpoint of %s', (_, start) => {
  it('is denied and proved, except to who is named, and undone byte for byte', async () => {
    start(sandbox);
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
    expect(await becomes('/xmlrpc.php', '200')).toBe('200');
  }, 60_000);
});

describe('a configuration that is broken beforehand', () => {
  it.each([
    ['apache2', '/etc/apache2/conf-enabled/own.conf', 'Nonsense On\n', apacheModPhp],
    ['nginx', '/etc/nginx/conf.d/own.conf', 'nonsense on;\n', nginxFpm],
  ] as const)(
    'of %s is left alone, by deny and by quiet',
    (name, file, text, start) => {
      start(sandbox);
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

describe('a Seawall that is killed in the middle', () => {
  const main = new URL('./main.ts', import.meta.url).pathname;
  const killedAfter = async (ms: number, ...args: string[]): Promise<void> => {
    const child = sandbox.spawn([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args]);
    await new Promise((resolve) => setTimeout(resolve, ms));
    sandbox.run(['pkill', '-KILL', '-f', main]);
    child.kill('SIGKILL');
  };

  it('leaves a state that the next run puts right, whenever it was', async () => {
    nginxFpm(sandbox);
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
      expect([ms, await becomes('/xmlrpc.php', '200'), status('/')]).toEqual([ms, '200', '200']);
    }
  }, 90_000);
});

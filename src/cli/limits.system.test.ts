// What must hold of limits and of forwarded addresses with real web servers: in force after the reload, and taken back exactly.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemedyPlan } from '../model/remedy.ts';
import { type Sandbox, startSandbox } from '../remedies/live/sandbox.fixture.ts';
import { PHP } from './php.fixture.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.write('/var/www/html/index.html', 'front');
  sandbox.write('/var/www/html/slow.php', '<?php sleep(4); echo "slow";');
  sandbox.write('/var/www/html/wp-login.php', '<?php echo "login";');
});
afterEach(() => sandbox.down());

interface Done {
  readonly refused?: string;
  readonly title?: string;
  readonly state?: string;
  readonly proofs?: readonly { readonly ok: boolean; readonly text: string }[];
}

/** Carries one plan out inside, journal and all, and with `undo` takes it back again. */
function act(plan: RemedyPlan, undo = false): Done {
  const script = new URL('./act.fixture.ts', import.meta.url).pathname;
  const args = ['--disable-warning=ExperimentalWarning', script, JSON.stringify(plan), undo ? 'undo' : 'do'];
  return JSON.parse(sandbox.must([process.execPath, ...args], { timeoutMs: 60_000 }));
}

function configuration(): string {
  return sandbox.must(['sh', '-c', 'find /etc/apache2 /etc/nginx /etc/php -type f -exec md5sum {} + | sort']);
}

/** Requests that their client gave up are worked on to their end. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 8500));

/** How many answers of `n` requests at once came within `seconds`. */
function answered(n: number, seconds: number): number {
  const one = `curl -s -m ${seconds} http://127.0.0.1/slow.php | grep -c slow`;
  const all = `for i in $(seq ${n}); do (${one}) & done; wait`;
  return sandbox
    .run(['sh', '-c', all])
    .stdout.split('\n')
    .filter((line) => line === '1').length;
}

const reason = 'a test';

describe('a worker limit', () => {
  const apache = (mpm: 'prefork' | 'event') => {
    if (mpm === 'event') {
      sandbox.must(['a2dismod', '-q', '-f', PHP.module, 'mpm_prefork']);
      sandbox.must(['a2enmod', '-q', 'mpm_event', 'cgid', 'actions']);
      sandbox.write(
        '/etc/apache2/conf-enabled/php.conf',
        `ScriptAlias /php-bin/ /usr/lib/cgi-bin/\nAddHandler php-script .php\nAction php-script /php-bin/${PHP.script}\n`,
      );
      sandbox.must(['cp', PHP.cgi, PHP.scriptFile]);
    }
    sandbox.must(['/etc/init.d/apache2', 'start']);
  };

  it.each([
    ['prefork', 'apache2'],
    ['event', 'php-cgi'],
  ] as const)(
    'of Apache (%s) lets so many be served at once, and no more',
    async (mpm, program) => {
      apache(mpm);
      const before = configuration();
      expect(answered(8, 7)).toBe(8);
      const plan = { kind: 'limit-workers', program, workers: 4, reason } as const;
      const done = act(plan);
      expect(done).toMatchObject({
        state: 'done',
        proofs: [{ ok: true, text: expect.stringContaining('at most 4 requests at once') }],
      });
      expect(answered(8, 7)).toBe(4);
      expect(act(plan, true).state).toBe('undone');
      expect(configuration()).toBe(before);
      await rest();
      expect(answered(8, 7)).toBe(8);
    },
    110_000,
  );

  it('of PHP-FPM is shared out among its pools, and is in force', () => {
    sandbox.write(
      '/etc/nginx/sites-available/default',
      `server { listen 80; root /var/www/html; index index.html;\n  location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:${PHP.fpmSocket}; }\n}\n`,
    );
    sandbox.write(
      `${PHP.pools}/other.conf`,
      '[other]\nuser=www-data\nlisten=/run/php/other.sock\npm=static\npm.max_children=5\n',
    );
    sandbox.must([PHP.fpmInit, 'start']);
    sandbox.must(['/etc/init.d/nginx', 'start']);
    const before = configuration();
    const plan = { kind: 'limit-workers', program: PHP.fpm, workers: 4, reason } as const;
    const done = act(plan);
    expect(done).toMatchObject({
      state: 'done',
      proofs: [{ ok: true, text: expect.stringContaining('at most 4 workers') }],
    });
    expect(done.title).toContain('other 2, www 2');
    expect(answered(6, 7)).toBe(2);
    expect(act(plan, true).state).toBe('undone');
    expect(configuration()).toBe(before);
  }, 60_000);
});

describe('an endpoint limit of nginx', () => {
  it('refuses who asks too often, proved by asking', () => {
    sandbox.write(
      '/etc/nginx/sites-available/default',
      `server { listen 80; root /var/www/html; index index.html;\n  location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:${PHP.fpmSocket}; }\n}\n`,
    );
    sandbox.must([PHP.fpmInit, 'start']);
    sandbox.must(['/etc/init.d/nginx', 'start']);
    const done = act({ kind: 'limit-endpoint', path: '/wp-login.php', perMinute: 10, reason });
    expect(done).toMatchObject({ state: 'done' });
    expect(done.proofs?.every(({ ok }) => ok)).toBe(true);
    expect(sandbox.run(['curl', '-s', 'http://127.0.0.1/']).stdout).toBe('front');
  }, 60_000);

  it('is refused for Apache without mod_security, with what can be done', () => {
    sandbox.must(['/etc/init.d/apache2', 'start']);
    expect(act({ kind: 'limit-endpoint', path: '/wp-login.php', perMinute: 10, reason }).refused).toMatch(
      /mod_security.*seawall deny/,
    );
  });
});

describe('a forwarded address', () => {
  const ask = (from: string, forwarded: string): string =>
    sandbox.run([
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--interface',
      from,
      '-H',
      `X-Forwarded-For: ${forwarded}`,
      'http://127.0.0.1/',
    ]).stdout;

  it.each(['apache2', 'nginx'])('is denied in %s behind a proved proxy, and cannot be forged', async (name) => {
    if (name === 'nginx')
      sandbox.write(
        '/etc/nginx/sites-available/default',
        'server { listen 80; root /var/www/html; index index.html; }\n',
      );
    sandbox.must([`/etc/init.d/${name}`, 'start']);
    const plan = {
      kind: 'deny-forwarded',
      targets: ['203.0.113.7', '2001:db8::7'],
      behind: ['127.0.0.9'],
      reason,
    } as const;
    expect(act(plan)).toMatchObject({ state: 'done', proofs: [{ ok: true }, { ok: true }] });
    expect(ask('127.0.0.9', '203.0.113.7')).toBe('403');
    expect(ask('127.0.0.9', '198.51.100.1, 203.0.113.7')).toBe('403');
    expect(ask('127.0.0.9', '2001:db8::7')).toBe('403');
    // Said by the client itself, before what the proxy added: anybody can.
    expect(ask('127.0.0.9', '203.0.113.7, 198.51.100.1')).toBe('200');
    expect(ask('127.0.0.9', '1203.0.113.7')).toBe('200');
    // Not from the proxy: not believed.
    expect(ask('127.0.0.1', '203.0.113.7')).toBe('200');
    expect(act(plan, true).state).toBe('undone');
    for (const end = Date.now() + 5000; ask('127.0.0.9', '203.0.113.7') !== '200' && Date.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ask('127.0.0.9', '203.0.113.7')).toBe('200');
  }, 60_000);
});

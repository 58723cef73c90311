// What must hold of every preview: right commands, nothing hostile in them, and a way back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemedyPlan } from '../model/remedy.ts';
import { advise } from './index.ts';
import { trafficOf } from './traffic.fixture.ts';

const reason = 'a test';

/** A plan of every kind, with the same texts and figure wherever it takes one. */
function plansWith(text: string, figure: number): RemedyPlan[] {
  return [
    { kind: 'block', targets: [text], forSeconds: figure, reason },
    { kind: 'deny-forwarded', targets: [text], reason },
    { kind: 'deny-endpoint', path: text, except: [text], reason },
    { kind: 'deny-endpoint', path: '/xmlrpc.php', except: [text], reason },
    { kind: 'limit-endpoint', path: text, perMinute: figure, reason },
    { kind: 'limit-agent', agent: text, reason },
    { kind: 'limit-workers', program: text, workers: figure, reason },
    { kind: 'limit-connections', perAddress: figure, reason },
    { kind: 'restart-web', reason },
    { kind: 'start-service', service: text, reason },
    { kind: 'repair-tables', tables: [text, 'wordpress.wp_options'], reason },
    { kind: 'protect-database', service: text, reason },
    { kind: 'free-disk', places: [text], reason },
    { kind: 'stop-process', program: text, reason },
    { kind: 'fix-database-access', detail: text, reason },
    { kind: 'fix-database-start', detail: text, reason },
    { kind: 'disable-component', component: text, reason },
    { kind: 'raise-connections', reason },
    { kind: 'fix-queries', statement: text, reason },
    { kind: 'limit-backend-wait', peer: text, reason },
    { kind: 'enable-syn-cookies', reason },
    { kind: 'limit-request-time', reason },
    { kind: 'change-passwords', reason },
    { kind: 'find-change', program: text, before: figure, reason },
  ];
}

function written(plan: RemedyPlan): string {
  const { preview } = advise(plan, undefined);
  return [preview.title, ...preview.commands, ...preview.undo].join('\n');
}

describe('for a host whose web server is known', () => {
  const other = { apache: /nginx/i, nginx: /apache|a2en/i } as const;

  it.each(['apache', 'nginx'] as const)('nothing is typed for another one than %s', (web) => {
    const plans: RemedyPlan[] = [
      { kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason: '' },
      { kind: 'limit-endpoint', path: '/wp-login.php', perMinute: 10, reason: '' },
      { kind: 'limit-agent', agent: 'GPTBot/1.2', reason: '' },
      { kind: 'deny-forwarded', targets: ['203.0.113.7'], reason: '' },
      { kind: 'restart-web', reason: '' },
      { kind: 'limit-request-time', reason: '' },
    ];
    for (const plan of plans) {
      const { commands, undo } = advise(plan, undefined, { web }).preview;
      const typed = [...commands, ...undo].filter((line) => !line.startsWith('#'));
      expect(typed.length).toBeGreaterThan(0);
      expect(typed.filter((line) => other[web].test(line))).toEqual([]);
    }
  });
});

describe('a preview', () => {
  it('holds nothing of a hostile text, in no kind of remedy', () => {
    const odd = fc.constantFrom(...';|$&`\'"<>(){}\\\n\r\0 \u001b!*#=,%');
    const hostile = fc
      .tuple(fc.constantFrom('', '/', 'plugin ', 'a.', './a/'), fc.string(), odd, fc.string())
      .map(([front, a, b, c]) => `${front}EVIL${a}${b}${c}EVIL`);
    fc.assert(
      fc.property(hostile, fc.oneof(fc.double(), fc.integer()), (text, figure) => {
        for (const plan of plansWith(text, figure)) {
          // Of a user agent, a plain word is taken out and used: safe.test.ts holds it to its characters.
          if (plan.kind !== 'limit-agent') expect(written(plan)).not.toContain('EVIL');
        }
      }),
    );
  });

  it('is of single lines, with a title and something to do, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double(), (text, figure) => {
        for (const plan of plansWith(text, figure)) {
          const { preview } = advise(plan, trafficOf([]));
          expect(preview.title.length).toBeGreaterThan(10);
          expect(preview.commands.length).toBeGreaterThan(0);
          for (const line of [preview.title, ...preview.commands, ...preview.undo])
            expect(line).toMatch(/^[\x20-\x7e]+$/);
        }
      }),
    );
  });

  it('says neither NaN nor Infinity', () => {
    for (const figure of [Number.NaN, Infinity, -Infinity, 0, -1, 1e300]) {
      for (const plan of plansWith('203.0.113.66', figure))
        expect(written(plan)).not.toMatch(/NaN|Infinity|e\+|undefined/);
    }
  });
});

describe('a block', () => {
  it('expires, comes before connection tracking, cuts open connections, and is taken back by element', () => {
    const { preview } = advise(
      { kind: 'block', targets: ['203.0.113.66', '2001:db8::9', '2001:db8:7::/64'], forSeconds: 7200, reason },
      undefined,
    );
    expect(preview.title).toBe('Drop what comes from 203.0.113.66 and 2 others in the firewall for 2h');
    expect(preview.commands).toContain(
      'add chain inet seawall early { type filter hook prerouting priority -300; policy accept; }',
    );
    expect(preview.commands).toContain('add element inet seawall blocked4 { 203.0.113.66 timeout 2h }');
    expect(preview.commands).toContain(
      'add element inet seawall blocked6 { 2001:db8::9 timeout 2h, 2001:db8:7::/64 timeout 2h }',
    );
    expect(preview.commands).toContain("ss -K -tn dst '[2001:db8::9]'");
    expect(preview.commands).toContain('ss -K -tn dst 2001:db8:7::/64');
    expect(preview.undo[0]).toBe("nft 'delete element inet seawall blocked4 { 203.0.113.66 }'");
  });

  it('leaves the host itself out, and says so', () => {
    const { preview } = advise(
      { kind: 'block', targets: ['127.0.0.1', '203.0.113.66'], forSeconds: 60, reason },
      undefined,
    );
    expect(preview.commands[0]).toBe('# Left out: 127.0.0.1 (loopback: the host itself).');
    expect(preview.commands.filter((line) => line.startsWith('add element'))).toEqual([
      'add element inet seawall blocked4 { 203.0.113.66 timeout 1m }',
    ]);
  });

  it('of nothing that may be blocked has no firewall command', () => {
    expect(written({ kind: 'block', targets: ['::1', 'x'], forSeconds: 60, reason })).not.toContain('nft');
  });
});

describe('a denied endpoint', () => {
  it('is denied in Apache and nginx before PHP starts, tested before the reload', () => {
    const text = written({ kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason });
    expect(text).toContain('<Files "xmlrpc.php">\n  Require all denied\n</Files>');
    expect(text).toContain('<LocationMatch "/xmlrpc\\.php(/|$)">\n  Require all denied\n</LocationMatch>');
    expect(text).toContain('if ($uri ~ "/xmlrpc\\.php(/|$)") { return 403; }');
    expect(text).toContain('apache2ctl configtest && systemctl reload apache2');
    expect(text).toContain('nginx -t && systemctl reload nginx');
  });

  it('can except addresses, without lifting what else guards them', () => {
    const text = written({
      kind: 'deny-endpoint',
      path: '/wp-login.php',
      except: ['192.0.2.7', '2001:db8::/32'],
      reason,
    });
    expect(text).toContain('  AuthMerging And\n  Require ip 192.0.2.7 2001:db8::/32');
    expect(text).toContain('{ default 0; 192.0.2.7 1; 2001:db8::/32 1; }');
  });

  it('of a name that others have too is denied where it was abused only', () => {
    const text = written({ kind: 'deny-endpoint', path: '/shop/index.php', except: [], reason });
    expect(text).not.toContain('<Files');
    expect(text).toContain('<LocationMatch "^/*/shop/index\\.php(/|$)">');
  });

  it('is never the whole site', () => {
    for (const path of ['/', '/index.php', 'GET /'])
      expect(written({ kind: 'deny-endpoint', path, except: [], reason })).not.toContain('Require');
  });
});

describe('a worker limit', () => {
  it('gives PHP-FPM a figure that it accepts whatever its spare servers are', () => {
    expect(written({ kind: 'limit-workers', program: 'php-fpm8.4', workers: 6.7, reason })).toMatch(
      /V=8\.4[\s\S]*pm = static\npm\.max_children = 6\n/,
    );
  });

  it('gives threaded Apache a multiple of its threads', () => {
    expect(written({ kind: 'limit-workers', program: 'php-cgi', workers: 6, reason })).toContain(
      '  ThreadsPerChild 6\n  MaxRequestWorkers 6',
    );
    expect(written({ kind: 'limit-workers', program: 'apache2', workers: 130, reason })).toContain(
      '  ThreadsPerChild 25\n  MaxRequestWorkers 125',
    );
  });
});

it('a connection limit lets a browser open its ten', () => {
  expect(written({ kind: 'limit-connections', perAddress: 5, reason })).toContain('ct count over 15');
});

it('a repair copies the files of a table before it touches them', () => {
  const { preview } = advise({ kind: 'repair-tables', tables: ['./wordpress/wp_options'], reason }, undefined);
  const copy = preview.commands.findIndex((line) => line.includes('cp -a wp_options.*'));
  const repair = preview.commands.findIndex((line) => line.includes('REPAIR TABLE `wordpress`.`wp_options`'));
  expect(copy).toBeGreaterThan(0);
  expect(repair).toBeGreaterThan(copy);
});

// What must hold of prepared changes where no machine is needed: what is written, what is refused, what is left alone.
import { describe, expect, it } from 'vitest';
import type { Change, Prepared, Refusal } from '../../model/act.ts';
import { fakeHost, textFile } from '../../model/fake-host.fixture.ts';
import { denyForwardedLive } from './deny-forwarded.ts';
import { SERVICE_REMEDIES } from './index.ts';
import { shares } from './limit-workers.ts';
import { freeMemory } from './memory.ts';
import { poolsOf } from './php.ts';

/** RHEL 9: no wrapper, no init script, a folder conf.d. */
function rhel(more: { broken?: boolean; files?: Record<string, string> } = {}) {
  return fakeHost({
    files: {
      '/etc/httpd/conf/httpd.conf': 'Listen 80\nServerName example.org\nIncludeOptional conf.d/*.conf\n',
      '/etc/httpd/conf.d/php.conf': '',
      ...more.files,
    },
    program: ([program, ...args]) => {
      if (program !== 'httpd') return undefined;
      if (args[0] === '-V')
        return 'Server version: Apache/2.4.57 (Red Hat)\nServer MPM: event\n -D HTTPD_ROOT="/etc/httpd"\n -D SERVER_CONFIG_FILE="conf/httpd.conf"\n';
      if (more.broken)
        return {
          code: 1,
          stderr: "AH00526: Syntax error on line 3 of /etc/httpd/conf.d/php.conf:\nInvalid command 'X'\n",
        };
      return 'ServerRoot: "/etc/httpd"\nPidFile: "/run/httpd/httpd.pid"\nLoaded Modules:\n mpm_event_module (shared)\n';
    },
  });
}

const deny = (except: string[] = []) =>
  ({ kind: 'deny-endpoint', path: '/xmlrpc.php', except, reason: 'a test' }) as const;
const remedy = SERVICE_REMEDIES['deny-endpoint'];

function written(prepared: Prepared | Refusal | undefined, path: string): string | undefined {
  const changes: readonly Change[] = prepared && 'changes' in prepared ? prepared.changes : [];
  const found = changes.find((change) => change.kind === 'file' && change.path === path);
  return found?.kind === 'file' && found.after ? Buffer.from(found.after.content, 'base64').toString() : undefined;
}

describe('a denial', () => {
  it("goes into RHEL's folder, and is tested although Apache does not run", async () => {
    const prepared = await remedy?.prepare(deny(['198.51.100.7']), rhel());
    expect(written(prepared, '/etc/httpd/conf.d/seawall-deny-xmlrpc-php.conf')).toContain('Require ip 198.51.100.7');
    expect(prepared).toMatchObject({ changes: [{ kind: 'file' }, { kind: 'run', argv: ['httpd', '-t'] }] });
  });

  it('speaks the language of Apache 2.2, and goes to the end of the main file where nothing else is read', async () => {
    const main = 'Listen 80\nServerName example.org';
    const host = fakeHost({
      files: { '/etc/httpd/conf/httpd.conf': main },
      program: ([program, ...args]) =>
        program !== 'httpd'
          ? undefined
          : args[0] === '-V'
            ? 'Server version: Apache/2.2.15 (Unix)\n -D HTTPD_ROOT="/etc/httpd"\n -D SERVER_CONFIG_FILE="conf/httpd.conf"\n'
            : { stderr: 'Loaded Modules:\n mpm_prefork_module (static)\nSyntax OK\n' },
    });
    const prepared = await remedy?.prepare(deny(['198.51.100.7']), host);
    const text = written(prepared, '/etc/httpd/conf/httpd.conf');
    expect(text).toMatch(
      /^Listen 80\nServerName example\.org\n# begin seawall-deny-xmlrpc-php\n<Files "xmlrpc\.php">\n {2}Order Deny,Allow\n {2}Deny from all\n {2}Allow from 198\.51\.100\.7\n/,
    );
    host.files.set('/etc/httpd/conf/httpd.conf', textFile(text ?? ''));
    const other = written(await remedy?.prepare(deny(), host), '/etc/httpd/conf/httpd.conf');
    expect(other?.match(/# begin/g)).toHaveLength(1);
    expect(other).not.toContain('198.51.100.7');
  });

  it('leaves a configuration alone that is broken beforehand, and says what is wrong with it', async () => {
    const refusal = await remedy?.prepare(deny(), rhel({ broken: true }));
    expect(refusal).toEqual({ refused: expect.stringMatching(/broken already.*Invalid command 'X'/) });
  });

  it('that is there already changes nothing', async () => {
    const host = rhel();
    const prepared = await remedy?.prepare(deny(), host);
    const path = '/etc/httpd/conf.d/seawall-deny-xmlrpc-php.conf';
    expect(written(prepared, path)).toContain('Require all denied');
    const again = await remedy?.prepare(deny(), rhel({ files: { [path]: written(prepared, path) ?? '' } }));
    expect(again).toMatchObject({ changes: [], notes: [expect.stringContaining('denied already'), expect.anything()] });
  });

  it.each(['/', '/index.php', '/a b', '/x"><If true>'])('of %s is refused', async (path) => {
    expect(await remedy?.prepare({ ...deny(), path }, rhel())).toEqual({
      refused: expect.stringContaining('Not denied'),
    });
  });
});

describe('a restart under systemd', () => {
  const stat = (pid: number, ppid: number, name: string) =>
    `${pid} (${name}) S ${ppid} ${pid} 500 ${'0 '.repeat(15)}77 0 0`;
  const status = 'Uid:\t0\t0\t0\t0\nNSpid:\t1\n';
  const running = (unit: string) =>
    fakeHost({
      files: {
        '/run/systemd/system/x': '',
        '/etc/httpd/conf/httpd.conf': 'Listen 80\nIncludeOptional conf.d/*.conf\n',
        '/run/httpd/httpd.pid': '500\n',
        '/proc/500/stat': stat(500, 1, 'httpd'),
        '/proc/500/status': status,
        '/proc/501/stat': stat(501, 500, 'httpd'),
        '/proc/501/status': status,
      },
      program: ([program, ...args]) => {
        if (program === 'systemctl')
          return args.at(-1) === unit ? `LoadState=loaded\nId=${unit}\n` : 'LoadState=not-found\n';
        if (program !== 'httpd') return undefined;
        if (args[0] === '-V')
          return 'Server version: Apache/2.4.57\n -D HTTPD_ROOT="/etc/httpd"\n -D SERVER_CONFIG_FILE="conf/httpd.conf"\n';
        return 'PidFile: "/run/httpd/httpd.pid"\n';
      },
    });

  it('tells Apache to stop at once, since its unit would wait for the pile', async () => {
    const prepared = await SERVICE_REMEDIES['restart-web']?.prepare(
      { kind: 'restart-web', reason: 'a test' },
      running('httpd.service'),
    );
    expect(prepared).toMatchObject({
      changes: [
        { kind: 'run', argv: ['systemctl', 'kill', '--kill-who=main', '--signal=SIGTERM', 'httpd.service'] },
        {
          kind: 'service',
          verb: 'stop',
          service: { stop: ['systemctl', 'stop', 'httpd.service'] },
          hasten: [{ pid: 500, startTicks: 77 }],
        },
        { kind: 'end', processes: [{ pid: 501 }], sessions: [{ pid: 500, startTicks: 77 }] },
        { kind: 'service', verb: 'start', service: { start: ['systemctl', 'start', 'httpd.service'] }, was: 'running' },
      ],
    });
  });

  it('where systemd does not know the service goes by the program itself', async () => {
    const prepared = await SERVICE_REMEDIES['restart-web']?.prepare(
      { kind: 'restart-web', reason: 'a test' },
      running('other.service'),
    );
    expect(prepared).toMatchObject({
      changes: [{ service: { stop: ['httpd', '-k', 'stop'] } }, {}, { service: { start: ['httpd', '-k', 'start'] } }],
    });
  });
});

describe('a forwarded address', () => {
  const plan = { kind: 'deny-forwarded', targets: ['203.0.113.7'], reason: 'a test' } as const;
  const forwarded = denyForwardedLive({ allowFile: '/etc/seawall/allow' });

  it('is believed from no proxy that is not known', async () => {
    expect(await forwarded.prepare(plan, rhel())).toEqual({ refused: expect.stringContaining('forge') });
  });

  it('is believed from a proved one, by the address that this proxy added', async () => {
    const prepared = await forwarded.prepare({ ...plan, behind: ['192.0.2.10'] }, rhel());
    expect(written(prepared, '/etc/httpd/conf.d/seawall-deny-forwarded.conf')).toContain(
      `<If "(%{REMOTE_ADDR} -ipmatch '192.0.2.10') && %{HTTP:X-Forwarded-For} =~ m#(^|[ ,])(203\\.0\\.113\\.7)$#">`,
    );
  });

  it('that is the proxy itself is refused', async () => {
    const refusal = await forwarded.prepare({ ...plan, behind: ['203.0.113.7'] }, rhel());
    expect(refusal).toEqual({ refused: expect.stringContaining('everybody behind it') });
  });
});

describe('a worker limit', () => {
  it('is shared out among pools, none of them left without', () => {
    const pools = [
      { name: 'a', manager: 'dynamic', maxChildren: 50, listen: '' },
      { name: 'b', manager: 'static', maxChildren: 10, listen: '' },
      { name: 'c', manager: 'ondemand', maxChildren: 1, listen: '' },
    ];
    expect([...shares(pools, 12)]).toEqual([
      ['a', 10],
      ['b', 1],
      ['c', 1],
    ]);
    expect([...shares(pools, 2)]).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('reads the pools as PHP-FPM prints them', () => {
    // php-fpm8.2 -tt
    const shown = [
      '[26-Nov-2026 06:58:30] NOTICE: [global]',
      '[26-Nov-2026 06:58:30] NOTICE: \tpid = /run/php/php8.2-fpm.pid',
      '[26-Nov-2026 06:58:30] NOTICE: [www]',
      '[26-Nov-2026 06:58:30] NOTICE: \tlisten = /run/php/php8.2-fpm.sock',
      '[26-Nov-2026 06:58:30] NOTICE: \tpm = dynamic',
      '[26-Nov-2026 06:58:30] NOTICE: \tpm.max_children = 5',
    ].join('\n');
    expect(poolsOf(shown)).toEqual([
      { name: 'www', manager: 'dynamic', maxChildren: 5, listen: '/run/php/php8.2-fpm.sock' },
    ]);
  });
});

describe('free memory', () => {
  const meminfo = 'MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\nSwapFree: 0 kB\n';

  it('is what the narrowest limit leaves, of either version of control groups', () => {
    const v1 = {
      '/proc/self/cgroup': '9:memory:/lab\n1:name=systemd:/x\n0::/\n',
      '/sys/fs/cgroup/memory/lab/memory.limit_in_bytes': '536870912\n',
      '/sys/fs/cgroup/memory/lab/memory.usage_in_bytes': '500000000\n',
      '/sys/fs/cgroup/memory/lab/memory.stat': 'cache 1\ninactive_file 10000000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '1\n',
    };
    expect(freeMemory(fakeHost({ files: { '/proc/meminfo': meminfo, ...v1 } }))?.freeKb).toBe(45_772);
    const v2 = {
      '/proc/self/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/memory.max': '1048576\n',
      '/sys/fs/cgroup/a/memory.current': '524288\n',
    };
    expect(freeMemory(fakeHost({ files: { '/proc/meminfo': meminfo, ...v2 } }))).toEqual({
      freeKb: 512,
      by: 'the limit of the control group /sys/fs/cgroup/a',
    });
    expect(freeMemory(fakeHost({ files: { '/proc/meminfo': meminfo } }))?.freeKb).toBe(3_000_000);
    expect(freeMemory(fakeHost())).toBeUndefined();
  });
});

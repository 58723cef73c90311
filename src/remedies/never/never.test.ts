// What must hold before anybody is blocked: those whom a block would hurt are left out, each with the reason.
import { describe, expect, it } from 'vitest';
import { type FakeProgram, fakeHost } from '../../model/fake-host.fixture.ts';
import type { Names } from '../../model/names.ts';
import { parseTarget, type Target } from '../safe.ts';
import { sortTargets } from './never.ts';

const ALLOW = '/etc/seawall/allow';
const HEX = '20010db8000000000000000000000010';

const targetsOf = (texts: readonly string[]): Target[] => texts.flatMap((text) => parseTarget(text) ?? []);

/** Why each of these is refused; empty for those that may be blocked. */
async function whyNot(
  texts: readonly string[],
  files: Readonly<Record<string, string>> = {},
  more: { program?: FakeProgram; names?: Names } = {},
): Promise<Record<string, string>> {
  const host = fakeHost({ files, program: more.program ?? (() => '') });
  const options = { allowFile: ALLOW, ...(more.names && { names: more.names }) };
  const { fit, refused } = await sortTargets(targetsOf(texts), host, options);
  return Object.fromEntries([
    ...fit.map((target) => [target.text, '']),
    ...refused.map(({ target, why }) => [target.text, why]),
  ]);
}

describe('never blocked', () => {
  it('is an allowlisted address, nor a network that holds one', async () => {
    const files = { [ALLOW]: '# ours\n\n203.0.113.7   # the office\n2001:db8:5::/48\n' };
    const why = await whyNot(['203.0.113.7', '203.0.113.0/24', '203.0.113.8', '2001:db8:5::9', '2001:db8::/32'], files);
    expect(why['203.0.113.7']).toBe('allowed in /etc/seawall/allow, line 3 (the office)');
    expect(why['203.0.113.0/24']).toContain('the office');
    expect(why['203.0.113.8']).toBe('');
    expect(why['2001:db8:5::9']).toContain('line 4');
    expect(why['2001:db8::/32']).toContain('line 4');
  });

  it('is anybody, as long as the allowlist has a line that cannot be read', async () => {
    await expect(whyNot(['203.0.113.7'], { [ALLOW]: '198.51.100.1\noffice.example.org\n' })).rejects.toThrow(
      /line 2 is no address or network: "office.example.org"/,
    );
  });

  it('is the host itself, its gateway or its name server', async () => {
    const files = {
      '/proc/net/fib_trie':
        'Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 198.51.100.0\n        /24 link UNICAST\n        |-- 198.51.100.10\n           /32 host LOCAL\n        |-- 198.51.100.255\n           /32 link BROADCAST\n',
      '/proc/net/if_inet6': `${HEX} 02 40 00 80     eth0\n`,
      '/proc/net/route':
        'Iface\tDestination\tGateway \tFlags\tRefCnt\neth0\t00000000\t016433C6\t0003\t0\neth0\t006433C6\t00000000\t0001\t0\n',
      '/proc/net/ipv6_route': `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 20010db8000000000000000000000001 00000400 1 0 3 eth0\n`,
      '/etc/resolv.conf': 'search x\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\n',
    };
    const why = await whyNot(
      [
        '198.51.100.10',
        '198.51.100.1',
        '198.51.100.99',
        '2001:db8::10',
        '2001:db8::1',
        '192.0.2.53',
        '127.0.0.2',
        '::1',
      ],
      files,
    );
    expect(why['198.51.100.10']).toContain("host's own");
    expect(why['2001:db8::10']).toContain("host's own");
    expect(why['198.51.100.1']).toContain('gateway');
    expect(why['2001:db8::1']).toContain('gateway');
    expect(why['192.0.2.53']).toContain('name server');
    expect(why['127.0.0.2']).toContain('loopback');
    expect(why['::1']).toContain('loopback');
    expect(why['198.51.100.99']).toBe('');
  });

  it("is the administrator's own session, also behind sudo", async () => {
    const files = {
      '/proc/self/environ': 'USER=root\0SUDO_USER=me\0',
      '/proc/self/status': 'Name:\tnode\nPPid:\t40\n',
      '/proc/40/environ': 'USER=root\0',
      '/proc/40/status': 'Name:\tsudo\nPPid:\t39\n',
      '/proc/39/environ': 'SSH_CONNECTION=203.0.113.7 50000 198.51.100.10 22\0',
      '/proc/39/status': 'Name:\tbash\nPPid:\t0\n',
    };
    const why = await whyNot(['203.0.113.7', '203.0.113.0/28', '203.0.113.77'], files);
    expect(why['203.0.113.7']).toContain('your own SSH session');
    expect(why['203.0.113.0/28']).toContain('your own SSH session');
    expect(why['203.0.113.77']).toBe('');
  });

  it('is somebody who is logged in by SSH, but who only knocks there can be blocked', async () => {
    const files = {
      '/proc/10/cmdline': 'sshd: root@pts/0\0',
      '/proc/11/cmdline': 'sshd: root [priv]\0',
      '/proc/12/cmdline': 'sshd: root [net]\0',
      '/etc/ssh/sshd_config': 'Port 22\n  port 2222\n',
    };
    const asked: string[] = [];
    const program: FakeProgram = (argv) => {
      if (argv[0] !== 'ss') return '';
      asked.push(argv.join(' '));
      if (argv.includes('-l')) return 'LISTEN 0 128 0.0.0.0:22022 0.0.0.0:* users:(("sshd",pid=1,fd=3))\n';
      return [
        '0 0 198.51.100.10:22 203.0.113.7:50000 users:(("sshd",pid=10,fd=4))',
        '0 0 198.51.100.10:22 203.0.113.66:50001 users:(("sshd",pid=12,fd=4),("sshd",pid=11,fd=4))',
        '0 0 [::ffff:198.51.100.10]:22 [::ffff:203.0.113.8]:50001 users:(("dropbear",pid=13,fd=4))',
      ].join('\n');
    };
    const why = await whyNot(['203.0.113.7', '203.0.113.66', '203.0.113.8'], files, { program });
    expect(why['203.0.113.7']).toContain('SSH session that is open');
    expect(why['203.0.113.66']).toBe('');
    expect(why['203.0.113.8']).toContain('SSH session that is open');
    expect(asked[1]).toContain('( sport = :22 or sport = :2222 or sport = :22022 )');
  });

  it('is somebody in utmp', async () => {
    const size = process.arch === 'arm64' ? 400 : 384;
    const record = Buffer.alloc(size * 2);
    record.writeInt16LE(7, 0);
    record.write('203.0.113.7', 76);
    record.writeInt16LE(8, size);
    record.write('203.0.113.9', size + 76);
    const files = { '/run/utmp': record.toString('latin1') };
    const why = await whyNot(['203.0.113.7', '203.0.113.9'], files);
    expect(why['203.0.113.7']).toContain('logged in');
    expect(why['203.0.113.9']).toBe('');
  });

  it('is a proxy or a crawler in its published network, nor a network that holds a part of one', async () => {
    const why = await whyNot([
      '104.16.1.1',
      '104.16.0.0/16',
      '66.249.66.1',
      '66.249.0.0/16',
      '131.0.0.0/16',
      '66.250.1.1',
    ]);
    expect(why['104.16.1.1']).toContain('Cloudflare');
    expect(why['104.16.0.0/16']).toContain('Cloudflare');
    expect(why['66.249.66.1']).toContain('Google');
    expect(why['66.249.0.0/16']).toContain('Google');
    expect(why['131.0.0.0/16']).toContain('Cloudflare');
    expect(why['66.250.1.1']).toBe('');
  });

  it('is a proxy that the web server trusts, unless it trusts everybody', async () => {
    const files = {
      '/etc/nginx/conf.d/real-ip.conf':
        'set_real_ip_from 203.0.113.40;\n# set_real_ip_from 203.0.113.50;\nset_real_ip_from 0.0.0.0/0;\n',
      '/etc/apache2/mods-enabled/remoteip.conf': '  RemoteIPInternalProxy 203.0.113.41 2001:db8:9::/64 # ours\n',
    };
    const why = await whyNot(['203.0.113.40', '203.0.113.41', '2001:db8:9::1', '203.0.113.50'], files);
    expect(why['203.0.113.40']).toContain('a proxy that the web server trusts (/etc/nginx/conf.d/real-ip.conf)');
    expect(why['203.0.113.41']).toContain('remoteip.conf');
    expect(why['2001:db8:9::1']).toContain('remoteip.conf');
    expect(why['203.0.113.50']).toBe('');
  });

  it('is a search engine that DNS proves, and one that only says so can be', async () => {
    const names: Names = {
      reverse: async (address) =>
        ({ '203.0.113.1': ['spider-1.yandex.com'], '203.0.113.2': ['fake.yandex.com'] })[address] ?? [],
      addresses: async (name) => (name === 'spider-1.yandex.com' ? ['203.0.113.1'] : ['192.0.2.1']),
    };
    const why = await whyNot(['203.0.113.1', '203.0.113.2', '203.0.113.3'], {}, { names });
    expect(why['203.0.113.1']).toContain('proved by DNS (yandex.com)');
    expect(why['203.0.113.2']).toBe('');
    expect(why['203.0.113.3']).toBe('');
  });

  it('waits for no name server that does not answer', async () => {
    const silent: Names = { reverse: () => new Promise(() => {}), addresses: () => new Promise(() => {}) };
    const begin = Date.now();
    const host = fakeHost({ program: () => '' });
    const sorted = await sortTargets(targetsOf(['203.0.113.1']), host, { allowFile: ALLOW, names: silent });
    expect(Date.now() - begin).toBeLessThan(5000);
    expect(sorted.fit).toHaveLength(1);
    expect(sorted.notes[0]).toContain('not told by DNS');
  });
});

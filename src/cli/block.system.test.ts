// What must hold of blocking on a real kernel: packets stop, connections end, everything is taken back, and a crash is repaired.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, OTHER, type Ran, SERVER, type SmallNetwork, smallNetwork } from './network.fixture.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'src/cli/main.ts')];

let net: SmallNetwork;
let count = 0;
let env: Record<string, string> = {};

beforeAll(async () => {
  net = await smallNetwork();
  // Answers on both families at one socket, and writes to whoever is connected.
  void net.start('server', [
    process.execPath,
    '-e',
    `require('net').createServer((c) => { c.on('error', () => {}); const t = setInterval(() => c.write('x'), 200); c.on('close', () => clearInterval(t)); }).listen(8080, '::')`,
  ]);
  await until(() =>
    client(`c.on('data', () => { console.log('answered'); process.exit() })`).stdout.includes('answered'),
  );
});
afterAll(() => net?.down());

beforeEach(() => {
  net.run('server', ['nft', 'flush', 'ruleset']);
  const folder = join(net.folder, `run-${count++}`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'config'));
  env = {
    SEAWALL_STATE: join(folder, 'state'),
    SEAWALL_CONFIG: join(folder, 'config'),
    PATH: `${join(folder, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
  };
});

/** Packets are waited for only where a test says so. */
const seawall = (...args: string[]): Ran => {
  const quick = args[0] === 'block' && !args.includes('--watch') ? ['--watch', '0s'] : [];
  return net.run('server', [...PROGRAM, ...args, ...quick], env);
};
const json = (...args: string[]) => JSON.parse(seawall(...args, '--json').stdout);
const ruleset = (): string => net.run('server', ['nft', 'list', 'ruleset']).stdout;

/** Without what counts and what passes. */
const rules = (): string =>
  ruleset()
    .replace(/ counter packets \d+ bytes \d+/g, '')
    .replace(/ expires [\dhms]+/g, '');

/** Nor for how long. */
const untimed = (): string => rules().replace(/ timeout [\dhms]+/g, '');

/** Connects to the server; `then` is code with the connection `c`. Ends after a second and a half. */
function client(then: string, address: string = SERVER[4], from?: string): Ran {
  const options = JSON.stringify({ host: address, port: 8080, ...(from && { localAddress: from }) });
  const code = `const c = require('net').connect(${options}); c.on('error', (e) => { console.log(e.code); process.exit() }); setTimeout(() => { console.log('silence'); process.exit() }, 1500); ${then}`;
  return net.run('client', [process.execPath, '-e', code]);
}

const reaches = (address: string = SERVER[4], from?: string): boolean =>
  client(`c.on('data', () => { console.log('answered'); process.exit() })`, address, from).stdout.includes('answered');

/** Keeps connecting, and holds what it gets, for some seconds. */
const flood = (seconds: number, address: string = SERVER[4]): Promise<Ran> =>
  net.start('client', [
    process.execPath,
    '-e',
    `const go = () => { const c = require('net').connect(8080, ${JSON.stringify(address)}); c.on('error', () => {}); }; go(); setInterval(go, 100); setTimeout(() => process.exit(), ${seconds * 1000})`,
  ]);

const connections = (from: string): number =>
  net
    .run('server', ['ss', '-Htn', 'state', 'established', 'dst', from])
    .stdout.split('\n')
    .filter((line) => line.trim() !== '').length;

async function until(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`it did not come about: ${holds}`);
    await sleep(100);
  }
}

/** A program before the real one in PATH. */
function wrap(program: string, script: string): void {
  const path = join(env.PATH?.split(':')[0] ?? '', program);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

describe('a block', () => {
  it('stops packets, ends connections, proves it, and is taken back without a trace', async () => {
    const before = ruleset();
    const flooding = flood(8);
    await until(() => connections(CLIENT[4]) > 2);
    const blocked = seawall('block', CLIENT[4], '--for', '10m', '--reason', 'floods', '--yes', '--watch', '3s');
    expect(blocked.stderr).toBe('');
    expect(blocked.code).toBe(0);
    expect(blocked.stdout).toMatch(/ok {2}[1-9]\d* packets? of 198.51.100.7 (?:was|were) dropped in .* s/);
    expect(blocked.stdout).toContain('A capture (tcpdump) still shows them');
    expect(blocked.stdout).toContain('None of its connections is open any more.');
    expect(connections(CLIENT[4])).toBe(0);
    expect(reaches()).toBe(false);
    expect(reaches(SERVER[4], OTHER)).toBe(true);
    const listed = json('bans');
    expect(listed.bans).toMatchObject([{ target: CLIENT[4], reason: 'floods', by: 'root', act: 1, inFirewall: true }]);
    expect(listed.bans[0].packets).toBeGreaterThan(0);
    expect(seawall('undo', '--last', '--yes').code).toBe(0);
    expect(ruleset()).toBe(before);
    expect(reaches()).toBe(true);
    await flooding;
  });

  it('of IPv6 and of a network', () => {
    expect(reaches(SERVER[6])).toBe(true);
    expect(seawall('block', '2001:db8:1::6/127', '198.51.100.8/29', '--yes').code).toBe(0);
    expect(reaches(SERVER[6])).toBe(false);
    expect(reaches(SERVER[4], OTHER)).toBe(false);
    expect(reaches()).toBe(true);
    expect(seawall('unblock', OTHER, '--yes').stderr).toContain('stays blocked by 198.51.100.8/29');
    expect(seawall('unblock', '2001:db8:1::/64', '--yes').code).toBe(0);
    expect(reaches(SERVER[6])).toBe(true);
    expect(seawall('unblock', '--all', '--yes').code).toBe(0);
    expect(reaches(SERVER[4], OTHER)).toBe(true);
    expect(ruleset()).toBe('');
  });

  it('expires by itself', async () => {
    expect(seawall('block', CLIENT[4], '--for', '2s', '--yes').code).not.toBe(2);
    await until(() => reaches());
    expect(json('bans').bans).toEqual([]);
    seawall('bans', '--restore');
    expect(ruleset()).toBe('');
  });

  it('may overlap others: each address is held as long as any of them says', () => {
    const shorter = seawall('block', '203.0.113.7', '203.0.113.8', '--for', '2h', '--yes');
    expect(shorter.code).toBe(0);
    expect(seawall('block', '203.0.113.0/24', '--for', '1h', '--yes').code).toBe(0);
    expect(rules()).toMatch(/ 203.0.113.7 timeout (?:2h|1h59m)/);
    expect(rules()).toMatch(/203.0.113.9-203.0.113.255 timeout (?:1h|59m)/);
    expect(seawall('block', '203.0.113.7', '--for', '3h', '--yes').code).toBe(0);
    expect(seawall('block', '203.0.113.0/25', '--for', '4h', '--yes').code).toBe(0);
    expect(rules()).toMatch(/203.0.113.0\/25 timeout (?:4h|3h59m)/);
    for (const id of ['4', '3', '2']) expect(seawall('undo', id, '--yes').code).toBe(0);
    expect(rules()).toMatch(/elements = \{ 203.0.113.7 timeout \S+, 203.0.113.8 timeout \S+ \}/);
  });

  it('ends connections also where the kernel cannot be asked to', async () => {
    // What a kernel without INET_DIAG_DESTROY does: nothing.
    wrap('ss', 'case " $* " in *" -K "*) exit 0 ;; esac; exec /usr/bin/ss "$@"');
    const flooding = flood(6);
    await until(() => connections(CLIENT[4]) > 2);
    seawall('block', CLIENT[4], '--yes');
    // The server writes to each of them, and is answered by the firewall.
    await until(() => connections(CLIENT[4]) === 0, 3000);
    await flooding;
  });

  it('takes 20,000 at once, in one transaction', () => {
    const list = join(net.folder, 'list');
    const lines = Array.from({ length: 20_000 }, (_, i) => `203.${(i >> 8) & 127}.${i & 255}.9 # ${i}`);
    writeFileSync(list, `${lines.join('\n')}\n2001:db8:9::/48\n`);
    const begin = Date.now();
    const blocked = seawall('block', '--file', list, '--yes');
    const took = Date.now() - begin;
    expect(blocked.stderr).toBe('');
    expect(blocked.code).toBe(0);
    expect(blocked.stdout).toContain('All 20001 stand in the firewall.');
    expect(json('bans').bans).toHaveLength(20_001);
    expect(took).toBeLessThan(30_000);
    const again = Date.now();
    expect(seawall('block', CLIENT[4], '--yes').code).toBe(0);
    expect(Date.now() - again).toBeLessThan(30_000);
    net.run('server', ['nft', 'flush', 'ruleset']);
    expect(seawall('bans', '--restore').stderr).toContain('brought back (20002 in all)');
    expect(json('bans').missing).toBe(0);
  }, 120_000);

  it('outlives a flush of the firewall, and one by hand is taken up', () => {
    seawall('block', '203.0.113.7', '--for', '1h', '--yes');
    net.run('server', ['nft', 'flush', 'ruleset']);
    const missing = seawall('bans');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('seawall bans --restore');
    net.run(
      'server',
      ['nft', '-f', '-'],
      {},
      'add table inet seawall\nadd set inet seawall blocked4 { type ipv4_addr; flags interval, timeout; }\nadd element inet seawall blocked4 { 203.0.113.9 timeout 10m }\n',
    );
    const restored = seawall('bans', '--restore');
    expect(restored.code).toBe(0);
    expect(restored.stderr).toContain('took up 1 blocked');
    expect(rules()).toMatch(/203.0.113.7 +timeout (1h|59m\d+s), 203.0.113.9 +timeout (10m|9m\d+s)/);
    expect(json('bans').bans.map((ban: { target: string }) => ban.target)).toEqual(['203.0.113.7', '203.0.113.9']);
  });

  it('asks before it acts, and without a terminal it refuses', () => {
    const refused = seawall('block', CLIENT[4]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Add --yes');
    const looked = seawall('block', CLIENT[4], '--dry-run');
    expect(looked.code).toBe(0);
    expect(looked.stdout).toContain('add element inet seawall blocked4 { 198.51.100.7 timeout 3600s }');
    expect(ruleset()).toBe('');
    expect(existsSync(join(env.SEAWALL_STATE ?? '', 'seawall.db')) && json('acts').acts.length > 0).toBe(false);
  });

  it('shows before what it does: the rules of the preview are those in the kernel', () => {
    const shown = seawall('block', '203.0.113.7', '--dry-run').stdout;
    const script = shown
      .split('\n')
      .filter((line) => /^ {6}(?:add|flush) /.test(line))
      .join('\n');
    net.run('server', ['nft', '-f', '-'], {}, `${script}\n`);
    const byHand = rules();
    net.run('server', ['nft', 'flush', 'ruleset']);
    seawall('block', '203.0.113.7', '--yes');
    expect(rules()).toBe(byHand);
  });
});

describe('never blocked', () => {
  it('is the host, a network that holds it, an allowlisted address; the others of the list are', () => {
    writeFileSync(join(env.SEAWALL_CONFIG ?? '', 'allow'), `${OTHER} # the office\n`);
    const refused = seawall('block', SERVER[4], SERVER[6], '198.51.100.0/24', OTHER, '127.0.0.1', '--yes');
    expect(refused.stderr).toContain('198.51.100.0/24 is not blocked: it holds');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("198.51.100.1 is not blocked: the host's own address");
    expect(refused.stderr).toContain('198.51.100.8 is not blocked: allowed in');
    expect(ruleset()).toBe('');
    const partly = json('block', OTHER, '203.0.113.7', '--yes');
    expect(partly).toMatchObject({ done: true, refused: [{ target: OTHER }] });
    expect(json('bans').bans).toHaveLength(1);
  });

  it('is where an administrator is logged in by SSH; whoever only knocks there can be', async () => {
    const at = (name: string): string => join(net.folder, name);
    for (const name of ['host', 'user'])
      net.run('server', ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
    writeFileSync(at('authorized'), readFileSync(at('user.pub')));
    chmodSync(at('authorized'), 0o600);
    const options = [
      'UsePAM=no',
      'StrictModes=no',
      'PermitRootLogin=yes',
      `AuthorizedKeysFile=${at('authorized')}`,
      'PidFile=none',
    ];
    void net.start('server', [
      '/usr/sbin/sshd',
      '-D',
      '-p',
      '2222',
      '-h',
      at('host'),
      ...options.flatMap((one) => ['-o', one]),
    ]);
    const ssh = [
      'ssh',
      '-p',
      '2222',
      '-i',
      at('user'),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
    ];
    await until(() => net.run('client', [...ssh, '-o', 'BatchMode=yes', `root@${SERVER[4]}`, 'true']).code === 0);
    const session = net.start('client', [...ssh, '-b', CLIENT[4], `root@${SERVER[4]}`, 'sleep 8']);
    const knock = net.start('client', [
      process.execPath,
      '-e',
      `require('net').connect({ host: '${SERVER[4]}', port: 2222, localAddress: '${OTHER}' }).on('error', () => {}); setTimeout(() => process.exit(), 8000)`,
    ]);
    await until(
      () =>
        net.run('server', ['ss', '-Htn', 'state', 'established', 'sport', '=', ':2222']).stdout.trim().split('\n')
          .length === 2,
    );
    await until(() => /sshd: root@/.test(net.run('server', ['ps', '-eo', 'args']).stdout));
    const refused = seawall('block', CLIENT[4], '--yes');
    expect(refused.stderr).toContain('198.51.100.7 is not blocked: the address of an SSH session that is open');
    expect(refused.code).toBe(1);
    expect(seawall('block', OTHER, '--yes').code).toBe(0);
    await Promise.all([session, knock]);
  });

  it('is your own session, though sudo takes it out of the environment', () => {
    const ran = net.run(
      'server',
      ['sh', '-c', 'env -u SSH_CONNECTION "$@"; true', 'sh', ...PROGRAM, 'block', CLIENT[4], '--yes'],
      {
        ...env,
        SSH_CONNECTION: `${CLIENT[4]} 50000 ${SERVER[4]} 22`,
      },
    );
    expect(ran.stderr).toContain('the address of your own SSH session');
    expect(ruleset()).toBe('');
  });

  it.each([
    '203.0.113.7; nft flush ruleset',
    '203.0.113.7 }\nflush ruleset',
    '$(reboot)',
    '`id`',
    '-j',
    '203.0.113.7/33',
    '0.0.0.0/0/0',
    '١٢٣.0.0.1',
    '203.0.113.7\u0000',
  ])('hostile text reaches neither a shell nor the rules: %j', (text) => {
    const ran = net.run('server', [...PROGRAM, 'block', '--yes', '--file', '-', '203.0.113.7'], env, `${text}\n`);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('Nothing was changed');
    expect(ruleset()).toBe('');
  });
});

describe('a kill -9', () => {
  /** Before or after the real program runs for the nth time, whoever called it dies. */
  const deadly = (program: string, real: string, nth: number, when: 'before' | 'after'): void =>
    wrap(
      program,
      `n=$(cat "$0.n" 2>/dev/null || echo 0); n=$((n + 1)); echo $n > "$0.n"
if [ $n -ne ${nth} ]; then exec ${real} "$@"; fi
${when === 'before' ? '' : `${real} "$@"`}
kill -9 $PPID`,
    );
  const harmless = (): void => {
    for (const program of ['nft', 'ss']) rmSync(join(env.PATH?.split(':')[0] ?? '', program), { force: true });
  };
  const steps = [
    ...[1, 4, 5].flatMap((nth) => (['before', 'after'] as const).map((when) => ['nft', nth, when] as const)),
    ['ss', 3, 'after'],
  ] as const;

  it.each(
    steps,
  )('at %s call %d, %s it: the next command repairs, and the firewall is as the book says', async (program, nth, when) => {
    const flooding = program === 'ss' ? flood(5) : undefined;
    seawall('block', '203.0.113.9', '--yes');
    const first = untimed();
    deadly(program, program === 'nft' ? '/usr/sbin/nft' : '/usr/bin/ss', nth, when);
    const killed = seawall('block', CLIENT[4], '203.0.113.0/24', '--yes');
    harmless();
    expect(killed.code).not.toBe(0);
    expect(seawall('bans', '--restore').code).toBe(0);
    const [act] = json('acts').acts;
    expect(['done', 'undone', 'failed']).toContain(act.state);
    if (act.id === 1 || act.state !== 'done') expect(untimed()).toBe(first);
    else expect(rules()).toContain(CLIENT[4]);
    expect(json('bans').missing).toBe(0);
    seawall('unblock', '--all', '--yes');
    expect(ruleset()).toBe('');
    await flooding;
  });

  it('while it is taken back: the next command finishes', () => {
    seawall('block', CLIENT[4], '--yes');
    deadly('nft', '/usr/sbin/nft', 3, 'before');
    expect(seawall('undo', '--last', '--yes').code).not.toBe(0);
    harmless();
    expect(json('acts').acts[0].state).toBe('undoing');
    expect(seawall('bans', '--restore').stderr).toContain('repaired what was left of act 1');
    expect(json('acts').acts[0].state).toBe('undone');
    expect(ruleset()).toBe('');
  });
});

describe('a state folder', () => {
  it.each([
    ['that is full', 'size=220k', /full.*free some space/s],
    ['that can only be read', 'ro', /read-only|readonly|EROFS|read only/i],
  ])('%s: it is said, and nothing is changed', (_, options, message) => {
    const folder = env.SEAWALL_STATE ?? '';
    mkdirSync(folder, { mode: 0o700 });
    net.run('server', ['mount', '-t', 'tmpfs', '-o', `mode=700,${options}`, 'state', folder]);
    try {
      const many = Array.from({ length: 5000 }, (_, i) => `203.0.${i >> 8}.${i & 255}`).join('\n');
      const ran = net.run('server', [...PROGRAM, 'block', '--yes', '--file', '-', '--watch', '0s'], env, many);
      expect(ran.stderr).toMatch(message);
      expect(ran.code).toBe(1);
      expect(ruleset()).toBe('');
    } finally {
      net.run('server', ['umount', folder]);
    }
  });
});

describe('somebody else than root', () => {
  it('is told that it takes root, and never that there is nothing', () => {
    seawall('block', '203.0.113.7', '--yes');
    const as = ['setpriv', '--reuid=65534', '--clear-groups'];
    const nobody = (...args: string[]): Ran => net.run('server', [...as, ...PROGRAM, ...args], env);
    // In a checkout that only root can read there is nobody else to run it.
    if (net.run('server', [...as, 'cat', PROGRAM.at(-1) ?? '']).code !== 0) return;
    for (const command of [['bans'], ['acts']]) {
      const ran = nobody(...command);
      expect(ran.code).toBe(3);
      expect(ran.stdout).toBe('');
      expect(ran.stderr).toMatch(/Run it as root/);
    }
    for (const command of [
      ['block', CLIENT[4], '--yes'],
      ['undo', '--last', '--yes'],
    ]) {
      const ran = nobody(...command);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('needs root. Nothing was changed');
    }
  });
});

describe('two at once', () => {
  it('act one after the other', async () => {
    const both = await Promise.all(
      ['203.0.113.7', '203.0.113.8'].map((address) =>
        net.start('server', [...PROGRAM, 'block', address, '--yes'], env),
      ),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(json('bans').bans).toHaveLength(2);
  });
});

describe('without nft', () => {
  it('iptables with ipset does the same', async () => {
    // As if it were not installed, in the namespaces of this test alone.
    net.run('server', ['mount', '--bind', '/dev/null', '/usr/sbin/nft']);
    try {
      const flooding = flood(5);
      await until(() => connections(CLIENT[4]) > 2);
      const blocked = seawall('block', CLIENT[4], '2001:db8:1::/127', '203.0.113.0/24', '--yes', '--watch', '3s');
      expect(blocked.stdout).toContain('2001:db8:1::/127 is not blocked');
      const second = seawall('block', '2001:db8:1::6/127', '203.0.113.7', '--yes', '--for', '2h');
      expect(second.stdout).toContain('iptables with ipset');
      expect(second.code).toBe(0);
      expect(blocked.stdout).toMatch(/[1-9]\d* packets? .* (?:was|were) dropped/);
      expect(connections(CLIENT[4])).toBe(0);
      expect(reaches()).toBe(false);
      expect(reaches(SERVER[6])).toBe(false);
      expect(reaches(SERVER[4], OTHER)).toBe(true);
      expect(json('bans')).toMatchObject({ firewall: 'iptables with ipset', missing: 0 });
      net.run('server', ['iptables', '-t', 'raw', '-F']);
      net.run('server', ['iptables', '-F']);
      expect(reaches()).toBe(true);
      expect(seawall('bans', '--restore').code).toBe(0);
      expect(reaches()).toBe(false);
      expect(seawall('unblock', '--all', '--yes').code).toBe(0);
      expect(reaches()).toBe(true);
      expect(net.run('server', ['ipset', 'list', '-n']).stdout).toBe('');
      expect(net.run('server', ['iptables', '-t', 'raw', '-S']).stdout).not.toContain('seawall');
      await flooding;
    } finally {
      net.run('server', ['umount', '/usr/sbin/nft']);
    }
  });

  it('and without ipset it is said what to install', () => {
    for (const path of ['/usr/sbin/nft', '/usr/sbin/ipset']) net.run('server', ['mount', '--bind', '/dev/null', path]);
    try {
      const refused = seawall('block', CLIENT[4], '--yes');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('apt-get install nftables');
    } finally {
      for (const path of ['/usr/sbin/nft', '/usr/sbin/ipset']) net.run('server', ['umount', path]);
    }
  });
});

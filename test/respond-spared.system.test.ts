// Who must not be blocked isn't, though he takes the site down: the site comes back all the same, by what hits the attack and not the person.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import {
  bansOf,
  expectKilled,
  expectRowsOf,
  expectStateOf,
  expectTakenBack,
  judge,
  lookBefore,
  outcomeOf,
  respond,
  startDatabase,
  undoAll,
} from './trial.fixture.ts';

const ATTACKER = '203.0.113.66';
const PROXY = '203.0.113.200';

let lab: Lab | undefined;
afterEach(() => lab?.down());

describe('seawall respond --yes', () => {
  it("does not block the administrator's own address, nor an allowed one: it denies what is abused", {
    timeout: 240_000,
  }, async () => {
    lab = await startLab({ memoryMb: 512, badness: 900 });
    const server = lab;
    const before = await lookBefore(server);
    const attack = server.attack([{ actor: 'pingback', perSecond: 1, sources: [ATTACKER] }], 220);
    for (const spared of ['session', 'allowlist'] as const) {
      await expectKilled(server);
      const put = `mkdir -p /etc/seawall && echo '${ATTACKER} # the office' >/etc/seawall/allow`;
      if (spared === 'allowlist') await server.run(['sh', '-c', put]);
      const told = await respond(
        server,
        ['--yes'],
        spared === 'session' ? { SSH_CONNECTION: `${ATTACKER} 50000 192.0.2.10 22` } : {},
      );
      await judge(told, async () => {
        const { report } = told;
        const block = report.steps.find(({ kind }) => kind === 'block');
        expect(block?.outcome).toBe('refused');
        expect(block?.why).toContain(spared === 'session' ? 'your own SSH session' : 'allowed in /etc/seawall/allow');
        expect(outcomeOf(report, 'deny-endpoint')).toBe('done');
        expect(await bansOf(server)).toEqual([]);
        expect(report.calm?.well).toBe(true);
        expect((await server.visit('/')).status).toBe(200);
        // The person still gets in; only the endpoint is closed.
        expect((await server.visit('/', { source: '198.51.100.7' })).status).toBe(200);
        expect((await server.visit('/xmlrpc.php', { method: 'POST', body: 'x' })).status).toBe(403);
      });
      await undoAll(server, told.report);
      await startDatabase(server);
    }
    await attack.stop();
    await server.run(['rm', '-rf', '/etc/seawall']);
    // The flood goes on, and may have killed it again.
    await startDatabase(server);
    await expectRowsOf(before, server);
    await expectStateOf(before, server);
  });

  it('denies who comes through a trusted proxy in the web server, and leaves the proxy alone', {
    timeout: 200_000,
  }, async () => {
    lab = await startLab({ memoryMb: 512, badness: 900 });
    const server = lab;
    const trust = `RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy ${PROXY}\n`;
    await server.run(['sh', '-c', `printf '${trust}' >/etc/apache2/conf-enabled/proxy.conf`]);
    await server.run(['a2enmod', '-q', 'remoteip']);
    await server.run(['service', 'apache2', 'restart']);
    const before = await lookBefore(server);
    const through = server.attack(
      [
        { actor: 'browser', perSecond: 0.4, sources: ['198.51.100.20', '198.51.100.21'], via: PROXY },
        { actor: 'pingback', perSecond: 1, sources: [ATTACKER], via: PROXY },
      ],
      170,
    );
    await expectKilled(server);
    const told = await respond(server);
    await judge(told, async () => {
      const { report } = told;
      expect(report.incident.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
      expect(outcomeOf(report, 'deny-forwarded')).toBe('done');
      expect(await bansOf(server)).toEqual([]);
      expect(report.calm?.well).toBe(true);
      const begin = Date.now();
      await sleep(8000);
      const late = through.answers.filter(({ at }) => at >= begin);
      expect(late.filter(({ path, status }) => path === '/xmlrpc.php' && status !== 403)).toEqual([]);
      expect(late.filter(({ path, status }) => !path.startsWith('/xmlrpc') && status !== 200)).toEqual([]);
    });
    await through.stop();
    await expectTakenBack(before, server, told.report);
  });
});

// Attackers who write into every log and every request what a shell, a terminal, a browser or a configuration would obey: none of it gets there.
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import {
  expectKilled,
  expectTakenBack,
  judge,
  lookBefore,
  outcomeOf,
  readersOf,
  respond,
  SEAWALL,
  startDatabase,
} from './trial.fixture.ts';

const ATTACKER = '203.0.113.66';
/** What a terminal would obey, but for the end of a line. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
const EVIL = '$(touch /tmp/seawall-pwned)`id`\u001b[31m"; } flush ruleset; #';

let lab: Lab | undefined;
afterEach(() => lab?.down());

describe('hostile logs and requests', () => {
  it('reach no shell, no terminal, no configuration and no rule while the site is brought back', {
    timeout: 240_000,
  }, async () => {
    lab = await startLab({ memoryMb: 512, badness: 900 });
    const server = lab;
    const before = await lookBefore(server);
    const visitors = readersOf(server, 220);
    const attack = server.attack([{ actor: 'hostile', perSecond: 1, sources: [ATTACKER] }], 220);
    await expectKilled(server, 90);

    const logged = await server.run(['sh', '-c', 'grep -c seawall-pwned /var/log/apache2/access.log']);
    expect(Number(logged.stdout)).toBeGreaterThan(0);
    const dry = await server.run([SEAWALL, 'respond', '--dry-run'], { timeoutMs: 100_000 });
    expect(`${dry.stdout}${dry.stderr}`).not.toMatch(CONTROL);
    expect(dry.stdout).toContain(ATTACKER);

    const told = await respond(server);
    await judge(told, async () => {
      expect(told.said).not.toMatch(CONTROL);
      expect(told.report.incident.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
      expect(outcomeOf(told.report, 'block')).toBe('done');
      await expectClean(server);
    });

    const commands = [
      ['deny', `/xmlrpc.php${EVIL}`, '--yes'],
      ['deny', '/xmlrpc.php', '--reason', EVIL, '--yes'],
      ['undo', '--last', '--yes'],
      ['block', EVIL, '--yes'],
      ['block', '203.0.113.99', '--reason', EVIL, '--yes'],
      ['undo', '--last', '--yes'],
      ['recover', '--reason', EVIL, '--yes'],
      ['capture', '--site', '/usr/share/wordpress', '--for', '8s', '--yes'],
      ['bans'],
      ['acts'],
      ['diagnose'],
    ];
    for (const [command = '', ...args] of commands) {
      const { stdout, stderr } = await server.run([SEAWALL, command, ...args], { timeoutMs: 100_000 });
      expect(`${stdout}${stderr}`, command).not.toMatch(CONTROL);
      await expectClean(server);
    }
    await Promise.all([attack.stop(), visitors.stop()]);
    await startDatabase(server);
    await expectTakenBack(before, server, told.report);
  });
});

/** None of it was run, configured or made a rule. */
async function expectClean(on: Lab): Promise<void> {
  const files = await on.run(['sh', '-c', 'ls /tmp | grep pwned; grep -rl pwned /etc /run/nginx* 2>/dev/null; true']);
  expect(files.stdout).toBe('');
  const rules = await on.run(['nft', 'list', 'ruleset']);
  expect(rules.stdout).not.toContain('pwned');
  expect((await on.run(['apache2ctl', '-t'])).code).toBe(0);
}

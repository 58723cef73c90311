// The guided way out, on a real site under a real flood: everybody is served again, nothing is lost, and all of it can be taken back.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import {
  bansOf,
  expectKilled,
  expectTakenBack,
  isServed,
  judge,
  lookBefore,
  outcomeOf,
  PHONE,
  readersOf,
  respond,
} from './trial.fixture.ts';

const ATTACKER = '203.0.113.66';

let lab: Lab | undefined;
afterEach(() => lab?.down());

describe('seawall respond --yes', () => {
  it('ends a pingback flood that has killed the database: all are served, nothing is lost', {
    timeout: 240_000,
  }, async () => {
    lab = await startLab({ memoryMb: 512, badness: 900 });
    const server = lab;
    const before = await lookBefore(server);
    const visitors = readersOf(server, 200);
    await sleep(5000);
    const attack = server.attack([{ actor: 'pingback', perSecond: 1, sources: [ATTACKER] }], 190);
    await expectKilled(server);

    const begin = Date.now();
    const told = await respond(server);
    await judge(told, async () => {
      const { report, code } = told;
      // A dead database ends every request at once: what they were is then seen only in those that hold on from before.
      expect(['pingback-abuse', 'request-flood']).toContain(report.incident.verdict.cause);
      expect(report.incident.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
      expect(outcomeOf(report, 'block')).toBe('done');
      expect(outcomeOf(report, 'start-service')).toBe('done');
      expect(report.calm?.well).toBe(true);
      expect(code).toBe(0);

      // From a minute after the command on, while the attacker goes on.
      await sleep(Math.max(0, begin + 75_000 - Date.now()));
      const late = visitors.answers.filter(({ at }) => at >= begin + 60_000);
      expect(late.length).toBeGreaterThan(5);
      expect(late.filter((answer) => !isServed(answer))).toEqual([]);
      const app = await server.visit('/xmlrpc.php', { source: PHONE, method: 'POST', body: '<methodCall/>' });
      expect(app.status).toBe(200);
      expect(await bansOf(server)).toEqual([ATTACKER]);
    });

    await Promise.all([attack.stop(), visitors.stop()]);
    await expectTakenBack(before, server, told.report);
  });
});

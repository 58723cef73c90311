// The guided way out, on a real site under a real flood: everybody is served again, nothing is lost, and all of it can be taken back.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import {
  bansOf,
  isDatabaseUp,
  isServed,
  judge,
  outcomeOf,
  PHONE,
  readersOf,
  respond,
  rowsOf,
  startDatabase,
  stateOf,
  undoAll,
  until,
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
    const before = { ...(await stateOf(server)), rows: await rowsOf(server) };
    const visitors = readersOf(server, 200);
    await sleep(5000);
    const attack = server.attack([{ actor: 'pingback', perSecond: 1, sources: [ATTACKER] }], 190);
    expect(await until(async () => !(await isDatabaseUp(server)), 60)).toBe(true);

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
    expect(await rowsOf(server)).toBe(before.rows);
    await undoAll(server, told.report);
    await startDatabase(server);
    const { rows: _, ...was } = before;
    expect(await stateOf(server)).toEqual(was);
  });
});

// Seawall killed with kill -9 at one step after the other: the next run says what it repaired, brings the site back, and all can be taken back.
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import {
  bansOf,
  expectRowsOf,
  expectStateOf,
  isDatabaseUp,
  judge,
  lookBefore,
  readersOf,
  respond,
  SEAWALL,
  startDatabase,
  undoActs,
  until,
} from './trial.fixture.ts';

let lab: Lab | undefined;
afterEach(() => lab?.down());

/**
 * Runs a response and ends it by SIGKILL as soon as one of these moments comes: an act of a kind is `doing`, with so many changes
 * begun. Prints that moment, or "through".
 */
const KILLER = `
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
const [seawall, wanted] = [process.argv[2], JSON.parse(process.argv[3])];
const child = spawn(seawall, ['respond', '--yes', '--json', '--verify', '1s'], { stdio: 'ignore' });
let over = false;
child.on('exit', () => { over = true; });
const path = '/var/lib/seawall/seawall.db';
let journal;
while (!over) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  try {
    journal ??= existsSync(path) ? new DatabaseSync(path, { readOnly: true, timeout: 50 }) : undefined;
    const acts = journal?.prepare("SELECT begun, plan FROM acts WHERE state = 'doing'").all() ?? [];
    const doing = acts.map(({ begun, plan }) => JSON.parse(plan).kind + ' ' + begun);
    const moment = wanted.find((one) => doing.includes(one));
    if (moment === undefined) continue;
    child.kill('SIGKILL');
    console.log(moment);
    process.exit(0);
  } catch {}
}
console.log('through');
process.exit(0);
`;

/** Changes of a restart: 1 the stop, 2 what is left is ended, 3 the start. */
const MOMENTS = ['block 1', 'block 2', 'restart-web 1', 'restart-web 3', 'start-service 1'];
/** Over in some milliseconds: whether it is met in the middle is a matter of luck. */
const QUICK = ['block 1', 'block 2'];

describe('seawall respond, killed at each step', () => {
  it('is repaired by the next run, which brings the site back', { timeout: 280_000 }, async () => {
    lab = await startLab({ memoryMb: 1024, badness: 900 });
    const server = lab;
    const before = await lookBefore(server);
    const visitors = readersOf(server, 260);
    const attack = server.attack([{ actor: 'pingback', perSecond: 2, sources: ['203.0.113.66'] }], 260);
    for (const moment of MOMENTS) {
      expect(await until(async () => (await workersOf(server)) >= 15, 60), moment).toBe(true);
      // As the kernel does.
      if (moment.startsWith('start')) await server.run(['pkill', '-9', '-x', 'mariadbd']);
      const { stdout, stderr } = await server.run(
        [process.execPath, '--input-type=module', '-', SEAWALL, JSON.stringify([moment])],
        { stdin: KILLER, timeoutMs: 100_000 },
      );
      expect(QUICK.includes(moment) ? [moment, 'through'] : [moment], stderr).toContain(stdout.trim());
      const left = (await actsOf(server)).filter(({ state }) => state === 'doing');
      expect(left).toHaveLength(stdout.trim() === moment ? 1 : 0);

      // The next command that acts says what it repaired, and leaves nothing in between.
      const next = await server.run([SEAWALL, 'bans', '--restore'], { timeoutMs: 100_000 });
      for (const { id } of left) expect(next.stderr).toContain(`repaired what was left of act ${id} `);
      const acts = await actsOf(server);
      expect(acts.filter(({ state }) => state !== 'done' && state !== 'failed' && state !== 'undone')).toEqual([]);
      expect((await server.run(['pidof', 'apache2'])).code, moment).toBe(0);
      if (moment === MOMENTS.at(-1)) break;
      await undoActs(server, doneOf(acts));
      await startDatabase(server);
    }

    const told = await respond(server);
    await judge(told, async () => {
      expect(await isDatabaseUp(server)).toBe(true);
      expect((await server.visit('/')).status).toBe(200);
      expect(await bansOf(server)).toEqual(['203.0.113.66']);
    });
    await visitors.stop();
    await attack.stop();
    await expectRowsOf(before, server);
    await undoActs(server, doneOf(await actsOf(server)));
    await startDatabase(server);
    await expectStateOf(before, server);
  });
});

function doneOf(acts: readonly { id: number; state: string }[]): number[] {
  return acts.filter(({ state }) => state === 'done').map(({ id }) => id);
}

async function workersOf(on: Lab): Promise<number> {
  return Number((await on.run(['sh', '-c', 'ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c php'])).stdout);
}

/** Newest first. */
async function actsOf(on: Lab): Promise<{ id: number; state: string }[]> {
  const { stdout } = await on.run([SEAWALL, 'acts', '--json']);
  return JSON.parse(stdout).acts;
}

// Password guessing on a real site: only the guessers are kept out, visitors and the phone app are served again, and all can be taken back.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, type LabOptions, startLab } from '../lab/index.ts';
import type { Traffic } from '../lab/traffic.ts';
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

let lab: Lab | undefined;
afterEach(() => lab?.down());

interface Guessing {
  readonly options: LabOptions;
  readonly attack: (on: Lab) => readonly Traffic[];
  readonly guessers: readonly string[];
}

async function trial({ options, attack, guessers }: Guessing): Promise<void> {
  lab = await startLab(options);
  const server = lab;
  const before = await lookBefore(server);
  const visitors = readersOf(server, 160);
  await sleep(3000);
  const attacks = attack(server);
  await expectKilled(server);

  const begin = Date.now();
  const told = await respond(server);
  await judge(told, async () => {
    const { report, code } = told;
    // A guess that is still held, or that met a dead database, was never answered: nobody can say that it failed.
    expect(['login-brute-force', 'request-flood']).toContain(report.incident.verdict.cause);
    expect(report.incident.culprits.map(({ id }) => id).sort()).toEqual(guessers);
    expect(outcomeOf(report, 'block')).toBe('done');
    expect(report.calm?.well).toBe(true);
    expect(code).toBe(0);

    await sleep(Math.max(0, begin + 72_000 - Date.now()));
    const late = visitors.answers.filter(({ at }) => at >= begin + 60_000);
    expect(late.length).toBeGreaterThan(3);
    expect(late.filter((answer) => !isServed(answer))).toEqual([]);
    expect(late.map(({ source }) => source)).toContain(PHONE);
    expect(await bansOf(server)).toEqual(guessers);
  });

  await Promise.all([...attacks, visitors].map((traffic) => traffic.stop()));
  await expectTakenBack(before, server, told.report);
}

describe('seawall respond --yes, when the database is dead, keeps out who guesses passwords', () => {
  it('by XML-RPC', { timeout: 200_000 }, async () => {
    await trial({
      options: { memoryMb: 512, badness: 900 },
      attack: (on) => [on.attack([{ actor: 'xmlrpc-guess', perSecond: 10, sources: ['203.0.113.77'] }], 170)],
      guessers: ['203.0.113.77'],
    });
  });

  it('at wp-login.php, from both families of addresses', { timeout: 200_000 }, async () => {
    const guessers = ['2001:db8:bad::21', '203.0.113.121'];
    await trial({
      options: { memoryMb: 512, badness: 900 },
      attack: (on) => [
        on.attack([{ actor: 'login-guess', perSecond: 5, sources: guessers.slice(1) }], 170),
        on.attack([{ actor: 'login-guess', perSecond: 5, sources: guessers.slice(0, 1) }], 170, { ipv6: true }),
      ],
      guessers,
    });
  });
});

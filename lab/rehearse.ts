// Plays a scenario on a lab: ordinary visitors first, then the trouble, and what came of it.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './index.ts';
import { record } from './record/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { ordinaryVisitors } from './scenarios/visitors.ts';
import type { TrafficAnswer } from './traffic.ts';

export interface RehearsalOptions {
  /** How long the trouble lasts; the scenario's own when it is not said. */
  readonly seconds?: number;
  /** Ordinary traffic before it, to compare with; 20 when it is not said. */
  readonly leadSeconds?: number;
  /** A folder to record it into, new or empty. */
  readonly recordTo?: string;
  /** Told what happens. */
  readonly say?: (line: string) => void;
  /** Ends it early, and puts right what it did. */
  readonly signal?: AbortSignal;
}

export interface Rehearsal {
  readonly troubleAt: number;
  /** What the ordinary visitors got. */
  readonly visits: readonly TrafficAnswer[];
  readonly kills: readonly Kill[];
}

export interface Kill {
  readonly at: number;
  readonly program: string;
}

const AFTER_SECONDS = 3;

export async function rehearse(lab: Lab, scenario: Scenario, options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { seconds = scenario.seconds, leadSeconds = 20, recordTo, say = () => {}, signal } = options;
  const total = leadSeconds + seconds;
  if (recordTo !== undefined && existsSync(recordTo) && readdirSync(recordTo).length > 0) {
    throw new Error(`the folder ${recordTo} is not empty: name another one to record into`);
  }
  const recording = recordTo === undefined ? undefined : await record(lab, recordTo);
  const visitors = ordinaryVisitors(lab, total);
  const running = [...visitors];
  let repair: (() => Promise<void>) | undefined;
  try {
    say(`ordinary visitors for ${leadSeconds} s`);
    await pause(leadSeconds, signal);
    const troubleAt = Date.now();
    if (signal?.aborted) return { troubleAt, visits: [], kills: [] };
    say(`${scenario.name} for ${seconds} s: ${scenario.about}`);
    const trouble = await scenario.begin(lab, seconds);
    running.push(...trouble.traffic);
    repair = trouble.repair;
    await watch(lab, troubleAt, seconds, say, signal);
    await pause(AFTER_SECONDS, signal);
    await Promise.all(running.map(({ stop }) => stop()));
    await recording?.finish();
    const kills = await killsOf(lab);
    if (recordTo !== undefined) writeTruth(recordTo, scenario, troubleAt, seconds, kills);
    return { troubleAt, visits: visitors.flatMap(({ answers }) => answers), kills };
  } finally {
    recording?.abandon();
    await Promise.all(running.map(({ stop }) => stop()));
    await repair?.();
  }
}

/** Tells each kill as it comes. */
async function watch(
  lab: Lab,
  from: number,
  seconds: number,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  let told = (await killsOf(lab)).length;
  for (let second = 0; second < seconds && !signal?.aborted; second++) {
    await pause(1, signal);
    const kills = await killsOf(lab);
    for (const { at, program } of kills.slice(told)) {
      say(`the kernel killed ${program} after ${((at - from) / 1000).toFixed(1)} s`);
    }
    told = kills.length;
  }
}

/** What the kernel killed in this lab for want of memory, by its own log. */
async function killsOf(lab: Lab): Promise<readonly Kill[]> {
  const { stdout } = await lab.run(['cat', '/var/log/kern.log'], { limited: false });
  return [...stdout.matchAll(/^(\S+) .*Killed process \d+ \(([^)]*)\)/gm)].map(([, at = '', program = '']) => ({
    at: Date.parse(at),
    program,
  }));
}

function writeTruth(
  folder: string,
  { truth, notes, lab }: Scenario,
  at: number,
  seconds: number,
  kills: readonly Kill[],
): void {
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 21);
  const told = kills.map((kill) => `${kill.program} ${clock(kill.at)}`).slice(0, 10);
  const happened = [
    `${lab.memoryMb} MB, one processor, ${lab.web}, recorded in the lab (docs/lab.md).`,
    notes,
    `Begins ${clock(at)} UTC, lasts ${seconds} s.`,
    kills.length === 0
      ? 'Nothing was killed.'
      : `Killed by the kernel: ${told.join(', ')}${kills.length > 10 ? ', ...' : ''}.`,
  ];
  const expected = { ...truth, notes: happened.join(' ') };
  writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
}

/** Ends early, without an error, when it is told to. */
async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(seconds * 1000, undefined, signal ? { signal } : {}).catch(() => {});
}

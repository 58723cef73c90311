// Sends traffic to the lab's server, as visitors or attackers, by a program that runs in their namespace.
import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Party } from './addresses.ts';
import type { Answer, RequestPlan } from './clients/exchange.ts';
import type { ClientPlan } from './clients/main.ts';
import { enterArgv, kill, mustRun } from './inside.ts';
import type { LabState } from './state.ts';

const CLIENT = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, 'clients/main.ts'),
] as const;

/** Requests one after the other. */
export async function send(
  state: LabState,
  party: Party,
  requests: readonly RequestPlan[],
): Promise<readonly Answer[]> {
  const plan: ClientPlan = { passport: passport(state, party), requests };
  const text = await mustRun(state, party, CLIENT, { stdin: JSON.stringify(plan), timeoutMs: 300_000, limited: false });
  return answersIn(text);
}

/** Traffic under way. */
export interface Traffic {
  /** All answers so far, in the order in which they came. */
  readonly answers: readonly TrafficAnswer[];
  /** When it has come to its end, by itself or because it was stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export type TrafficAnswer = Omit<Answer, 'headers' | 'body'>;

export function start(state: LabState, party: Party, plan: Omit<ClientPlan, 'passport'>): Traffic {
  const [program, ...args] = enterArgv(state, party, CLIENT, { limited: false });
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ passport: passport(state, party), ...plan } satisfies ClientPlan));
  const answers: TrafficAnswer[] = [];
  const ended = collect(child, answers);
  return {
    answers,
    ended,
    stop: () => {
      kill(child.pid);
      return ended;
    },
  };
}

async function collect(child: ChildProcess, answers: TrafficAnswer[]): Promise<void> {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) answers.push(JSON.parse(line) as TrafficAnswer);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}

function answersIn(text: string): Answer[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
}

function passport(state: LabState, party: Party): ClientPlan['passport'] {
  return {
    namespace: readlinkSync(`/proc/${state.processes[party]?.pid}/ns/net`),
    machine: readlinkSync('/proc/self/ns/net'),
  };
}

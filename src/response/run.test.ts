import { describe, expect, it } from 'vitest';
import type { Act, Prepared, Proof, Refusal } from '../model/act.ts';
import type { RemedyPlan } from '../model/remedy.ts';
import type { ResponseStep } from '../model/response.ts';
import { type Hands, type Person, runSteps } from './run.ts';

const prepared: Prepared = { title: 'a step', changes: [{ kind: 'cut', targets: [] }], notes: [] };
const stop: ResponseStep = {
  stage: 'stop',
  title: 'Block it',
  plan: { kind: 'block', targets: ['203.0.113.66'], forSeconds: 3600, reason: 'test' },
};
const clear: ResponseStep = { stage: 'clear', title: 'Restart', plan: { kind: 'restart-web', reason: 'test' } };
const start: ResponseStep = {
  stage: 'start',
  title: 'Start it',
  plan: { kind: 'start-service', service: 'mariadb', reason: 'test' },
};
const works: readonly Proof[] = [{ ok: true, text: '31 packets dropped' }];

interface Told {
  readonly prepare?: (plan: RemedyPlan) => Prepared | Refusal;
  readonly state?: (plan: RemedyPlan) => Act['state'];
  readonly proofs?: (plan: RemedyPlan) => readonly Proof[];
}

function handsOf({ prepare = () => prepared, state = () => 'done', proofs = () => works }: Told = {}) {
  const done: RemedyPlan['kind'][] = [];
  const hands: Hands = {
    prepare: async (plan) => prepare(plan),
    async perform(plan) {
      done.push(plan.kind);
      const trouble = state(plan) === 'done' ? {} : { trouble: 'it did not start' };
      const act = { id: done.length, plan, prepared, state: state(plan), by: 'root', begun: 0 };
      return { ...act, createdAt: 0, changedAt: 0, ...trouble };
    },
    verify: async (plan) => proofs(plan),
  };
  return { hands, done };
}

function personWho(...decisions: readonly ('yes' | 'no' | 'quit')[]) {
  const shown: string[] = [];
  const left = [...decisions];
  const person: Person = {
    shows: ({ plan }) => void shown.push(plan.kind),
    decides: async () => left.shift() ?? 'yes',
    hears: () => {},
  };
  return { person, shown };
}

const outcomes = (run: Awaited<ReturnType<typeof runSteps>>) => run.reports.map(({ outcome }) => outcome.kind);
const REAL = { dryRun: false };

describe('the steps of a response', () => {
  it('are shown, done and proved one after the other', async () => {
    const { hands, done } = handsOf();
    const { person, shown } = personWho();
    const run = await runSteps([stop, clear, start], hands, person, REAL);
    expect(run.whole).toBe(true);
    expect(outcomes(run)).toEqual(['done', 'done', 'done']);
    expect(shown).toEqual(done);
    expect(run.reports[0]?.outcome).toEqual({ kind: 'done', act: 1, proofs: works });
  });

  it('are all shown in a dry run, and none is done', async () => {
    const { hands, done } = handsOf();
    const { person, shown } = personWho();
    const run = await runSteps([stop, clear], hands, person, { dryRun: true });
    expect(outcomes(run)).toEqual(['planned', 'planned']);
    expect(shown).toEqual(['block', 'restart-web']);
    expect(done).toEqual([]);
  });

  it('end at the first that could not be done', async () => {
    const { hands, done } = handsOf({ state: (plan) => (plan.kind === 'restart-web' ? 'failed' : 'done') });
    const run = await runSteps([stop, clear, start], hands, personWho().person, REAL);
    expect(run.whole).toBe(false);
    expect(outcomes(run)).toEqual(['done', 'failed']);
    expect(run.reports[1]?.outcome).toEqual({ kind: 'failed', act: 2, why: 'it did not start' });
    expect(done).toEqual(['block', 'restart-web']);
  });

  it('end at the first that shows no effect', async () => {
    const bad: readonly Proof[] = [{ ok: false, text: 'the front page answers 500' }];
    const { hands } = handsOf({ proofs: (plan) => (plan.kind === 'restart-web' ? bad : works) });
    const run = await runSteps([stop, clear, start], hands, personWho().person, REAL);
    expect(outcomes(run)).toEqual(['done', 'unproved']);
    expect(run.whole).toBe(false);
  });

  it('go on after one that a later one mends', async () => {
    const open: readonly Proof[] = [{ ok: false, text: '3 connections are still open', mendedBy: 'restart-web' }];
    let isRestarted = false;
    const told = (plan: RemedyPlan): readonly Proof[] => {
      if (plan.kind === 'restart-web') isRestarted = true;
      return plan.kind === 'block' && !isRestarted ? open : works;
    };
    const run = await runSteps([stop, clear], handsOf({ proofs: told }).hands, personWho().person, REAL);
    expect(outcomes(run)).toEqual(['done', 'done']);
    const { hands } = handsOf({ proofs: (plan) => (plan.kind === 'block' ? open : works) });
    expect((await runSteps([stop, start], hands, personWho().person, REAL)).whole).toBe(false);
    const never = await runSteps([stop, clear, start], hands, personWho().person, REAL);
    expect(outcomes(never)).toEqual(['unproved', 'done']);
    expect(never.whole).toBe(false);
  });

  it('close a door for everybody only when the culprits could not be kept out', async () => {
    const deny: ResponseStep = {
      stage: 'stop',
      title: 'Deny it',
      plan: { kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason: 'test' },
      insteadOf: ['block'],
    };
    const blocked = handsOf();
    const run = await runSteps([stop, deny], blocked.hands, personWho().person, REAL);
    expect(run.reports[1]?.outcome).toEqual({ kind: 'unneeded', because: 'block' });
    expect(blocked.done).toEqual(['block']);
    const open = handsOf({ prepare: (plan) => (plan.kind === 'block' ? { refused: 'your own address' } : prepared) });
    await runSteps([stop, deny], open.hands, personWho().person, REAL);
    expect(open.done).toEqual(['deny-endpoint']);
    const half = handsOf({ prepare: () => ({ ...prepared, partly: true }) });
    await runSteps([stop, deny], half.hands, personWho().person, REAL);
    expect(half.done).toEqual(['block', 'deny-endpoint']);
  });

  it('leave alone what is so already', async () => {
    const { hands, done } = handsOf({ prepare: () => ({ ...prepared, title: 'All tables are sound', changes: [] }) });
    const { person, shown } = personWho();
    const run = await runSteps([clear], hands, person, REAL);
    expect(run.reports[0]?.outcome).toEqual({ kind: 'unneeded', why: 'All tables are sound' });
    expect([...done, ...shown]).toEqual([]);
  });

  it('go on after one that may not be done, and after a no', async () => {
    const refused: Refusal = { refused: '203.0.113.66 is your own address' };
    const { hands, done } = handsOf({ prepare: (plan) => (plan.kind === 'block' ? refused : prepared) });
    const run = await runSteps([stop, clear, start], hands, personWho('no').person, REAL);
    expect(outcomes(run)).toEqual(['refused', 'declined', 'done']);
    expect(run.whole).toBe(true);
    expect(done).toEqual(['start-service']);
  });

  it('end when the person quits', async () => {
    const { hands, done } = handsOf();
    const run = await runSteps([stop, clear, start], hands, personWho('yes', 'quit').person, REAL);
    expect(outcomes(run)).toEqual(['done', 'declined']);
    expect(run.whole).toBe(false);
    expect(done).toEqual(['block']);
  });
});

import { describe, expect, it } from 'vitest';
import type { Findings } from '../model/findings.ts';
import type { Calm, StepOutcome } from '../model/response.ts';
import { type Doing, respondInRounds } from './rounds.ts';

const well: Calm = { well: true, signs: [], watchedS: 15 };
const worse: Calm = { well: false, signs: [], watchedS: 9, relapse: 'requests pile up again' };
const slow: Calm = { well: false, signs: [], watchedS: 60 };
const done: StepOutcome = { kind: 'done', act: 1, proofs: [] };

/** What each round's only step comes to, and how the site does after it. */
function doingOf(outcomes: readonly StepOutcome[], calms: readonly Calm[]): { doing: Doing; log: string[] } {
  const log: string[] = [];
  let round = 0;
  const step = { stage: 'clear', title: 'Restart', plan: { kind: 'restart-web', reason: 'test' } } as const;
  return {
    log,
    doing: {
      async diagnose(number) {
        round = number;
        log.push(`diagnose ${number}`);
        return {} as Findings;
      },
      async act() {
        log.push('act');
        const outcome = outcomes[round - 1] ?? done;
        const whole = outcome.kind !== 'failed';
        return { plan: { steps: [step], byHand: [], unsure: [] }, run: { reports: [{ step, outcome }], whole } };
      },
      async watch() {
        log.push('watch');
        return calms[round - 1] ?? well;
      },
    },
  };
}

describe('a response in rounds', () => {
  it('is over when the site is well', async () => {
    const { doing, log } = doingOf([], [well]);
    expect(await respondInRounds(doing)).toHaveLength(1);
    expect(log).toEqual(['diagnose 1', 'act', 'watch']);
  });

  it('looks again when the trouble goes on, three times at most', async () => {
    const twice = await respondInRounds(doingOf([], [worse, well]).doing);
    expect(twice.map(({ calm }) => calm?.well)).toEqual([false, true]);
    expect(await respondInRounds(doingOf([], [worse, worse, worse, worse]).doing)).toHaveLength(3);
  });

  it('restarts nothing a second time because a page is slow', async () => {
    expect(await respondInRounds(doingOf([], [slow]).doing)).toHaveLength(1);
  });

  it.each<StepOutcome>([
    { kind: 'failed', why: 'it did not start' },
    { kind: 'planned' },
    { kind: 'declined' },
  ])('ends where nothing was done: %j', async (outcome) => {
    const { doing, log } = doingOf([outcome], [worse]);
    expect(await respondInRounds(doing)).toHaveLength(1);
    expect(log).not.toContain('watch');
  });
});

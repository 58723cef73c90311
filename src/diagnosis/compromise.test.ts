// Whether a guessed password was accepted: possible with a sign of it, unknown where sizes leave it open, else no.
import { describe, expect, it } from 'vitest';
import { ACCEPTED, symptomOf } from '../report/symptoms.fixture.ts';
import { dossierOf, xmlrpc } from '../symptoms/dossier.fixture.ts';
import { compromiseOf } from './compromise.ts';
import { diagnose } from './index.ts';
import { sceneOf } from './scene.ts';

const guessing = (succeeded: number) =>
  symptomOf('login-failures', { succeeded, successEvidence: succeeded > 0 ? [ACCEPTED] : [] });
const fitting = dossierOf({ access: xmlrpc(100, 1, 403) });
/** One size only, with headers that nobody knows: the replies may mean this or that. */
const open = (times: number) => dossierOf({ access: xmlrpc(times, 1, 611), bytes: 'wire' });

describe('compromised', () => {
  it('is possible, with the line that shows it, when a guesser was let in', () => {
    expect(compromiseOf(sceneOf(fitting, [guessing(1)]))).toEqual({
      compromised: 'possible',
      compromiseEvidence: [ACCEPTED],
    });
  });

  it('is no when all guesses failed, or nobody guessed', () => {
    expect(compromiseOf(sceneOf(fitting, [guessing(0)])).compromised).toBe('no');
    expect(compromiseOf(sceneOf(dossierOf({}), [])).compromised).toBe('no');
  });

  it('is unknown when fifty replies do not tell whether a password was wrong or right', () => {
    expect(compromiseOf(sceneOf(open(50), [])).compromised).toBe('unknown');
    expect(compromiseOf(sceneOf(open(49), [])).compromised).toBe('no');
  });

  it('is said whatever else went wrong, and what to do about it comes first', () => {
    const verdict = diagnose(fitting, [symptomOf('disk-full'), symptomOf('site-error'), guessing(1)]);
    expect(verdict.compromised).toBe('possible');
    expect(verdict.plans[0]?.kind).toBe('change-passwords');
  });
});

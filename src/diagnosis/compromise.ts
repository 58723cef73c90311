// Whether a guessed password was accepted. Said first and loudly when there is a sign of it, whatever else went wrong.
import type { Verdict } from '../model/verdict.ts';
import type { Scene } from './scene.ts';

export function compromiseOf(scene: Scene): Pick<Verdict, 'compromised' | 'compromiseEvidence'> {
  const guessing = scene.first('login-failures');
  if (guessing && guessing.measure.succeeded > 0) {
    return { compromised: 'possible', compromiseEvidence: guessing.measure.successEvidence };
  }
  return { compromised: unreadable(scene) ? 'unknown' : 'no', compromiseEvidence: [] };
}

/** Many XML-RPC posts whose sizes leave open whether a password was wrong or right. */
function unreadable(scene: Scene): boolean {
  const view = scene.traffic;
  if (!view) return false;
  const open = view.addresses.reduce((sum, source) => sum + source.xmlrpc.ambiguous, 0);
  return open >= 50;
}

// Password guessing, at wp-login.php or XML-RPC. Proven guessing is a cause also where nobody suffered from it.
import { count, many } from '../../model/figures.ts';
import type { Culprit } from '../../model/verdict.ts';
import type { SourceView } from '../../symptoms/view/traffic-view.ts';
import { blame, costOf } from '../blame.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import type { Scene } from '../scene.ts';
import { timeDoubts, weightDoubts } from './traffic.ts';

export const loginBruteForce: CauseRule = {
  causes: ['login-brute-force'],
  weigh(scene) {
    const root = scene.first('login-failures');
    if (!root) return [];
    const cost = costOf(scene, root.measure.sources, root.span);
    const { score, doubts } = weighed(0.93, [
      ...timeDoubts(scene, root, 'the guessing'),
      ...weightDoubts(scene, cost, 'the guessing'),
    ]);
    return [
      {
        cause: 'login-brute-force',
        score,
        root,
        culprits: successFirst(scene, blame(scene, root.measure.sources, root.span, factsOf)),
        remarks: remarksOn(scene),
        doubts,
      },
    ];
  },
};

function remarksOn(scene: Scene): string[] {
  const root = scene.first('login-failures');
  if (!root || root.measure.guesses <= root.measure.requests * 1.2) return [];
  return [
    `Counting requests would have missed most of it: ${many(root.measure.guesses, 'password')} were packed into ${many(root.measure.requests, 'request')} (system.multicall).`,
  ];
}

/** The address that got in stands before those that only tried. */
function successFirst(scene: Scene, culprits: readonly Culprit[]): Culprit[] {
  const inside = culprits.filter(({ id }) => passed(scene, id));
  return [...inside, ...culprits.filter((culprit) => !inside.includes(culprit))];
}

function passed(scene: Scene, id: string): boolean {
  return (scene.traffic?.traffic.sources.entries.get(id)?.loginPassed ?? 0) > 0;
}

function factsOf(source: SourceView): string[] {
  const { guesses, guessRequests } = source.xmlrpc;
  const failed = source.details.reduce((sum, detail) => sum + detail.loginFailed, 0);
  const through = source.details.reduce((sum, detail) => sum + detail.loginPassed, 0);
  const facts: string[] = [];
  if (guesses > 0)
    facts.push(`${many(guesses, 'password')} tried through XML-RPC in ${many(guessRequests, 'request')}.`);
  if (failed > 0) facts.push(`${count(failed)} logins at the login page failed.`);
  if (through > 0) facts.push(`${many(through, 'login')} of it was let in.`);
  return facts;
}

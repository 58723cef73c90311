// Pingback calls make the host fetch third parties: it is a weapon, and starves of it itself.
import { count, many, some } from '../../model/figures.ts';
import { calledHosts } from '../../symptoms/view/in-flight.ts';
import type { SourceView } from '../../symptoms/view/traffic-view.ts';
import { blame, costOf } from '../blame.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import type { Scene } from '../scene.ts';
import { timeDoubts, weightDoubts } from './traffic.ts';

export const pingbackAbuse: CauseRule = {
  causes: ['pingback-abuse'],
  weigh(scene) {
    const root = scene.first('pingback-requests');
    if (!root) return [];
    const cost = costOf(scene, root.measure.sources, root.span);
    const { score, doubts } = weighed(scene.harm ? 0.95 : 0.85, [
      ...timeDoubts(scene, root, 'the pingbacks'),
      ...weightDoubts(scene, cost, 'the pingbacks'),
    ]);
    const called = calledPeers(scene);
    const remarks = [
      'The server was used as a weapon: each of these calls made it fetch a page from a third party in the name of the caller.',
    ];
    if (called.length > 0)
      remarks.push(
        `It was made to call ${some(called, called.length, 3)}: whoever is there was the target, and saw this server as the attacker.`,
      );
    return [
      {
        cause: 'pingback-abuse',
        score,
        root,
        culprits: blame(scene, root.measure.sources, root.span, factsOf),
        remarks,
        doubts,
      },
    ];
  },
};

function factsOf(source: SourceView): string[] {
  const { pingbacks, requests, failed, empty } = source.xmlrpc;
  if (pingbacks === 0) return [];
  const rest = failed + empty > 0 ? `; ${count(failed + empty)} more got no answer that tells` : '';
  return [
    `${count(pingbacks)} of its ${many(requests, 'XML-RPC request')} were pingback calls, by the size of the replies${rest}.`,
  ];
}

/** Third parties that the server called while the pingbacks came: by sockets, or by a capture. */
function calledPeers(scene: Scene): string[] {
  const calls = scene.first('backend-timeouts')?.measure.peer;
  const captured = (scene.dossier.packets?.outgoing ?? [])
    .filter((call) => call.syns >= 5 && (call.port === 80 || call.port === 443))
    .toSorted((a, b) => b.syns - a.syns)
    .map((call) => call.address);
  const live = calledHosts(scene.dossier)
    .filter(({ atOnce }) => atOnce >= 3)
    .map(({ peer }) => peer);
  return [...new Set([...(calls === undefined ? [] : [calls]), ...captured, ...live])];
}

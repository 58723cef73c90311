// Attacks on the door itself: connections held open without a request, and half-open ones that fill the backlog.
import { blame } from '../blame.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import { timeDoubts } from './traffic.ts';

export const slowClientAttack: CauseRule = {
  causes: ['slow-client-attack'],
  weigh(scene) {
    const root = scene.first('slow-clients');
    if (!root) return [];
    const limit = scene.has('worker-limit-reached') || scene.has('site-unreachable');
    const starved = scene.has('memory-exhausted', 'oom-kill');
    const { score, doubts } = weighed(scene.harm ? 0.9 : 0.45, [
      ...timeDoubts(scene, root, 'the held connections'),
      limit || !scene.harm ? undefined : [0.8, 'the workers were not used up'],
      starved ? [0.5, 'memory ran out, which held connections alone do not bring about'] : undefined,
      // Under an overload, visitors' connections time out as well.
      scene.has('scan-probes', 'login-failures', 'pingback-requests') && root.measure.connections < 200
        ? [
            0.5,
            'connections also stand open where the host is too busy to answer, and it was busy with requests that did come',
          ]
        : undefined,
    ]);
    const { topSource } = root.measure;
    return [
      {
        cause: 'slow-client-attack',
        score,
        root,
        culprits: topSource === undefined ? [] : blame(scene, [topSource], root.span),
        remarks: [],
        doubts,
      },
    ];
  },
};

export const synFlood: CauseRule = {
  causes: ['syn-flood'],
  weigh(scene) {
    const root = scene.first('half-open-connections');
    if (!root) return [];
    const busy = scene.has('worker-pileup', 'worker-limit-reached', 'memory-exhausted');
    const { score, doubts } = weighed(scene.harm ? 0.9 : 0.7, [
      // The kernel prints the same warning when a busy server does not accept what is finished.
      busy ? [0.5, 'the workers were all busy: a full accept queue looks the same to the kernel'] : undefined,
    ]);
    const remarks = [
      'The senders of half-open connections can be forged, and most likely are: blocking them one by one is useless.',
    ];
    return [{ cause: 'syn-flood', score, root, culprits: [], remarks, doubts }];
  },
};

// PHP itself: it waits for something outside, or its code fails.
import { many } from '../../model/figures.ts';
import type { Culprit } from '../../model/verdict.ts';
import { innocence } from '../blame.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import { beginOf } from '../scene.ts';
import { overload } from './database.ts';

export const slowBackend: CauseRule = {
  causes: ['slow-backend'],
  weigh(scene) {
    const root = scene.first('backend-timeouts');
    if (!root) return [];
    const felt = scene.has('site-error', 'site-slow', 'worker-limit-reached', 'worker-pileup', 'site-unreachable');
    const starved = beginOf(scene, ['memory-exhausted', 'oom-kill']);
    const { score, doubts } = weighed(root.certainty === 'observed' ? 0.9 : 0.68, [
      scene.has('pingback-requests') ? [0.3, 'PHP called others because pingbacks told it to'] : undefined,
      felt ? undefined : [0.4, 'nobody noticed'],
      starved !== undefined && starved < root.span.from
        ? [0.6, 'the host had no memory left before: everything waits then']
        : undefined,
      scene.has('disk-full') ? [0.6, 'the disk was full'] : undefined,
      overload(scene, root),
    ]);
    const { peer, times, component } = root.measure;
    const culprits: Culprit[] =
      peer === undefined || innocence(scene, peer) !== undefined
        ? []
        : [
            {
              kind: 'service',
              id: peer,
              share: 0,
              facts: [
                `PHP waited for it in vain ${many(times, 'time')}${component === undefined ? '' : `, asked by ${component}`}. It is slow or gone, not hostile.`,
              ],
            },
          ];
    return [{ cause: 'slow-backend', score, root, culprits, remarks: [], doubts }];
  },
};

/** Errors that an overloaded host brings about as well. */
const SYMPTOMATIC = new Set(['max-execution-time', 'memory-exhausted']);

export const applicationError: CauseRule = {
  causes: ['application-error'],
  weigh(scene) {
    const root = scene.first('php-errors');
    if (!root) return [];
    const symptomatic = SYMPTOMATIC.has(root.measure.what);
    const database = beginOf(scene, [
      'database-down',
      'database-killed',
      'database-access-denied',
      'too-many-connections',
    ]);
    const { score, doubts } = weighed(symptomatic ? 0.8 : 0.9, [
      scene.has('site-error') || scene.dossier.traffic === undefined
        ? undefined
        : [0.5, 'visitors were served all the same'],
      database !== undefined && database <= root.span.from + scene.toleranceMs
        ? [0.5, 'the database was gone before']
        : undefined,
      scene.has('disk-full') ? [0.5, 'the disk was full'] : undefined,
      symptomatic && scene.has('oom-kill', 'swap-thrash') ? [0.5, 'the whole host was short of memory'] : undefined,
      symptomatic ? overload(scene, root) : undefined,
    ]);
    return [{ cause: 'application-error', score, root, culprits: [], remarks: [], doubts }];
  },
};

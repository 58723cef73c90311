// No space, or no inodes, whether or not a visitor noticed; and who wrote it full, where the evidence says so.
import type { Symptom } from '../../model/symptom.ts';
import type { Culprit } from '../../model/verdict.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import { beginOf, fullComplaint } from '../scene.ts';

export const diskFull: CauseRule = {
  causes: ['disk-full'],
  weigh(scene) {
    const root = scene.first('disk-full');
    if (!root) return [];
    const complained = fullComplaint(scene.dossier);
    const before = beginOf(scene, ['site-error', 'database-killed', 'oom-kill', 'memory-exhausted', 'database-down']);
    const { score, doubts } = weighed(complained ? 0.95 : 0.85, [
      before !== undefined && before < root.span.from - 300_000
        ? [complained ? 0.6 : 0.8, 'the trouble had begun before the first complaint of a full disk']
        : undefined,
      scene.first('oom-kill')?.certainty === 'observed'
        ? [0.6, 'the kernel killed for want of memory, which a full disk does not bring about']
        : undefined,
    ]);
    return [{ cause: 'disk-full', score, root, culprits: writers(root), remarks: [], doubts }];
  },
};

function writers(root: Symptom<'disk-full'>): Culprit[] {
  const { writer } = root.measure;
  if (writer === undefined) return [];
  const used = root.measure.usedBy;
  return [
    {
      kind: 'process',
      id: writer,
      share: 0,
      facts: used === undefined ? [] : [`Most of the room is taken by ${used}.`],
    },
  ];
}

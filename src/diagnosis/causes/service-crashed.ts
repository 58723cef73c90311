// Web server, PHP or database died of a fault of its own: a signal such as SIGSEGV, or an assertion.
import { type CauseRule, weighed } from '../hypothesis.ts';

export const serviceCrashed: CauseRule = {
  causes: ['service-crashed'],
  weigh(scene) {
    return scene.all('service-crashed').map((root) => {
      const oom = scene.first('oom-kill');
      const full = scene.first('disk-full');
      const failed = scene.first('database-restart-failed');
      const startOnly =
        root.measure.role === 'database' && failed !== undefined && root.span.from >= failed.span.from - 60_000;
      const { score, doubts } = weighed(0.92, [
        oom && oom.certainty === 'observed' && oom.span.from <= root.span.from
          ? [0.5, 'memory had run out before']
          : undefined,
        full && full.span.from <= root.span.from ? [0.6, 'the disk was full before'] : undefined,
        startOnly ? [0.6, 'it fell while it was starting'] : undefined,
        scene.harm && scene.has('site-error') && root.measure.times < 3 && root.measure.role !== 'database'
          ? [0.7, 'few crashes, while visitors met many errors']
          : undefined,
      ]);
      return { cause: 'service-crashed' as const, score, root, culprits: [], remarks: [], doubts };
    });
  },
};

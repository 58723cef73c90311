// What lies between the site and its database: it does not start, does not let the site in, has no connection left, or is slow.
import { percent } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { type CauseRule, weighed } from '../hypothesis.ts';
import { beginOf, type Scene } from '../scene.ts';

/** Reasons that a start fails for by itself, as the symptom names them; the others are consequences of something else. */
const OWN_REASON = /^(?:bad-setting|port-in-use|lock-held|permission|corruption|upgrade-needed|missing-files)\b/;

export const databaseWontStart: CauseRule = {
  causes: ['database-wont-start'],
  weigh(scene) {
    const root = scene.first('database-restart-failed');
    if (!root) return [];
    const { reason } = root.measure;
    const own = OWN_REASON.test(reason);
    const killed = scene.first('oom-kill') ?? scene.first('database-killed');
    const { score, doubts } = weighed(own ? 0.94 : 0.6, [
      killed && killed.span.from <= root.span.from
        ? [own ? 0.7 : 0.4, 'it had been killed before: the failed start is a consequence']
        : undefined,
      /^disk-full/.test(reason) || scene.has('disk-full')
        ? [0.4, 'the disk was full: that is why it did not start']
        : undefined,
      /^out-of-memory/.test(reason) ? [0.5, 'it got no memory: the question is who has it'] : undefined,
      own ? undefined : [0.8, 'no source says why it did not start'],
    ]);
    return [{ cause: 'database-wont-start', score, root, culprits: [], remarks: [], doubts }];
  },
};

export const databaseAccess: CauseRule = {
  causes: ['database-access'],
  weigh(scene) {
    const root = scene.first('database-access-denied');
    if (!root) return [];
    const others = beginOf(scene, ['database-killed', 'oom-kill', 'database-restart-failed']);
    const { score, doubts } = weighed(0.93, [
      scene.has('site-error', 'site-unreachable') || scene.dossier.traffic === undefined
        ? undefined
        : [0.5, 'visitors were served all the same'],
      others !== undefined && others <= root.span.from ? [0.6, 'the database had fallen before'] : undefined,
    ]);
    return [{ cause: 'database-access', score, root, culprits: [], remarks: [], doubts }];
  },
};

export const connectionLimit: CauseRule = {
  causes: ['connection-limit'],
  weigh(scene) {
    const root = scene.first('too-many-connections');
    if (!root) return [];
    const slow = scene.first('slow-queries');
    const { score, doubts } = weighed(0.88, [
      slow && slow.span.from <= root.span.from + scene.toleranceMs && slow.measure.queries >= 10
        ? [0.6, 'statements were slow first: connections piled up behind them']
        : undefined,
      beginsBefore(scene, root, ['database-killed', 'oom-kill', 'memory-exhausted'])
        ? [0.5, 'the host had no memory left before']
        : undefined,
      overload(scene, root),
    ]);
    return [{ cause: 'connection-limit', score, root, culprits: [], remarks: [], doubts }];
  },
};

export const slowDatabase: CauseRule = {
  causes: ['slow-database'],
  weigh(scene) {
    const root =
      scene.first('slow-queries') ?? scene.all('database-stalled').find((symptom) => symptom.measure.what === 'locks');
    if (!root) return [];
    const felt = scene.has(
      'site-error',
      'site-slow',
      'worker-limit-reached',
      'worker-pileup',
      'too-many-connections',
      'site-unreachable',
    );
    const { score, doubts } = weighed(root.id === 'slow-queries' ? 0.88 : 0.75, [
      felt ? undefined : [0.4, 'nobody noticed: slow statements are logged on any busy host'],
      beginsBefore(scene, root, ['oom-kill', 'memory-exhausted', 'swap-thrash'])
        ? [0.5, 'the host had no memory left before: a starved database is slow as well']
        : undefined,
      scene.has('disk-full') ? [0.5, 'the disk was full: the database waits for room'] : undefined,
      overload(scene, root),
    ]);
    return [{ cause: 'slow-database', score, root, culprits: [], remarks: [], doubts }];
  },
};

function beginsBefore(scene: Scene, root: Symptom, ids: Parameters<typeof beginOf>[1]): boolean {
  const begin = beginOf(scene, ids);
  return begin !== undefined && begin <= root.span.from;
}

/** Somebody asks for so much that everything behind the web server is late, the database too. */
export function overload(scene: Scene, root: Symptom): readonly [number, string] | undefined {
  const heavy = (['pingback-requests', 'login-failures', 'scan-probes', 'crawler-storm', 'request-flood'] as const)
    .flatMap((id) => scene.all(id))
    .find(
      (symptom) =>
        symptom.span.from <= root.span.from + scene.toleranceMs &&
        symptom.span.to >= root.span.from - 120_000 &&
        shareOf(symptom) >= 0.4,
    );
  if (!heavy) return undefined;
  const share = shareOf(heavy);
  return [
    0.6,
    share >= 1
      ? 'abusive requests came first'
      : `abusive requests came first, with ${percent(share)} of the worker time`,
  ];
}

function shareOf(symptom: Symptom): number {
  return symptom.id === 'request-flood' || symptom.id === 'crawler-storm' ? symptom.measure.costShare : 1;
}

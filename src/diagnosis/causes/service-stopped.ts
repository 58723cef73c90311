// Somebody or something stopped a service in an orderly way, and it was down for that reason.
import { duration } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { type CauseRule, type Hypothesis, weighed } from '../hypothesis.ts';
import type { Scene } from '../scene.ts';
import { orderlyStops, type Stop } from '../stops.ts';

export const serviceStopped: CauseRule = {
  causes: ['service-stopped'],
  weigh: (scene) => orderlyStops(scene).map((stop) => stopHypothesis(scene, stop)),
};

function stopHypothesis(scene: Scene, stop: Stop): Hypothesis {
  const end = stop.backAt ?? scene.dossier.span?.to ?? stop.at;
  const felt = scene.symptoms.filter(
    ({ id, span }) =>
      ['site-error', 'site-unreachable', 'database-down', 'site-slow'].includes(id) &&
      span.from >= stop.at - scene.toleranceMs &&
      span.from <= end + scene.toleranceMs,
  );
  const before = scene.harm !== undefined && scene.harm.from < stop.at - scene.toleranceMs * 2;
  const silent = scene.dossier.traffic === undefined && !scene.dossier.samples.some((sample) => sample.probe);
  const { score, doubts } = weighed(0.9, [
    before ? [0.4, 'the trouble had begun before the stop: it was an answer to it'] : undefined,
    felt.length > 0 || silent ? undefined : [0.35, 'nobody noticed it'],
    stop.startFailed && stop.role === 'database'
      ? [0.55, 'it was started again, and that failed: the stop alone would have been over']
      : undefined,
    stop.backAt !== undefined &&
    stop.backAt - stop.at < 90_000 &&
    scene.harm !== undefined &&
    scene.harm.to - scene.harm.from > 600_000
      ? [0.5, `it was up again after ${duration((stop.backAt - stop.at) / 1000)}, the trouble lasted longer`]
      : undefined,
  ]);
  const back =
    stop.backAt === undefined
      ? 'It was not started again within the record.'
      : `It was up again after ${duration((stop.backAt - stop.at) / 1000)}.`;
  const remarks = [back, ...(stop.by ? [`Shortly before: ${stop.by.evidence.text.trim()}`] : [])];
  return {
    cause: 'service-stopped',
    score,
    root: rootOf(scene, stop, felt),
    culprits: [],
    remarks,
    doubts,
    span: { from: stop.at, to: end },
  };
}

function rootOf(scene: Scene, stop: Stop, felt: readonly Symptom[]): Symptom | undefined {
  if (stop.role === 'database') return scene.first('database-down') ?? felt[0];
  return felt.find(({ id }) => id === 'site-unreachable') ?? felt[0];
}

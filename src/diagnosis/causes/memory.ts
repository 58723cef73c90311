// Memory that ran out without a flood: another process took it, or more workers are allowed than fit.
import { count, kilobytes, percent } from '../../model/figures.ts';
import type { Symptom } from '../../model/symptom.ts';
import { memoryLimitKb } from '../capacity.ts';
import { type CauseRule, type Hypothesis, weighed } from '../hypothesis.ts';
import { type Holder, heldBy, holdersAt } from '../memory.ts';
import type { Scene } from '../scene.ts';

/** Of all memory: less is no reason for its end. */
const HOG_SHARE = 0.12;
/** A worker that is this many times as large as the others, and this share of the memory, is a hog by itself. */
const OUTLIER_TIMES = 4;
const OUTLIER_SHARE = 0.2;

export const memory: CauseRule = {
  causes: ['memory-hog', 'worker-limit-too-high'],
  weigh(scene) {
    const trouble = scene.first('oom-kill') ?? scene.first('memory-exhausted') ?? scene.first('swap-thrash');
    if (!trouble) return [];
    const at = scene.first('memory-exhausted')?.span.from ?? trouble.span.from;
    const holders = holdersAt(scene.dossier, Math.min(at, trouble.span.from));
    const later = holdersAt(scene.dossier, trouble.span.from);
    const seen = holders.length > 0 ? holders : later;
    return [
      hogHypothesis(scene, trouble, seen.length >= later.length ? seen : later),
      limitHypothesis(scene, trouble, seen),
    ].filter((one) => one !== undefined);
  },
};

type Trouble = Symptom<'oom-kill'> | Symptom<'memory-exhausted'> | Symptom<'swap-thrash'>;

interface Hog {
  readonly holder: Holder;
  /** What it took beyond its normal; all it holds where no before is known. */
  readonly tookKb: number;
  readonly grew: boolean;
}

/** The program that took most, if it is none of the host's workers; or a single worker far larger than the others. */
function hogOf(holders: readonly Holder[], totalKb: number | undefined): Hog | undefined {
  const grown = holders.some((holder) => holder.grownKb !== undefined);
  const took = (holder: Holder): number => (grown ? (holder.grownKb ?? 0) : holder.heldKb);
  const candidates = holders
    .filter((holder) => holder.role === 'other' || isOutlier(holder, totalKb) || (grown && holder.role === 'database'))
    .map((holder) => ({ holder, tookKb: took(holder), grew: grown }))
    .sort((a, b) => b.tookKb - a.tookKb);
  const [first] = candidates;
  if (!first || first.tookKb < (totalKb ?? Number.POSITIVE_INFINITY) * HOG_SHARE) return undefined;
  return first;
}

function isOutlier(holder: Holder, totalKb: number | undefined): boolean {
  if (holder.role !== 'workers' || totalKb === undefined || holder.largestKb < totalKb * OUTLIER_SHARE) return false;
  const rest = (holder.heldKb - holder.largestKb) / Math.max(1, holder.processes - 1);
  return holder.processes === 1 || holder.largestKb >= rest * OUTLIER_TIMES;
}

function hogHypothesis(scene: Scene, trouble: Trouble, holders: readonly Holder[]): Hypothesis | undefined {
  // Where nobody says how much there is: when it ran out, it was what all of them held.
  const totalKb = memoryLimitKb(scene.dossier) ?? heldByAll(holders);
  const hog = hogOf(holders, totalKb);
  if (!hog) return undefined;
  const { holder, tookKb, grew } = hog;
  const workers = heldBy(holders, 'workers');
  const ofWorkers = grew ? workers.grownKb : workers.heldKb;
  const outlier = holder.role === 'workers';
  const { score, doubts } = weighed(grew ? 0.9 : 0.78, [
    outlier || tookKb >= ofWorkers
      ? undefined
      : [0.4, `the workers took more: ${kilobytes(ofWorkers)} against ${kilobytes(tookKb)} of ${holder.program}`],
    holder.role === 'database' ? [0.8, 'a database that fills its caches grows as well'] : undefined,
  ]);
  const facts = [
    grew
      ? `It grew by ${kilobytes(tookKb)} to ${kilobytes(holder.heldKb)}, while all workers together grew by ${kilobytes(workers.grownKb)}.`
      : `It held ${kilobytes(holder.heldKb)}${totalKb === undefined ? '' : ` of ${kilobytes(totalKb)}`}, all workers together ${kilobytes(workers.heldKb)}.`,
  ];
  const root = scene.first('memory-exhausted') ?? trouble;
  return {
    cause: 'memory-hog',
    score,
    root,
    culprits: [
      {
        kind: 'process',
        id: holder.program,
        share: totalKb === undefined ? 0 : Math.min(1, holder.heldKb / totalKb),
        facts,
      },
    ],
    remarks: [],
    doubts,
  };
}

function heldByAll(holders: readonly Holder[]): number | undefined {
  const sum = holders.reduce((all, holder) => all + holder.heldKb, 0);
  return sum > 0 ? sum : undefined;
}

function limitHypothesis(scene: Scene, trouble: Trouble, holders: readonly Holder[]): Hypothesis | undefined {
  const totalKb = memoryLimitKb(scene.dossier);
  const pile = scene.first('worker-pileup');
  const workers = heldBy(holders, 'workers');
  const piledKb = Math.max(workers.heldKb, (pile?.measure.workerKb ?? 0) * (pile?.measure.peak ?? 0));
  const number = Math.max(
    pile?.measure.peak ?? 0,
    ...holders.filter(({ role }) => role === 'workers').map(({ processes }) => processes),
  );
  if (number < 3 && pile === undefined) return undefined;
  const database = heldBy(holders, 'database');
  const share = totalKb === undefined ? undefined : piledKb / totalKb;
  const others = holders
    .filter(({ role }) => role === 'other')
    .reduce((sum, holder) => sum + Math.max(0, holder.grownKb ?? 0), 0);
  const { score, doubts } = weighed(0.76, [
    share !== undefined && share < 0.25 ? [0.4, `the workers held ${percent(share)} of the memory only`] : undefined,
    workers.heldKb < database.heldKb * 0.5 && piledKb < database.heldKb * 0.5
      ? [0.7, 'the database held far more than the workers']
      : undefined,
    others > Math.max(workers.grownKb, 1) ? [0.5, 'another program grew by more than the workers'] : undefined,
    scene.has('traffic-spike') ? [0.8, 'far more visitors than usual came'] : undefined,
    trafficDoubt(scene, trouble),
  ]);
  const remarks =
    share === undefined
      ? []
      : [
          `${count(number)} workers held ${kilobytes(piledKb)}, ${percent(share)} of the memory, though nobody asked for more than usual.`,
        ];
  return {
    cause: 'worker-limit-too-high',
    score,
    root: pile ?? scene.first('memory-exhausted') ?? trouble,
    culprits: [],
    remarks,
    doubts,
  };
}

/** With somebody who asks for too much, the limit is what would have helped, not what went wrong. */
function trafficDoubt(scene: Scene, trouble: Trouble): readonly [number, string] | undefined {
  const abusive = (['pingback-requests', 'login-failures', 'scan-probes', 'crawler-storm', 'request-flood'] as const)
    .flatMap((id) => scene.all(id))
    .find(
      (symptom) =>
        symptom.span.from <= trouble.span.from + scene.toleranceMs && symptom.span.to >= trouble.span.from - 300_000,
    );
  return abusive ? [0.6, 'traffic was not ordinary'] : undefined;
}

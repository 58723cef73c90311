// Web or PHP workers far above this host's normal, and staying: in samples, in the kernel's task table, or between the lines of the access log.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventsOf, quotes } from './view/events.ts';
import { inFlightOf } from './view/in-flight.ts';
import { calm, isBrief, sampledEpisodes } from './view/series.ts';
import { isPhpProgram, isWorkerProgram, liveOf, type WorkerPoint, workerSeries } from './view/workers.ts';

const WORKERS_MIN = 10;
const TIMES_NORMAL = 3;
/** A single list of processes must show more than that: there is no before to compare with. */
const WORKERS_ALONE = 30;
const GAP_MS = 30_000;
/** Requests in flight at once, and the age of the median one. Sockets may wait for something else than a worker. */
const IN_FLIGHT_MIN = 8;
const SOCKETS_MIN = 15;
const IN_FLIGHT_S = 4;

type PileUp = Symptom<'worker-pileup'>;

export const workerPileup: Detector<'worker-pileup'> = {
  id: 'worker-pileup',
  detect(dossier) {
    const sampled = [...workerSeries(dossier)].flatMap(([program, points]) => fromSamples(dossier, program, points));
    // PHP is what costs memory; a web server's threads wait for it.
    sampled.sort(
      (a, b) =>
        Number(isPhpProgram(b.measure.program)) - Number(isPhpProgram(a.measure.program)) ||
        b.measure.peak - a.measure.peak,
    );
    if (sampled[0]) return [sampled[0]];
    const flying = fromInFlight(dossier);
    if (flying.length > 0) return flying;
    const table = fromTaskTable(dossier);
    return table.length > 0 ? table : fromLog(dossier);
  },
};

function fromSamples(dossier: Dossier, program: string, points: readonly WorkerPoint[]): PileUp[] {
  const normal = calm(points.map((point) => liveOf(point.program))) ?? 0;
  const alone = isBrief(points);
  // Where somebody looked what they work on, a mere count of processes says less: a pool may wait idle.
  if (alone && dossier.samples.some((sample) => sample.inFlight)) return [];
  const least = alone ? WORKERS_ALONE : Math.max(WORKERS_MIN, normal * TIMES_NORMAL, normal + 8);
  const piled = sampledEpisodes(points, (point) => liveOf(point.program) >= least, GAP_MS).filter(
    (episode) => alone || episode.length >= 2,
  );
  const worst = piled.sort((a, b) => liveOf(peakOf(b).program) - liveOf(peakOf(a).program))[0];
  const first = worst?.[0];
  const last = worst?.at(-1);
  if (!worst || !first || !last) return [];
  const peak = peakOf(worst);
  const memory = memoryOf(dossier, program, peak);
  return [
    {
      id: 'worker-pileup',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: {
        program,
        peak: liveOf(peak.program),
        normal: alone ? 0 : normal,
        ...memory,
        ...(peak.program.medianS !== undefined && { heldS: peak.program.medianS }),
      },
      evidence: quotes(alone ? [peak] : [first, peak]),
    },
  ];
}

/** Nobody saw it grow, but each of many requests has held its worker for seconds: on a sound host that takes a part of one. */
function fromInFlight(dossier: Dossier): PileUp[] {
  const view = inFlightOf(dossier);
  const least = view?.seenBy === 'socket' ? SOCKETS_MIN : IN_FLIGHT_MIN;
  if (!view || view.samples < 2 || view.peak < least || view.medianS < IN_FLIGHT_S) return [];
  const series = [...workerSeries(dossier)].sort(
    ([a, x], [b, y]) => Number(isPhpProgram(b)) - Number(isPhpProgram(a)) || most(y) - most(x),
  );
  const [program, points] = series[0] ?? [];
  const peak = points && points.length > 0 ? peakOf(points) : undefined;
  return [
    {
      id: 'worker-pileup',
      span: view.span,
      certainty: 'observed',
      measure: {
        program: program ?? 'requests in flight',
        peak: view.peak,
        normal: 0,
        ...(program !== undefined && peak && memoryOf(dossier, program, peak)),
        heldS: view.medianS,
      },
      evidence: view.evidence,
    },
  ];
}

function most(points: readonly WorkerPoint[]): number {
  return Math.max(0, ...points.map((point) => liveOf(point.program)));
}

function peakOf(points: readonly WorkerPoint[]): WorkerPoint {
  return points.reduce((most, point) => (liveOf(point.program) > liveOf(most.program) ? point : most));
}

/** What one worker has for itself: PSS where told, else anonymous memory by the kernel's table, else RSS, which overstates. */
function memoryOf(
  dossier: Dossier,
  program: string,
  peak: WorkerPoint,
): Pick<PileUp['measure'], 'workerKb' | 'workerKbIs'> {
  const { pssKb, rssKb, count } = peak.program;
  if (pssKb !== undefined && count > 0) return { workerKb: Math.round(pssKb / count), workerKbIs: 'pss' };
  const group = eventsOf(dossier, 'oom-kill')
    .flatMap((kill) => kill.tasks)
    .find((task) => task.name === program && task.anonKb !== undefined);
  if (group?.anonKb !== undefined) return { workerKb: Math.round(group.anonKb / group.count), workerKbIs: 'anonymous' };
  return rssKb !== undefined && count > 0 ? { workerKb: Math.round(rssKb / count), workerKbIs: 'rss' } : {};
}

/** The OOM report lists all processes at the moment of the kill. */
function fromTaskTable(dossier: Dossier): PileUp[] {
  const crowded = eventsOf(dossier, 'oom-kill').flatMap((kill) =>
    kill.tasks
      .filter((task) => isWorkerProgram(task.name) && task.count >= WORKERS_MIN)
      .map((task) => ({ kill, task, evidence: kill.evidence })),
  );
  const most = crowded.sort((a, b) => b.task.count - a.task.count)[0];
  if (!most) return [];
  const own = crowded.filter(({ task }) => task.name === most.task.name).sort((a, b) => a.kill.at - b.kill.at);
  const { task } = most;
  return [
    {
      id: 'worker-pileup',
      span: { from: own[0]?.kill.at ?? most.kill.at, to: own.at(-1)?.kill.at ?? most.kill.at },
      certainty: 'observed',
      measure: {
        program: task.name,
        peak: task.count,
        normal: 0,
        workerKb: Math.round((task.anonKb ?? task.rssKb) / task.count),
        workerKbIs: task.anonKb === undefined ? 'rss' : 'anonymous',
      },
      evidence: quotes([most]),
    },
  ];
}

/**
 * Apache writes a line when the request ends, with the time of its begin. Requests that have begun and not ended are
 * those in flight, and each holds a worker.
 */
function fromLog(dossier: Dossier): PileUp[] {
  const traffic = dossier.traffic;
  if (!traffic || traffic.timing.fromOrder < 10) return [];
  let arrived = 0;
  let completed = 0;
  const points = traffic.slices.map((slice) => {
    arrived += slice.profile.total.requests;
    completed += slice.profile.completed;
    return { at: slice.from, value: arrived - completed };
  });
  const normal = calm(points.map((point) => point.value)) ?? 0;
  const piled = sampledEpisodes(
    points,
    (point) => point.value >= Math.max(WORKERS_MIN, normal * TIMES_NORMAL),
    60_000,
  ).sort((a, b) => b.length - a.length)[0];
  const first = piled?.[0];
  const last = piled?.at(-1);
  if (!piled || piled.length < 2 || !first || !last) return [];
  const late = [...traffic.sources.entries.values()]
    .filter((detail) => detail.lags.size > 0)
    .sort((a, b) => b.workerMs - a.workerMs)[0];
  return [
    {
      id: 'worker-pileup',
      span: { from: first.at, to: last.at },
      certainty: 'inferred',
      measure: { program: 'requests in flight', peak: Math.max(...piled.map((point) => point.value)), normal },
      evidence: late?.examples.slice(0, 2) ?? [],
    },
  ];
}

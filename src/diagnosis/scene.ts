// The scene of an incident as diagnosis looks at it: the symptoms by id, who asked for what, and from when on something was wrong.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom, SymptomId } from '../model/symptom.ts';
import { type EpochMs, spanUnion, type TimeSpan } from '../model/time.ts';
import { type TrafficView, trafficView } from '../symptoms/view/traffic-view.ts';

export interface Scene {
  readonly dossier: Dossier;
  /** All of them, also a full disk that nothing of the site stands on; the following pass over that. */
  readonly symptoms: readonly Symptom[];
  readonly traffic: TrafficView | undefined;
  /** The symptom of this id that tells most: one that was observed before one that is inferred, the earliest first. */
  first<K extends SymptomId>(id: K): Symptom<K> | undefined;
  all<K extends SymptomId>(id: K): readonly Symptom<K>[];
  has(...ids: readonly SymptomId[]): boolean;
  /** What visitors or services suffered, from its begin to its end; `undefined` when nobody suffered. */
  readonly harm: TimeSpan | undefined;
  /** How far apart two sources may date the same moment, ms: the resolution of the traffic, at least 30 s. */
  readonly toleranceMs: number;
}

/** What visitors feel, or what a service died of. Traffic is no harm by itself. */
const HARM: readonly SymptomId[] = [
  'site-error',
  'site-slow',
  'site-unreachable',
  'database-down',
  'database-killed',
  'database-restart-failed',
  'database-stalled',
  'oom-kill',
  'memory-exhausted',
  'swap-thrash',
  'load-spike',
  'worker-pileup',
  'worker-limit-reached',
  'too-many-connections',
  'database-access-denied',
  'service-crashed',
  'disk-full',
];

const TOLERANCE_MS = 30_000;
/** Places that a site and its database live on; /boot or a backup disk can be full for years without harm. */
const MATTERS = /^\/(?:$|var|srv|home|tmp|usr|opt|www|data|mnt|media|run|mysql|vol|storage)/;

export function sceneOf(dossier: Dossier, symptoms: readonly Symptom[]): Scene {
  const telling = symptoms.filter((symptom) => bearsOnSite(dossier, symptom));
  const all = <K extends SymptomId>(id: K): Symptom<K>[] =>
    telling.filter((symptom): symptom is Symptom<K> => symptom.id === id);
  const harm = spanUnion(telling.filter(({ id }) => HARM.includes(id)).map(({ span }) => span));
  return {
    dossier,
    symptoms,
    traffic: trafficView(dossier),
    all,
    first(id) {
      const own = all(id);
      return own.find(({ certainty }) => certainty === 'observed') ?? own[0];
    },
    has: (...ids) => telling.some(({ id }) => ids.includes(id)),
    harm,
    toleranceMs: Math.max(TOLERANCE_MS, (dossier.traffic?.sliceMs ?? 0) * 2),
  };
}

function bearsOnSite(dossier: Dossier, symptom: Symptom): boolean {
  return (
    symptom.id !== 'disk-full' || fullComplaint(dossier) || symptom.measure.places.some((place) => MATTERS.test(place))
  );
}

/** Whether a program complained of a full disk, and not of /boot, which only kernels are written to. */
export function fullComplaint(dossier: Dossier): boolean {
  return dossier.events.some((event) =>
    event.kind === 'disk-full'
      ? !/^\/boot\//.test(event.path ?? '')
      : (event.kind === 'database' || event.kind === 'web' || event.kind === 'php') && event.what === 'disk-full',
  );
}

/** Begin of the first of these symptoms; `undefined` when none holds. */
export function beginOf(scene: Scene, ids: readonly SymptomId[]): EpochMs | undefined {
  return spanUnion(scene.symptoms.filter(({ id }) => ids.includes(id)).map(({ span }) => span))?.from;
}

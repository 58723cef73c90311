// The database is alive and not getting on: its threads pile up, its page cleaner is late, it waits for locks or the disk.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';
import { calm, sampledEpisodes } from './view/series.ts';

/** The loop is meant to take 1 s; it is logged from 4 s on. */
const LATE_MS = 4000;
const LOCK_WAITS_MIN = 3;
/** A statement that waited this long for its locks. */
const LOCKED_S = 10;
const THREADS_MIN = 15;

export const databaseStalled: Detector<'database-stalled'> = {
  id: 'database-stalled',
  detect: (dossier) =>
    [...forRoom(dossier), ...lateCleaner(dossier), ...waits(dossier), ...threads(dossier)].slice(0, 2),
};

/** "Disk is full writing '...'. Waiting for someone to free space...": it waits, and all who write wait with it. */
function forRoom(dossier: Dossier): Symptom<'database-stalled'>[] {
  const full = eventsOf(
    dossier,
    'database',
    (event) => event.what === 'disk-full' && /waiting for someone/i.test(event.evidence.text),
  );
  if (full.length === 0) return [];
  return [
    {
      id: 'database-stalled',
      span: eventSpan(full),
      certainty: 'observed',
      measure: { what: 'disk' },
      evidence: quotes(full),
    },
  ];
}

function lateCleaner(dossier: Dossier): Symptom<'database-stalled'>[] {
  const late = eventsOf(
    dossier,
    'database',
    (event) => event.what === 'page-cleaner-late' && (event.tookMs ?? LATE_MS) >= LATE_MS,
  );
  if (late.length === 0) return [];
  const tookMs = Math.max(...late.map((event) => event.tookMs ?? LATE_MS));
  return [
    {
      id: 'database-stalled',
      span: eventSpan(late),
      certainty: 'observed',
      measure: { what: 'page-cleaner', tookMs },
      evidence: quotes(late),
    },
  ];
}

function waits(dossier: Dossier): Symptom<'database-stalled'>[] {
  const long = [
    ...eventsOf(
      dossier,
      'database',
      (event) => event.what === 'long-semaphore-wait' || event.what === 'lock-wait-timeout',
    ),
    ...eventsOf(dossier, 'slow-query', (event) => event.lockSeconds >= LOCKED_S),
  ].sort((a, b) => a.at - b.at);
  if (totalOf(long) < LOCK_WAITS_MIN) return [];
  return [
    {
      id: 'database-stalled',
      span: eventSpan(long),
      certainty: 'observed',
      measure: { what: 'locks' },
      evidence: quotes(long),
    },
  ];
}

function threads(dossier: Dossier): Symptom<'database-stalled'>[] {
  const points = dossier.samples.flatMap((sample) =>
    sample.database?.threadsRunning === undefined
      ? []
      : [{ at: sample.at, value: sample.database.threadsRunning, evidence: sample.evidence }],
  );
  const normal = calm(points.map((point) => point.value)) ?? 0;
  const piled = sampledEpisodes(points, (point) => point.value >= Math.max(THREADS_MIN, normal * 5), 30_000).find(
    (episode) => episode.length >= 2,
  );
  const first = piled?.[0];
  const last = piled?.at(-1);
  if (!piled || !first || !last) return [];
  return [
    {
      id: 'database-stalled',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: { what: 'threads', threads: Math.max(...piled.map((point) => point.value)) },
      evidence: quotes(piled),
    },
  ];
}

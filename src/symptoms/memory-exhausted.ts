// The memory of the host, or of its cgroup, went to nothing: by /proc/meminfo, by memory PSI, or by programs that got none.
import type { Dossier } from '../model/dossier.ts';
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';
import { calm, isBrief, sampledEpisodes } from './view/series.ts';

/** Of all memory; the kernel keeps a few percent for itself. */
const LEFT_SHARE = 0.05;
/** Percent of the time in which some task waited for memory. */
const PRESSURE = 20;
const GAP_MS = 60_000;

export const memoryExhausted: Detector<'memory-exhausted'> = {
  id: 'memory-exhausted',
  detect(dossier) {
    const [sampled] = fromSamples(dossier);
    const [told] = fromEvents(dossier);
    if (!sampled || !told) return sampled ? [sampled] : told ? [told] : [];
    // Samples show how far it went; a kill may tell that it had begun before somebody looked.
    const before =
      told.certainty === 'observed' &&
      told.span.from < sampled.span.from &&
      told.span.from > sampled.span.from - GAP_MS * 10;
    return before
      ? [
          {
            ...sampled,
            span: { from: told.span.from, to: sampled.span.to },
            evidence: [...told.evidence.slice(0, 2), ...sampled.evidence],
          },
        ]
      : [sampled];
  },
};

function fromSamples(dossier: Dossier): Symptom<'memory-exhausted'>[] {
  const points = dossier.samples.flatMap((sample) => {
    const total = sample.memory?.totalKb ?? dossier.host.memTotalKb;
    const available = sample.memory?.availableKb;
    const pressure = sample.pressure?.memorySome;
    if (available === undefined && pressure === undefined) return [];
    return [{ at: sample.at, total, available, pressure, evidence: sample.evidence }];
  });
  const normalKb = -(calm(points.flatMap((point) => (point.available === undefined ? [] : [-point.available]))) ?? 0);
  const normalPressure = calm(points.flatMap((point) => (point.pressure === undefined ? [] : [point.pressure]))) ?? 0;
  const holds = (point: (typeof points)[number]): boolean => {
    const share = point.available !== undefined && point.total !== undefined ? point.available / point.total : 1;
    const pressed = (point.pressure ?? 0) >= Math.max(PRESSURE, isBrief(points) ? 0 : normalPressure * 3);
    // A host that always runs with little to spare is not sick of that alone.
    const fell = isBrief(points) || (point.available ?? 0) < normalKb * 0.5;
    return (share < LEFT_SHARE && (fell || (point.pressure ?? 0) >= 5)) || (pressed && share < 0.25);
  };
  const worst = sampledEpisodes(points, holds, GAP_MS).sort((a, b) => b.length - a.length)[0];
  const first = worst?.[0];
  const last = worst?.at(-1);
  if (!worst || !first || !last) return [];
  const lowest = worst.reduce(
    (low, point) =>
      (point.available ?? Number.POSITIVE_INFINITY) < (low.available ?? Number.POSITIVE_INFINITY) ? point : low,
    first,
  );
  const pressure = Math.max(...worst.map((point) => point.pressure ?? 0));
  return [
    {
      id: 'memory-exhausted',
      span: { from: first.at, to: last.at },
      certainty: 'observed',
      measure: {
        scope: 'host',
        ...(lowest.available !== undefined && { lowestKb: lowest.available }),
        ...(lowest.total !== undefined && { totalKb: lowest.total }),
        ...(pressure > 0 && { pressure }),
      },
      evidence: quotes([first, lowest]),
    },
  ];
}

/** The OOM killer acts when memory is gone; programs that get none complain. */
function fromEvents(dossier: Dossier): Symptom<'memory-exhausted'>[] {
  const kills = eventsOf(dossier, 'oom-kill');
  const first = kills[0];
  if (first) {
    const totalKb = first.limitKb ?? first.memTotalKb ?? dossier.host.memTotalKb;
    return [
      {
        id: 'memory-exhausted',
        span: eventSpan(kills),
        certainty: 'observed',
        measure: {
          scope: first.scope === 'cgroup' ? 'cgroup' : 'host',
          lowestKb: 0,
          ...(totalKb !== undefined && { totalKb }),
        },
        evidence: quotes(kills),
      },
    ];
  }
  const starved = [
    ...eventsOf(dossier, 'web', (event) => event.what === 'cannot-fork' || event.what === 'out-of-memory'),
    ...eventsOf(dossier, 'fpm', (event) => event.what === 'cannot-fork'),
    ...eventsOf(dossier, 'database', (event) => event.what === 'out-of-memory'),
  ].sort((a, b) => a.at - b.at);
  if (totalOf(starved) === 0) return [];
  return [
    {
      id: 'memory-exhausted',
      span: eventSpan(starved),
      certainty: 'inferred',
      measure: { scope: 'host' },
      evidence: quotes(starved),
    },
  ];
}

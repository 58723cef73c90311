// Sentences on the host: memory, load, workers, disk.
import { count, duration, figure, kilobytes, many, some, timesWord } from '../../model/figures.ts';
import type { WordsOf } from './symptom-words.ts';

const SERVER = { apache: 'Apache', nginx: 'nginx', 'php-fpm': 'PHP-FPM', other: 'The web server' } as const;

const WORKER_MEMORY = {
  pss: 'of its own (PSS)',
  anonymous: 'of its own',
  rss: 'resident, shared pages included',
} as const;

export const HOST_WORDS: WordsOf<
  | 'oom-kill'
  | 'memory-exhausted'
  | 'swap-thrash'
  | 'load-spike'
  | 'worker-pileup'
  | 'worker-limit-reached'
  | 'disk-full'
> = {
  'oom-kill'({ measure, span, certainty }, clock) {
    const size = measure.victimKb === undefined ? '' : ` (${kilobytes(measure.victimKb)})`;
    const more = measure.kills > 1 ? `, ${count(measure.kills)} processes in all` : '';
    const holder =
      measure.holder === undefined || measure.holder === measure.victim
        ? ''
        : `; most memory was held by ${measure.holderCount === undefined || measure.holderCount === 1 ? '' : `${count(measure.holderCount)} `}${measure.holder}${measure.holderKb === undefined ? '' : `, ${kilobytes(measure.holderKb)}`}`;
    const limit =
      measure.scope === 'cgroup'
        ? ` in a group limited to ${measure.limitKb === undefined ? 'less than the host has' : kilobytes(measure.limitKb)}`
        : '';
    return certainty === 'inferred'
      ? `Most likely the kernel killed ${measure.victim}${size} for want of memory${limit} ${clock.during(span)}${more}${holder}.`
      : `The kernel killed ${measure.victim}${size} for want of memory${limit} ${clock.during(span)}${more}${holder}.`;
  },
  'memory-exhausted'({ measure, span }, clock) {
    const total = measure.totalKb === undefined ? '' : ` of ${kilobytes(measure.totalKb)}`;
    const where = measure.scope === 'cgroup' ? " within the group's limit" : '';
    const left = measure.lowestKb === undefined ? '' : `: ${kilobytes(measure.lowestKb)}${total} left${where}`;
    const waited =
      measure.pressure === undefined
        ? ''
        : `${left === '' ? ':' : ','} work stood still ${figure(measure.pressure)} % of the time for want of it`;
    return `Memory ran out ${clock.during(span)}${left}${waited}.`;
  },
  'swap-thrash'({ measure, span }, clock) {
    const rates =
      measure.inPerS === undefined && measure.outPerS === undefined
        ? ''
        : `, ${count(measure.inPerS ?? 0)} pages a second in and ${count(measure.outPerS ?? 0)} out`;
    const used = measure.swapUsedKb === undefined ? '' : `, ${kilobytes(measure.swapUsedKb)} in swap`;
    return `The host swapped in and out at once ${clock.during(span)}${rates}${used}.`;
  },
  'load-spike'({ measure, span }, clock) {
    const cores = measure.cpus === undefined ? '' : ` on ${many(measure.cpus, 'core')}`;
    const normal = measure.normal === undefined ? '' : `, normally ${figure(measure.normal)}`;
    return `The load average reached ${figure(measure.peak)}${cores}${normal}, ${clock.during(span)}.`;
  },
  'worker-pileup'({ measure, span }, clock) {
    const memory =
      measure.workerKb === undefined
        ? ''
        : `; each has ${kilobytes(measure.workerKb)} ${WORKER_MEMORY[measure.workerKbIs ?? 'rss']}`;
    const age = measure.heldS === undefined ? '' : `; half of them had run for ${duration(measure.heldS)} or more`;
    return `${count(measure.peak)} ${measure.program} at once ${clock.during(span)}, normally ${count(measure.normal)}${memory}${age}.`;
  },
  'worker-limit-reached'({ measure, span }, clock) {
    const limit = measure.limit === undefined ? '' : ` of ${count(measure.limit)}`;
    const times = measure.times > 1 ? ` ${timesWord(measure.times)}` : '';
    return `${SERVER[measure.server]} reached its limit ${measure.setting}${limit}${times} ${clock.during(span)}: further requests wait.`;
  },
  'disk-full'({ measure, span }, clock) {
    const what = measure.inodes ? 'No inodes were left' : 'No space was left';
    const where = measure.places.length === 0 ? '' : ` on ${some(measure.places)}`;
    const used = measure.usedBy ? `; most of it taken by ${measure.usedBy}` : '';
    const writer = measure.writer && !measure.usedBy?.includes(measure.writer) ? `; written to ${measure.writer}` : '';
    return `${what}${where} ${clock.during(span)}${used}${writer}.`;
  },
};

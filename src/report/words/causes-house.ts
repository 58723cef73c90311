// The sentence a client could be told, for the causes that lie in the house: limits, database, disk, code, services.
import type { LogEvent } from '../../model/event.ts';
import { count, duration, kilobytes, many, percent, quoted, some, timesWord } from '../../model/figures.ts';
import type { Cause } from '../../model/verdict.ts';
import type { CauseWords } from './causes-traffic.ts';
import { capitalised } from './causes-traffic.ts';
import { andThen, type Context, inHouseCulprit } from './context.ts';
import { signalName } from './signal.ts';

type HouseCause = Extract<
  Cause,
  | 'worker-limit-too-high'
  | 'memory-hog'
  | 'slow-backend'
  | 'slow-database'
  | 'connection-limit'
  | 'database-access'
  | 'database-wont-start'
  | 'service-crashed'
  | 'application-error'
  | 'disk-full'
  | 'service-stopped'
>;

export const HOUSE_CAUSES: { readonly [C in HouseCause]: CauseWords } = {
  'worker-limit-too-high'(context) {
    const pile = context.symptom('worker-pileup')?.measure;
    const total = context.symptom('memory-exhausted')?.measure.totalKb ?? context.findings.dossier.host.memTotalKb;
    const size =
      pile?.workerKb === undefined
        ? ''
        : `: ${count(pile.peak)} ${pile.program} of ${kilobytes(pile.workerKb)} each${pile.workerKbIs === 'pss' || pile.workerKbIs === 'anonymous' ? '' : ' (shared pages included)'} are ${kilobytes(pile.peak * pile.workerKb)}${total === undefined ? '' : `, the host has ${kilobytes(total)}`}`;
    return capitalised(
      context,
      `ordinary traffic was enough to bring the server down, because it may start more workers than its memory holds${size}${andThen(context, ['worker-pileup'])}`,
    );
  },
  'memory-hog'(context) {
    const hog = inHouseCulprit(context);
    const who = hog ? `the ${hog.kind} ${hog.id}` : 'a process that the evidence does not name';
    const share = hog && hog.share > 0.005 ? ` (${percent(hog.share)} of it)` : '';
    const oom = context.symptom('oom-kill');
    if (!oom || !hog || oom.measure.victim === hog.id) {
      return capitalised(context, `${who} took the memory${share}, not the web traffic${andThen(context)}`);
    }
    const killed = `the kernel ${oom.certainty === 'inferred' ? 'most likely ' : ''}killed ${oom.measure.victim} for it, which was not at fault`;
    const rest = andThen(context, ['memory-exhausted', 'oom-kill', 'database-killed']);
    return capitalised(context, `${who} took the memory${share}, not the web traffic; ${killed}${rest}`);
  },
  'slow-backend'(context) {
    const backend = context.symptom('backend-timeouts')?.measure;
    const peer = inHouseCulprit(context)?.id ?? backend?.peer;
    const by = backend?.component ? ` (asked by ${backend.component})` : '';
    const times = backend ? `, ${timesWord(backend.times)} in vain` : '';
    return capitalised(
      context,
      `PHP waited for ${peer ?? 'a service outside this server'}${by}${times}, and every page that asks it waited as well; the database is not the reason${andThen(context)}`,
    );
  },
  'slow-database'(context) {
    const slow = context.symptom('slow-queries')?.measure;
    if (!slow) return capitalised(context, `the database answered too slowly${andThen(context)}`);
    const why = slow.locked ? 'waited for locks' : 'took too long';
    const statement = slow.statement ? `: ${quoted(slow.statement, 100)}` : '';
    return capitalised(
      context,
      `${many(slow.queries, 'database query', 'database queries')} ${why}, the longest ${duration(slow.longestS)}${statement}${andThen(context)}`,
    );
  },
  'connection-limit'(context) {
    const full = context.symptom('too-many-connections')?.measure;
    const limit =
      full?.limit === undefined
        ? 'all its connections were in use'
        : `all its ${count(full.limit)} connections were in use`;
    const times = full ? ` ${timesWord(full.times)}` : '';
    return capitalised(
      context,
      `the database, healthy in itself, refused the site${times} because ${limit}${andThen(context, ['too-many-connections'])}`,
    );
  },
  'database-access'(context) {
    const denied = context.symptom('database-access-denied')?.measure;
    const detail = denied?.detail ? ` (${denied.detail.replace(/\.$/, '')})` : '';
    const fault =
      denied?.how === 'wrong-door'
        ? `the site asked for its database at the wrong host, port or socket${detail}`
        : `the database was up but did not let the site in: it refused ${denied?.user ? `the user ${quoted(denied.user, 60)}` : "the site's user"}, so the password, the name or the rights are wrong or were changed${detail}`;
    return capitalised(context, `${fault}${andThen(context)}`);
  },
  'database-wont-start'(context) {
    const failed = context.symptom('database-restart-failed')?.measure;
    const service = failed?.service ?? context.symptom('database-down')?.measure.service ?? 'the database';
    const attempts = failed && failed.attempts > 1 ? `, tried ${timesWord(failed.attempts)}` : '';
    const reason = failed ? `: ${failed.reason.replace(/\.$/, '')}` : '';
    return capitalised(
      context,
      `the database (${service}) did not start${attempts}${reason}${andThen(context, ['database-restart-failed'])}`,
    );
  },
  'service-crashed'(context) {
    const crash = context.symptom('service-crashed')?.measure;
    const who = crash?.service ?? inHouseCulprit(context)?.id ?? 'a service';
    const signal =
      crash?.signal === undefined
        ? ''
        : ` (signal ${crash.signal}${signalName(crash.signal).replace(' (', ', ').replace(')', '')})`;
    const times = crash && crash.times > 1 ? ` ${timesWord(crash.times)}` : '';
    return capitalised(
      context,
      `${who} crashed${times} by a fault of its own${signal}, not for want of memory${andThen(context)}`,
    );
  },
  'application-error'(context) {
    const errors = context.symptom('php-errors')?.measure;
    const where = errors?.component ?? "the site's own code";
    const message = errors ? ` ${timesWord(errors.errors)}: ${quoted(errors.message, 120)}` : '';
    return capitalised(context, `${where} failed${message}${andThen(context)}`);
  },
  'disk-full'(context) {
    const disk = context.symptom('disk-full')?.measure;
    const what = disk?.inodes ? 'no inodes were left' : 'no space was left';
    const paths = disk?.places.filter((place) => place.startsWith('/')) ?? [];
    const where = paths.length > 0 ? ` on ${some(paths)}` : ' on the disk';
    const writer = disk?.writer ?? inHouseCulprit(context)?.id;
    const used = disk?.usedBy ? `, most of it taken by ${disk.usedBy}` : '';
    const said = writer !== undefined && used.includes(writer);
    return capitalised(
      context,
      `${what}${where}${used}${writer && !said ? `, written to ${writer}` : ''}${andThen(context)}`,
    );
  },
  'service-stopped'(context) {
    const stop = orderlyStop(context);
    const who = stop?.service ?? context.symptom('database-down')?.measure.service ?? 'a service';
    const at = stop ? `At ${context.clock.time(stop.at)} ` : '';
    const sentence = `${who} was stopped in an orderly way, by somebody or by a timer: it did not fail${andThen(context)}`;
    return at === '' ? capitalised(context, sentence) : at + sentence;
  },
};

/** The first orderly stop that lies in the verdict's span, or in the record when that has no span. */
function orderlyStop(context: Context): { readonly at: number; readonly service: string } | undefined {
  const { dossier, verdict } = context.findings;
  const event = dossier.events.find(
    (entry) =>
      (!verdict.span || (entry.at >= verdict.span.from - 60_000 && entry.at <= verdict.span.to)) &&
      stopped(entry) !== undefined,
  );
  const service = event && stopped(event);
  return event && service !== undefined ? { at: event.at, service } : undefined;
}

function stopped(event: LogEvent): string | undefined {
  if (event.kind === 'unit' && (event.change === 'stopping' || event.change === 'stopped') && event.role !== 'other')
    return event.unit;
  if (event.kind === 'database' && event.what === 'shutdown') return 'the database';
  if (event.kind === 'web' && event.what === 'stopping')
    return event.server === 'other' ? 'the web server' : event.server;
  if (event.kind === 'fpm' && event.what === 'stopping') return 'PHP-FPM';
  return undefined;
}

// Orderly stops: what was asked to stop, when, by whom as far as it shows, and when it came back.
import type { LogEvent, ServiceRole } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import type { EpochMs } from '../model/time.ts';
import type { Scene } from './scene.ts';

export interface Stop {
  readonly at: EpochMs;
  readonly role: ServiceRole;
  readonly service: string;
  readonly evidence: Evidence;
  /** When it was up again; absent when it stayed down to the end of the record. */
  readonly backAt?: EpochMs;
  /** A start was tried in between, and failed. */
  readonly startFailed: boolean;
  /** What stood in the logs shortly before: a command, a package change, a shutdown. */
  readonly by?: LogEvent;
}

/** Several sources tell of the same stop within this. */
const SAME_MS = 90_000;
/** A restart takes less. */
const RESTART_MS = 30_000;
/** How long before a stop its author may have acted. */
const AUTHOR_MS = 180_000;

/** Stops of web server, PHP and database that were no mere restarts, in order of time. */
export function orderlyStops(scene: Scene): Stop[] {
  const { events, span } = scene.dossier;
  const end = span?.to ?? events.at(-1)?.until ?? 0;
  const stops: Stop[] = [];
  for (const event of events) {
    const stopped = stoppedBy(event);
    if (!stopped || stops.some((stop) => stop.role === stopped.role && Math.abs(event.at - stop.at) < SAME_MS))
      continue;
    const later = events.filter((other) => other.at > event.at + 500 && roleOf(other) === stopped.role);
    const back = later.find(isUp);
    const startFailed = later.some((other) => isFailedStart(other) && (back === undefined || other.at < back.at));
    const by = author(events, event);
    const gone = (back?.at ?? end) - event.at;
    if (gone < RESTART_MS && !startFailed) continue;
    stops.push({
      at: event.at,
      ...stopped,
      evidence: event.evidence,
      startFailed,
      ...(back && { backAt: back.at }),
      ...(by && { by }),
    });
  }
  return stops;
}

function stoppedBy(event: LogEvent): { role: ServiceRole; service: string } | undefined {
  if (event.kind === 'unit' && event.change === 'stopping' && event.role !== 'other')
    return { role: event.role, service: event.unit };
  if (event.kind === 'web' && event.what === 'stopping')
    return { role: 'web', service: event.server === 'other' ? 'the web server' : event.server };
  if (event.kind === 'fpm' && event.what === 'stopping') return { role: 'php', service: 'php-fpm' };
  if (event.kind === 'database' && event.what === 'shutdown') return { role: 'database', service: 'the database' };
  return undefined;
}

function roleOf(event: LogEvent): ServiceRole | undefined {
  switch (event.kind) {
    case 'unit':
      return event.role;
    case 'web':
      return 'web';
    case 'fpm':
      return 'php';
    case 'database':
      return 'database';
    default:
      return undefined;
  }
}

function isUp(event: LogEvent): boolean {
  if (event.kind === 'unit') return event.change === 'started';
  if (event.kind === 'web' || event.kind === 'fpm') return event.what === 'started';
  return event.kind === 'database' && event.what === 'ready';
}

function isFailedStart(event: LogEvent): boolean {
  if (event.kind === 'unit')
    return event.change === 'start-failed' || event.change === 'start-timeout' || event.change === 'restart-limit';
  if (event.kind === 'database') return event.what === 'aborting';
  if (event.kind === 'web') return event.what === 'config-error' || event.what === 'address-in-use';
  return event.kind === 'fpm' && event.what === 'config-error';
}

function author(events: readonly LogEvent[], stop: LogEvent): LogEvent | undefined {
  const near = events.filter(
    (event) => event.kind === 'admin' && event.at <= stop.at + 5000 && event.at >= stop.at - AUTHOR_MS,
  );
  const telling = near.filter(
    (event) => event.kind === 'admin' && ['command', 'package-change', 'shutdown'].includes(event.what),
  );
  const about = telling.findLast((event) =>
    /stop|restart|mariadb|mysql|apache|httpd|nginx|php|shutdown|reboot|remove|systemctl|service/i.test(
      event.evidence.text,
    ),
  );
  return about ?? telling.at(-1);
}

// Web server, PHP or database died of a fault of its own: a signal such as SIGSEGV, or an assertion. Not of memory.
import type { LogEvent, ServiceRole } from '../model/event.ts';
import type { Symptom } from '../model/symptom.ts';
import { isDatabaseProgram, isFault } from './view/database.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, mostFrequent, quotes, totalOf } from './view/events.ts';
import { isPhpProgram, isWebProgram } from './view/workers.ts';

/** A worker that dies now and then is replaced at once, and hardly noticed; a service that dies is not. */
const WORKER_CRASHES_MIN = 3;

interface Crash {
  readonly event: LogEvent;
  readonly service: string;
  readonly role: ServiceRole;
  readonly signal: number | undefined;
  readonly worker: boolean;
}

export const serviceCrashed: Detector<'service-crashed'> = {
  id: 'service-crashed',
  detect(dossier) {
    const crashes = dossier.events.flatMap(crashOf);
    const found: Symptom<'service-crashed'>[] = [];
    for (const role of ['database', 'web', 'php', 'other'] as const) {
      const own = crashes.filter((crash) => crash.role === role);
      const events = own.map((crash) => crash.event);
      if (own.length === 0 || (own.every((crash) => crash.worker) && totalOf(events) < WORKER_CRASHES_MIN)) continue;
      const signal = own.find((crash) => crash.signal !== undefined)?.signal;
      found.push({
        id: 'service-crashed',
        span: eventSpan(events),
        certainty: 'observed',
        measure: {
          service: mostFrequent(own.map((crash) => crash.service)) ?? role,
          role,
          times: totalOf(events),
          ...(signal !== undefined && { signal }),
        },
        evidence: quotes(events),
      });
    }
    return found;
  },
};

function crashOf(event: LogEvent): Crash[] {
  switch (event.kind) {
    case 'kernel': {
      if (event.what !== 'segfault') return [];
      const name = event.process ?? '';
      const role = isDatabaseProgram(name)
        ? 'database'
        : isPhpProgram(name)
          ? 'php'
          : isWebProgram(name)
            ? 'web'
            : undefined;
      return role ? [{ event, service: name, role, signal: 11, worker: role !== 'database' }] : [];
    }
    case 'unit':
      if (event.role === 'other') return [];
      if (event.change === 'dumped' || (event.change === 'killed' && isFault(event.signal))) {
        return [{ event, service: event.unit, role: event.role, signal: event.signal, worker: false }];
      }
      return [];
    case 'database':
      return event.what === 'signal' || event.what === 'assertion'
        ? [{ event, service: 'mysqld', role: 'database', signal: event.signal, worker: false }]
        : [];
    case 'web':
      if (event.what === 'child-signal' && isFault(event.signal))
        return [{ event, service: event.server, role: 'web', signal: event.signal, worker: true }];
      return event.what === 'parent-exit'
        ? [{ event, service: event.server, role: 'web', signal: event.signal, worker: false }]
        : [];
    case 'fpm':
      return event.what === 'child-signal' && isFault(event.signal)
        ? [{ event, service: 'php-fpm', role: 'php', signal: event.signal, worker: true }]
        : [];
    default:
      return [];
  }
}

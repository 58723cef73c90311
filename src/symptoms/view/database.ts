// The life of the database, put together from all that speaks of it: its log, the service manager, the kernel, samples.
import type { Dossier } from '../../model/dossier.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { EpochMs } from '../../model/time.ts';

export type DatabaseMoment = {
  readonly at: EpochMs;
  readonly evidence: Evidence;
} & (
  | { readonly is: 'up'; readonly how: 'log' | 'unit' | 'sample' }
  | { readonly is: 'starting'; readonly how: 'log' | 'unit'; readonly recovering: boolean }
  | {
      readonly is: 'down';
      readonly how: 'stopped' | 'killed' | 'crashed' | 'gave-up' | 'absent' | 'failed';
      readonly signal?: number;
      readonly service: string;
    }
);

const DATABASE_PROGRAM = /^(?:mysqld|mariadbd|mysqld_safe)$/;

const lives = new WeakMap<Dossier, readonly DatabaseMoment[]>();

/**
 * Moments in order of time; several sources may tell of the same one. The word "Stopped" of a service manager is left
 * out: systemd prints it in each automatic restart after a failure too, and only "Stopping" is an order.
 */
export function databaseLife(dossier: Dossier): readonly DatabaseMoment[] {
  const known = lives.get(dossier);
  if (known) return known;
  const life = [...fromEvents(dossier), ...fromSamples(dossier)].sort((a, b) => a.at - b.at);
  lives.set(dossier, life);
  return life;
}

/** The last thing known of the database at a moment. */
export function databaseAt(dossier: Dossier, at: EpochMs): DatabaseMoment | undefined {
  let last: DatabaseMoment | undefined;
  for (const moment of databaseLife(dossier)) {
    if (moment.at > at) break;
    last = moment;
  }
  return last;
}

function fromEvents(dossier: Dossier): DatabaseMoment[] {
  const life: DatabaseMoment[] = [];
  for (const event of dossier.events) {
    const base = { at: event.at, evidence: event.evidence };
    if (event.kind === 'oom-kill' && isDatabaseProgram(event.name)) {
      life.push({ ...base, is: 'down', how: 'killed', signal: 9, service: event.name });
    } else if (event.kind === 'unit' && event.role === 'database') {
      const service = event.unit;
      if (event.change === 'started') life.push({ ...base, is: 'up', how: 'unit' });
      else if (event.change === 'starting') life.push({ ...base, is: 'starting', how: 'unit', recovering: false });
      else if (event.change === 'killed' || event.change === 'oom-killed' || event.change === 'dumped') {
        // SIGTERM is what a service manager and an administrator stop it with.
        const how =
          event.signal === 15 ? 'stopped' : event.change === 'dumped' || isFault(event.signal) ? 'crashed' : 'killed';
        const signal = event.signal ?? (event.change === 'oom-killed' ? 9 : undefined);
        life.push({ ...base, is: 'down', how, service, ...(signal !== undefined && { signal }) });
      } else if (event.change === 'stopping') life.push({ ...base, is: 'down', how: 'stopped', service });
      else if (event.change === 'start-failed' || event.change === 'failed' || event.change === 'restart-limit') {
        life.push({ ...base, is: 'down', how: 'failed', service });
      }
    } else if (event.kind === 'database') {
      const service = 'mysqld';
      if (event.what === 'ready') life.push({ ...base, is: 'up', how: 'log' });
      else if (event.what === 'starting') life.push({ ...base, is: 'starting', how: 'log', recovering: false });
      else if (event.what === 'crash-recovery') life.push({ ...base, is: 'starting', how: 'log', recovering: true });
      else if (event.what === 'shutdown') life.push({ ...base, is: 'down', how: 'stopped', service });
      else if (event.what === 'aborting') life.push({ ...base, is: 'down', how: 'gave-up', service });
      else if (event.what === 'signal' || event.what === 'assertion') {
        life.push({
          ...base,
          is: 'down',
          how: 'crashed',
          service,
          ...(event.signal !== undefined && { signal: event.signal }),
        });
      }
    } else if (event.kind === 'kernel' && event.what === 'segfault' && isDatabaseProgram(event.process ?? '')) {
      life.push({ ...base, is: 'down', how: 'crashed', signal: 11, service: event.process ?? 'mysqld' });
    }
  }
  return life;
}

function fromSamples(dossier: Dossier): DatabaseMoment[] {
  const life: DatabaseMoment[] = [];
  let seen = false;
  for (const sample of dossier.samples) {
    const base = { at: sample.at, evidence: sample.evidence };
    const program = sample.programs?.find((one) => isDatabaseProgram(one.name) && one.count > 0);
    if (program || sample.database?.alive) seen = true;
    if (sample.database?.alive) life.push({ ...base, is: 'up', how: 'sample' });
    // A list of processes without it says that it is gone only where it had been there before.
    else if (sample.database && !sample.database.alive && !program && sample.programs)
      life.push({ ...base, is: 'down', how: 'absent', service: 'mysqld' });
    else if (sample.programs && !program && seen) life.push({ ...base, is: 'down', how: 'absent', service: 'mysqld' });
  }
  return life;
}

export function isDatabaseProgram(name: string): boolean {
  return DATABASE_PROGRAM.test(name);
}

/** Signals that a program brings on itself: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS. */
export function isFault(signal: number | undefined): boolean {
  return signal !== undefined && [4, 5, 6, 7, 8, 11, 31].includes(signal);
}

// The processes that serve visitors: which programs are workers, and how many there were when.
import type { Dossier } from '../../model/dossier.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ProgramState } from '../../model/sample.ts';
import type { EpochMs } from '../../model/time.ts';

const WORKER_PROGRAM =
  /^(?:php-cgi[\d.]*|php[\d.]*-cgi|php-fpm[\d.]*|php[\d.]*|lsphp[\d.]*|apache2|httpd|httpd\.worker|fcgid|suphp)$/;
const WEB_PROGRAM = /^(?:apache2|httpd|nginx|litespeed|openlitespeed|lshttpd|caddy)$/;

export function isWorkerProgram(name: string): boolean {
  return WORKER_PROGRAM.test(name);
}

export function isWebProgram(name: string): boolean {
  return WEB_PROGRAM.test(name);
}

/** PHP of any kind: a worker that holds a whole application. */
export function isPhpProgram(name: string): boolean {
  return /^(?:php|lsphp)/.test(name);
}

/** Processes that run: a zombie holds neither memory nor a request. */
export function liveOf(program: ProgramState): number {
  return program.count - program.zombies;
}

export interface WorkerPoint {
  readonly at: EpochMs;
  readonly program: ProgramState;
  readonly evidence: Evidence;
}

/** Per worker program its counts over time; a sample of processes without the program counts as 0 of it. */
export function workerSeries(dossier: Dossier): Map<string, WorkerPoint[]> {
  const names = new Set<string>();
  for (const sample of dossier.samples)
    for (const program of sample.programs ?? []) if (isWorkerProgram(program.name)) names.add(program.name);
  const series = new Map<string, WorkerPoint[]>([...names].map((name) => [name, []]));
  for (const sample of dossier.samples) {
    if (!sample.programs) continue;
    for (const name of names) {
      const program = sample.programs.find((one) => one.name === name) ?? none(name);
      series.get(name)?.push({ at: sample.at, program, evidence: sample.evidence });
    }
  }
  return series;
}

function none(name: string): ProgramState {
  return { name, count: 0, users: [], blocked: 0, running: 0, zombies: 0 };
}

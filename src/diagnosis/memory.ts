// Who took the memory: what each program held when it ran out, and by how much it had grown.
import type { Dossier } from '../model/dossier.ts';
import type { EpochMs } from '../model/time.ts';
import { isDatabaseProgram } from '../symptoms/view/database.ts';
import { isWebProgram, isWorkerProgram } from '../symptoms/view/workers.ts';

export type HolderRole = 'workers' | 'database' | 'web' | 'other';

export interface Holder {
  readonly program: string;
  readonly role: HolderRole;
  readonly processes: number;
  /** All its processes together, and the largest of them. */
  readonly heldKb: number;
  readonly largestKb: number;
  /** Shared pages are counted once a process: the sum overstates. */
  readonly overstated: boolean;
  /** Since the calm before; absent where nothing tells of a before. */
  readonly grownKb?: number;
}

const ROLES: readonly (readonly [(program: string) => boolean, HolderRole])[] = [
  [isDatabaseProgram, 'database'],
  [isWorkerProgram, 'workers'],
  [isWebProgram, 'web'],
];

function roleOf(program: string): HolderRole {
  return ROLES.find(([is]) => is(program))?.[1] ?? 'other';
}

/** Largest first; empty when no list of processes is near the moment. */
export function holdersAt(dossier: Dossier, at: EpochMs): Holder[] {
  const sampled = fromSamples(dossier, at);
  return sampled.length > 0 ? sampled : fromTaskTable(dossier, at);
}

/** A sample this long before the trouble still shows it coming. */
const NEAR_MS = 120_000;

function fromSamples(dossier: Dossier, at: EpochMs): Holder[] {
  const listed = dossier.samples.filter((sample) => sample.programs?.some((program) => program.rssKb !== undefined));
  const last =
    listed.findLast((sample) => sample.at <= at && sample.at >= at - NEAR_MS) ??
    listed.find((sample) => Math.abs(sample.at - at) <= NEAR_MS);
  if (!last?.programs) return [];
  // The calm before: the median of what was seen well before the trouble, else the first sample.
  const before = listed.filter((sample) => sample.at < last.at);
  const calm = before.slice(0, Math.max(1, Math.ceil(before.length / 3)));
  const holders = last.programs.map((program): Holder => {
    const heldKb = program.pssKb ?? program.rssKb ?? 0;
    const then = calm.map((sample) => {
      const known = sample.programs?.find((one) => one.name === program.name);
      return known ? ((program.pssKb === undefined ? known.rssKb : known.pssKb) ?? 0) : 0;
    });
    then.sort((a, b) => a - b);
    const usual = then[Math.floor(then.length / 2)];
    return {
      program: program.name,
      role: roleOf(program.name),
      processes: program.count - program.zombies,
      heldKb,
      largestKb: program.largestRssKb ?? heldKb,
      overstated: program.pssKb === undefined && program.count > 1,
      ...(usual !== undefined && before.length >= 2 && { grownKb: heldKb - usual }),
    };
  });
  return holders.sort((a, b) => b.heldKb - a.heldKb);
}

function fromTaskTable(dossier: Dossier, at: EpochMs): Holder[] {
  const kills = dossier.events.filter((event) => event.kind === 'oom-kill' && event.tasks.length > 0);
  const kill = kills.find((event) => event.at >= at - NEAR_MS) ?? kills[0];
  if (kill?.kind !== 'oom-kill') return [];
  return kill.tasks
    .map((task) => ({
      program: task.name,
      role: roleOf(task.name),
      processes: task.count,
      heldKb: task.anonKb ?? task.rssKb,
      largestKb: task.largestKb,
      overstated: task.anonKb === undefined && task.count > 1,
    }))
    .sort((a, b) => b.heldKb - a.heldKb);
}

/** What all programs of a role hold, and by how much they grew. */
export function heldBy(holders: readonly Holder[], role: HolderRole): { heldKb: number; grownKb: number } {
  const own = holders.filter((holder) => holder.role === role);
  return {
    heldKb: own.reduce((sum, holder) => sum + holder.heldKb, 0),
    grownKb: own.reduce((sum, holder) => sum + Math.max(0, holder.grownKb ?? 0), 0),
  };
}

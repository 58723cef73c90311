// What is known of a lab on disk, so that any later command can find it and take it away, also after a kill -9.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Party } from './addresses.ts';
import { startTicksOf } from './processes.ts';

/** A tmpfs on most hosts, and only root may write there. */
const STATES = '/run/seawall-lab';

/** A process as seen from the machine; `startTicks` tells it from a later one with the same pid. */
export interface Pinned {
  readonly pid: number;
  readonly startTicks: number;
}

export interface LabState {
  readonly name: string;
  /** One of WEB_KINDS; plain text here, because a state of another version must be readable too. */
  readonly web: string;
  readonly memoryMb: number;
  readonly startedAt: string;
  /** Whose end is the end of the lab; absent: it stays until it is taken down. */
  readonly owner?: Pinned;
  /** First the one whose end ends all others: the init of the lab's outer process namespace. */
  readonly processes: Readonly<Partial<Record<Party | 'keeper', Pinned>>>;
  readonly cgroups: readonly string[];
  /** See LabOptions. */
  readonly badness?: number;
}

export function pin(pid: number): Pinned {
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) throw new Error(`process ${pid} ended as soon as it was started`);
  return { pid, startTicks };
}

/** Whether that very process is there and no zombie. */
export function isAlive({ pid, startTicks }: Pinned): boolean {
  return startTicksOf(pid) === startTicks;
}

export function stateFolder(name: string): string {
  return join(STATES, name);
}

/** Whole or not at all: a reader never sees half of it. */
export function writeState(state: LabState): void {
  const folder = stateFolder(state.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'state.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** `undefined` when there is no lab of this name. */
export function readState(name: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(join(stateFolder(name), 'state.json'), 'utf8')) as LabState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A folder without a state is one of a lab that is just being made, or, after a minute, of one that never was. */
export function isOld(name: string): boolean {
  const made = statSync(stateFolder(name), { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > 60_000;
}

export function removeState(name: string): void {
  rmSync(stateFolder(name), { recursive: true, force: true });
  try {
    if (readdirSync(STATES).length === 0) rmSync(STATES, { recursive: true, force: true });
  } catch {
    // Gone already.
  }
}

export function stateNames(): readonly string[] {
  try {
    return readdirSync(STATES);
  } catch {
    return [];
  }
}

// Makes a lab's namespaces and groups, and takes them away. All hangs on one process: when it ends, the kernel ends the rest.
import { spawn } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Party, SERVER } from './addresses.ts';
import { makeCgroups, removeCgroups } from './cgroups.ts';
import { mustRunOnMachine } from './inside.ts';
import { connect } from './network.ts';
import { awaitDescendant, waitUntil } from './processes.ts';
import {
  isAlive,
  isOld,
  type LabState,
  pin,
  readState,
  removeState,
  stateFolder,
  stateNames,
  writeState,
} from './state.ts';

export interface WorldPlan {
  readonly name: string;
  readonly web: string;
  readonly memoryMb: number;
  /** Size of the volume that holds the database. */
  readonly databaseMb: number;
  /** Stays when this process ends. */
  readonly kept: boolean;
  /** The oom_score_adj of everything in the server. */
  readonly badness?: number;
}

const PROJECT = join(import.meta.dirname, '..');
/** Does nothing, and buries children that were left to it, as an init must. */
const INIT = ['tini', '-s', '--', 'sleep', 'infinity'];

/** Everything but the programs. What was made so far is taken away again when something fails. */
export async function makeWorld(plan: WorldPlan): Promise<LabState> {
  if (process.getuid?.() !== 0) throw new Error('the lab makes namespaces and control groups: run it as root');
  if (readState(plan.name)) throw new Error(`there is a lab of the name ${plan.name}: take it down first`);
  let state: LabState = {
    name: plan.name,
    web: plan.web,
    memoryMb: plan.memoryMb,
    startedAt: new Date().toISOString(),
    // Whoever makes a lab owns it until it is made.
    owner: pin(process.pid),
    processes: {},
    cgroups: [],
    ...(plan.badness === undefined ? {} : { badness: plan.badness }),
  };
  // Each step is on disk before the next, so that a killed lab can be found whole.
  const note = (news: Partial<LabState>): LabState => {
    state = { ...state, ...news };
    writeState(state);
    return state;
  };
  note({});
  try {
    const cgroups = makeCgroups(`seawall-lab-${plan.name}`, plan.memoryMb);
    note({ cgroups: cgroups.folders });
    note({ processes: { street: pin(await startInit(state, 'street')) } });
    const others = ['server', 'attackers', 'visitors', 'third'] as const;
    const started = await Promise.all(
      others.map(async (party) => [party, pin(await startInit(state, party))] as const),
    );
    note({ processes: { ...state.processes, ...Object.fromEntries(started) } });
    await Promise.all([makeServerRoot(state, plan, cgroups.version), connect(state)]);
    return note({ processes: { ...state.processes, keeper: pin(await startKeeper(plan)) } });
  } catch (error) {
    await removeWorld(plan.name);
    throw error;
  }
}

/** From now on the lab stays until it is taken down. */
export function disown(state: LabState): LabState {
  const { owner, ...kept } = state;
  writeState(kept);
  return kept;
}

/** Ends everything in a lab and removes what is left of it. Does nothing when there is no such lab. */
export async function removeWorld(name: string): Promise<void> {
  const state = readState(name);
  if (state === undefined) {
    removeState(name);
    return;
  }
  const pinned = Object.values(state.processes).filter(({ pid }) => pid !== process.pid);
  for (const one of pinned) if (isAlive(one)) process.kill(one.pid, 'SIGKILL');
  if (!(await waitUntil(() => !pinned.some(isAlive), 10_000))) {
    throw new Error(`lab ${name}: its processes did not end within 10 s: ${pinned.map(({ pid }) => pid).join(', ')}`);
  }
  await removeCgroups(state.cgroups);
  removeState(name);
}

/** Takes away the labs whose owner is gone, or that have ended. */
export async function sweep(): Promise<readonly string[]> {
  const stale = stateNames().filter((name) => {
    const state = readState(name);
    if (state === undefined) return isOld(name);
    const { street } = state.processes;
    return state.owner ? !isAlive(state.owner) : street === undefined || !isAlive(street);
  });
  for (const name of stale) await removeWorld(name);
  return stale;
}

/** @returns the pid of the first process in the party's namespaces. */
async function startInit(state: LabState, party: Party): Promise<number> {
  const { street } = state.processes;
  const inStreet = street === undefined ? [] : ['nsenter', `--pid=/proc/${street.pid}/ns/pid`, '--'];
  const own = {
    street: ['--pid', '--net', '--mount', '--fork', '--kill-child'],
    server: ['--pid', '--net', '--mount', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'],
    attackers: ['--net'],
    visitors: ['--net'],
    third: ['--net'],
  }[party];
  const groups = party === 'server' ? state.cgroups.map((folder) => join(folder, 'cgroup.procs')) : [];
  const init = own.includes('--pid') ? INIT : ['sleep', 'infinity'];
  const args = [join(import.meta.dirname, 'enter.sh'), ...groups, '--', ...inStreet, 'unshare', ...own, '--', ...init];
  const child = spawn('sh', args, { stdio: 'ignore', detached: true, cwd: '/' });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  child.unref();
  return Promise.race([awaitDescendant(child.pid ?? 0, init[0] ?? ''), failed]);
}

/** @returns its pid, once it follows the kernel's messages. */
async function startKeeper({ name, kept }: WorldPlan): Promise<number> {
  const script = join(import.meta.dirname, 'keeper.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, name, kept ? 'kept' : 'owned'];
  // The other end of this pipe closes with this process, however it ends.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true, cwd: '/' });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the keeper of the lab ended at once (exit ${code})`)));
    child.stdout.once('data', () => resolve());
  });
  child.removeAllListeners('exit');
  child.stdout.destroy();
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child.pid ?? 0;
}

async function makeServerRoot(state: LabState, plan: WorldPlan, cgroupVersion: 1 | 2): Promise<void> {
  const base = join(stateFolder(plan.name), 'root');
  mkdirSync(base);
  const pid = `${state.processes.server?.pid}`;
  // The program under test, what it needs, and the Node.js that runs it, wherever they lie.
  const seen = [PROJECT, realpathSync(join(PROJECT, 'node_modules')), dirname(realpathSync(process.execPath))];
  const binds = seen.filter((folder, i) => !seen.some((other, j) => j < i && `${folder}/`.startsWith(`${other}/`)));
  await mustRunOnMachine([
    ...(['nsenter', '-t', pid, '-m', '-u', '-i', '-n', '-p', '-C', '--', 'sh'] as const),
    ...[join(import.meta.dirname, 'server-root.sh'), base, SERVER.hostname, `${plan.databaseMb}`, `${cgroupVersion}`],
    ...binds,
  ]);
}

// Starts, stops, restarts and reloads a service, and waits until it really runs or has really ended.
import type { Act, Change, Changer, NamedProcess, Service } from '../../model/act.ts';
import { type Argv, type Host, HostError, type ProcessId, type ProgramResult } from '../../model/host.ts';
import { leftInSession } from './change-processes.ts';
import { childrenOf, mainProcesses } from './service-processes.ts';

type ServiceChange = Extract<Change, { kind: 'service' }>;

/** systemd gives a service 90 seconds. */
const COMMAND_MS = 120_000;
/** Crash recovery of a large database: a start that is given up in the middle of it would stop it, and it would begin anew. */
const RECOVERY_MS = 1_800_000;
/** Apache under a pile-up was seen to need more than ten seconds. */
const ENDED_MS = 60_000;
const STARTED_MS = 60_000;
/** Under a pile-up the main process of Apache comes to it late. */
const RELOADED_MS = 5000;
const LOOK_MS = 200;
const HASTEN_MS = 300;
const ASKED_MAX = 5;
/** A service that dies right after its start is not started. */
const STEADY_MS = 1000;

export const changeService: Changer<ServiceChange> = {
  async apply({ service, verb, hasten = [] }, host) {
    if (verb === 'start') await start(service, host);
    else if (verb === 'stop') await stop(service, host, hasten);
    else if (verb === 'restart') await restart(service, host);
    else await reload(service, host);
  },

  /** To what it was. One that read files which are back by now is told to read them again. */
  async revert({ service, verb, was }, host, act) {
    const runs = mainProcesses(service, host).length > 0;
    if (was === 'stopped') {
      if (runs) await stop(service, host);
    } else if (!runs) await start(service, host);
    else if (verb === 'reload') await reload(service, host);
    else if (verb === 'restart' && changedFiles(act)) await restart(service, host);
  },
};

function changedFiles(act: Act): boolean {
  return act.prepared.changes.some((change) => change.kind === 'file' || change.kind === 'run');
}

async function start(service: Service, host: Host): Promise<void> {
  if (mainProcesses(service, host).length > 0) return;
  await test(service, host);
  await command(service, 'Starting', service.start, host);
  const until = host.now() + STARTED_MS;
  for (;;) {
    if (mainProcesses(service, host).length > 0) {
      await host.sleep(STEADY_MS);
      if (mainProcesses(service, host).length > 0) return;
    }
    if (host.now() >= until) {
      throw new HostError(
        `Starting ${service.name} with "${service.start.join(' ')}": the command ended well, but the service did not stay. Its own log says why.`,
      );
    }
    await host.sleep(LOOK_MS);
  }
}

async function stop(service: Service, host: Host, hasten: readonly NamedProcess[] = []): Promise<void> {
  const before = mainProcesses(service, host);
  if (before.length === 0) return;
  const stopping = host.run(service.stop, { timeoutMs: service.role === 'database' ? RECOVERY_MS : COMMAND_MS });
  if (hasten.length > 0) await endWorkers(hasten, stopping, host);
  const left = await stopping;
  const until = host.now() + ENDED_MS;
  while (before.some((one) => isThere(host, one))) {
    if (host.now() >= until || left.failure === 'missing') throw complaint(service, 'Stopping', service.stop, left);
    await host.sleep(LOOK_MS);
  }
}

/**
 * Until the stop is through: before the service is told, a worker that ends makes room for the next, so it is done again and again.
 * Who has not listened a few times is killed.
 */
async function endWorkers(leaders: readonly NamedProcess[], stopping: Promise<unknown>, host: Host): Promise<void> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  void stopping.then(end, end);
  const asked = new Map<string, number>();
  for (await host.sleep(HASTEN_MS); !over; await host.sleep(HASTEN_MS)) {
    for (const leader of leaders) {
      for (const one of leftInSession(leader, host)) {
        if (one.name === leader.name) continue;
        const key = `${one.pid} ${one.startTicks}`;
        const times = (asked.get(key) ?? 0) + 1;
        asked.set(key, times);
        host.signal(one, times > ASKED_MAX ? 'SIGKILL' : 'SIGTERM');
      }
    }
  }
}

/** The configuration is tested while the old service still runs. */
async function restart(service: Service, host: Host): Promise<void> {
  await test(service, host);
  await stop(service, host);
  await start(service, host);
}

async function reload(service: Service, host: Host): Promise<void> {
  const mains = mainProcesses(service, host);
  if (mains.length === 0) return;
  if (service.reload === undefined) await restart(service, host);
  else {
    await test(service, host);
    const before = childrenOf(mains, host);
    await command(service, 'Reloading', service.reload, host);
    if (service.role === 'web' && before.size > 0) await newWorkers(mains, before, host);
  }
}

/**
 * The command of a reload ends before the reload: workers of before go on to answer until there are new ones, in nginx for some
 * milliseconds, under load for longer. Whoever asks in between is answered by the old configuration.
 */
async function newWorkers(mains: readonly ProcessId[], before: ReadonlySet<number>, host: Host): Promise<void> {
  const until = host.now() + RELOADED_MS;
  while (host.now() < until) {
    await host.sleep(LOOK_MS);
    if ([...childrenOf(mains, host)].some((pid) => !before.has(pid))) break;
  }
  await host.sleep(LOOK_MS);
}

async function test(service: Service, host: Host): Promise<void> {
  if (service.test !== undefined) await command(service, 'Testing the configuration of', service.test, host);
}

async function command(service: Service, what: string, argv: Argv, host: Host): Promise<void> {
  const left = await host.run(argv, { timeoutMs: service.role === 'database' ? RECOVERY_MS : COMMAND_MS });
  if (left.code !== 0) throw complaint(service, what, argv, left);
}

function complaint({ name }: Service, what: string, argv: Argv, left: ProgramResult): HostError {
  const said = `${left.stderr}\n${left.stdout}`.trim().slice(0, 1000) || 'no message';
  return new HostError(`${what} ${name} with "${argv.join(' ')}": ${left.failure ?? `exit ${left.code}`}: ${said}`);
}

function isThere(host: Host, { pid, startTicks }: ProcessId): boolean {
  return host.process(pid)?.startTicks === startTicks;
}

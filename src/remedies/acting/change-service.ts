// Starts, stops, restarts and reloads a service, and waits until it really runs or has really ended.
import type { Act, Change, Changer, Service } from '../../model/act.ts';
import { type Argv, type Host, HostError, type ProcessId, type ProgramResult } from '../../model/host.ts';
import { mainProcesses } from './service-processes.ts';

type ServiceChange = Extract<Change, { kind: 'service' }>;

/** systemd gives a service 90 seconds. */
const COMMAND_MS = 120_000;
/** Apache under a pile-up was seen to need more than ten seconds. */
const ENDED_MS = 60_000;
const STARTED_MS = 60_000;
const LOOK_MS = 200;
/** A service that dies right after its start is not started. */
const STEADY_MS = 1000;

export const changeService: Changer<ServiceChange> = {
  async apply({ service, verb }, host) {
    if (verb === 'start') await start(service, host);
    else if (verb === 'stop') await stop(service, host);
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

async function stop(service: Service, host: Host): Promise<void> {
  const before = mainProcesses(service, host);
  if (before.length === 0) return;
  const left = await host.run(service.stop, { timeoutMs: COMMAND_MS });
  const until = host.now() + ENDED_MS;
  while (before.some((one) => isThere(host, one))) {
    if (host.now() >= until || left.failure === 'missing') throw complaint(service, 'Stopping', service.stop, left);
    await host.sleep(LOOK_MS);
  }
}

/** The configuration is tested while the old service still runs. */
async function restart(service: Service, host: Host): Promise<void> {
  await test(service, host);
  await stop(service, host);
  await start(service, host);
}

async function reload(service: Service, host: Host): Promise<void> {
  if (mainProcesses(service, host).length === 0) return;
  if (service.reload === undefined) await restart(service, host);
  else {
    await test(service, host);
    await command(service, 'Reloading', service.reload, host);
  }
}

async function test(service: Service, host: Host): Promise<void> {
  if (service.test !== undefined) await command(service, 'Testing the configuration of', service.test, host);
}

async function command(service: Service, what: string, argv: Argv, host: Host): Promise<void> {
  const left = await host.run(argv, { timeoutMs: COMMAND_MS });
  if (left.code !== 0) throw complaint(service, what, argv, left);
}

function complaint({ name }: Service, what: string, argv: Argv, left: ProgramResult): HostError {
  const said = `${left.stderr}\n${left.stdout}`.trim().slice(0, 1000) || 'no message';
  return new HostError(`${what} ${name} with "${argv.join(' ')}": ${left.failure ?? `exit ${left.code}`}: ${said}`);
}

function isThere(host: Host, { pid, startTicks }: ProcessId): boolean {
  return host.process(pid)?.startTicks === startTicks;
}

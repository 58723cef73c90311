// Quiet on this host: web server and PHP-FPM stopped, what they leave behind ended, and both started again.
import type { Change, LiveRemedy, NamedProcess, Prepared, Proof, Refusal } from '../../model/act.ts';
import type { HostReader, ProcessId } from '../../model/host.ts';
import { findFpm } from './php.ts';
import { familyOf, type LiveProcess, leadsSession, lineOf, named, processesOf, strandedCgi } from './processes.ts';
import { findWebServers } from './web/index.ts';
import { proveOpen } from './web/proof.ts';
import type { WebServer } from './web/server.ts';

/** From being asked to being killed. A PHP process that waits for somebody else does not listen for long. */
const GRACE_MS = 3000;

export const restartWebLive: LiveRemedy<'restart-web'> = {
  kind: 'restart-web',

  async prepare(_plan, host): Promise<Prepared | Refusal> {
    const [server, ...others] = await findWebServers(host);
    if (server === undefined) return { refused: 'No restart: neither Apache nor nginx was found on this host.' };
    const running = others.filter(({ main }) => main !== undefined);
    const fpms = (await findFpm(host)).filter(({ main }) => main !== undefined);
    // What is stopped with a broken configuration doesn't come up again.
    for (const { service, broken } of [server, ...running, ...fpms]) {
      if (broken !== undefined)
        return {
          refused: `No restart: the configuration of ${service.name} is broken, so it would not come up again (${broken}). Mend it first.`,
        };
    }
    const mains = [server, ...running, ...fpms].flatMap(({ main }) => (main ? [main] : []));
    const left = leftOvers(host, mains);
    const webs = [server, ...running];
    const changes: Change[] = [
      // PHP-FPM first: the web server waits for what it was asked for.
      ...fpms.map((fpm): Change => ({ kind: 'service', service: fpm.service, verb: 'stop', was: 'running' })),
      ...webs.flatMap(stopWeb),
      { kind: 'end', processes: left.processes, graceMs: GRACE_MS, sessions: left.sessions },
      ...fpms.map((fpm): Change => ({ kind: 'service', service: fpm.service, verb: 'start', was: 'running' })),
      ...webs.toReversed().map(startWeb),
    ];
    const names = [...webs, ...fpms].map(({ service }) => service.name);
    return {
      title: `Restart ${names.join(' and ')}, and end the ${count(left.processes.length)} that they run now, if the stop leaves any`,
      changes,
      notes: [
        'Requests that are being worked on are cut off; visitors see an error for some seconds.',
        ...(server.main ? [] : [`${server.service.name} did not run; it is started.`]),
        ...(left.stranded > 0
          ? [`${count(left.stranded)} of them are left from a web server that is gone already.`]
          : []),
      ],
    };
  },

  async verify(_plan, done, host) {
    const ended = done.changes.flatMap((change) => (change.kind === 'end' ? change.processes : []));
    const still = ended.filter(({ pid, startTicks }) => host.process(pid)?.startTicks === startTicks);
    const servers = (await findWebServers(host)).filter(({ main }) => main !== undefined);
    const [server] = servers;
    const text =
      still.length === 0
        ? `All ${count(ended.length)} of before are gone.`
        : `${count(still.length)} of ${ended.length} are still there: ${still
            .slice(0, 5)
            .map(({ name, pid }) => `${name} ${pid}`)
            .join(', ')}.`;
    if (server === undefined) return [{ ok: false, text: 'The web server does not run.' }];
    // Pile and queue are gone, which is what it is for; a site whose database is down, or that a crowd asks, may not answer at once.
    const open = (await proveOpen(host, server)).map(
      (proof): Proof =>
        proof.mendedBy === 'restart-web'
          ? { ok: true, text: `${proof.text}. The web server runs; its database may not, or many ask at once.` }
          : proof,
    );
    return [{ ok: still.length === 0, text }, ...open];
  },
};

/**
 * Apache's own unit stops it gracefully: it would wait for every request of the pile, for up to 90 s. The main process is told to
 * stop at once; systemd then sees the rest to its end.
 */
function stopWeb({ kind, service, manager, main }: WebServer): Change[] {
  if (main === undefined) return [];
  const stop: Change = {
    kind: 'service',
    service,
    verb: 'stop',
    was: 'running',
    ...(kind === 'apache' && leadsSession(main) && { hasten: [named(main)] }),
  };
  return kind === 'apache' && manager.by === 'systemd'
    ? [
        {
          kind: 'run',
          argv: ['systemctl', 'kill', '--kill-who=main', '--signal=SIGTERM', manager.unit],
          timeoutMs: 10_000,
        },
        stop,
      ]
    : [stop];
}

function startWeb({ service, main }: WebServer): Change {
  return { kind: 'service', service, verb: 'start', was: main ? 'running' : 'stopped' };
}

interface LeftOvers {
  readonly processes: readonly NamedProcess[];
  readonly sessions: readonly ProcessId[];
  readonly stranded: number;
}

/** What the main processes run now, and CGI processes of a web server that is gone; never ourselves, nor what we run under. */
function leftOvers(host: HostReader, mains: readonly LiveProcess[]): LeftOvers {
  const all = processesOf(host);
  const ours = lineOf(process.pid, all);
  const stranded = strandedCgi(host, all);
  const family = new Set([...mains.flatMap((main) => familyOf(main, all)), ...stranded]);
  return {
    processes: [...family].filter(({ pid }) => !ours.has(pid)).map(named),
    sessions: mains.filter(leadsSession).map(({ pid, startTicks }) => ({ pid, startTicks })),
    stranded: stranded.length,
  };
}

function count(processes: number): string {
  return processes === 1 ? '1 process' : `${processes} processes`;
}

// The lab as a library: a real server with a real site, in namespaces of its own, for system tests and rehearsals.
import { randomBytes } from 'node:crypto';
import { SERVER } from './addresses.ts';
import type { Answer, RequestPlan } from './clients/exchange.ts';
import type { Stream } from './clients/main.ts';
import { type Argv, mustRun, type RunOptions, type RunResult, runInside } from './inside.ts';
import { phpVersion } from './php-version.ts';
import { putFiles } from './put-files.ts';
import { isAlive, type LabState, readState } from './state.ts';
import { send, start, type Traffic } from './traffic.ts';
import { type AccessLog, type WebKind, webSetUp } from './web.ts';
import { putSite } from './wordpress.ts';
import { disown, makeWorld, removeWorld, sweep } from './world.ts';

export interface LabOptions {
  /** apache-cgi when it is not said. */
  readonly web?: WebKind;
  /** 512 when it is not said. */
  readonly memoryMb?: number;
  readonly accessLog?: AccessLog;
  /** PHP-FPM's pm.max_children; 50 when it is not said. */
  readonly fpmMaxChildren?: number;
  /** Apache's MaxRequestWorkers; Debian's 150 when it is not said. */
  readonly maxRequestWorkers?: number;
  /** Size of the volume of the database; 256 when it is not said. */
  readonly databaseMb?: number;
  /**
   * The oom_score_adj that everything in the server starts with; that of the machine when it is not said. With 900 nothing changes
   * among its programs, and what protects itself can do so where root may not go below 0 (no CAP_SYS_RESOURCE, as in many containers).
   */
  readonly badness?: number;
  /** Stays when this process ends, until it is taken down by its name. */
  readonly keepAs?: string;
}

export interface Lab {
  readonly state: LabState;
  /** Runs a program inside the server, as root, to its end. */
  run(argv: Argv, options?: RunOptions): Promise<RunResult>;
  /** One request for the site by a visitor. */
  visit(path: string, request?: Partial<RequestPlan>): Promise<Answer>;
  /** Streams of calls by attackers, for so many seconds; an actor of lab/clients/actors.ts each. */
  attack(streams: readonly Stream[], seconds: number, by?: { ipv6: boolean }): Traffic;
  /** The same by visitors. */
  visitors(streams: readonly Stream[], seconds: number, by?: { ipv6: boolean }): Traffic;
  /** Ends all of it. Repeat at will. */
  down(): Promise<void>;
}

/** Starts a lab whose site answers. It ends with this process at the latest, unless `keepAs` says otherwise. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  await sweep();
  const name = options.keepAs ?? `${process.pid}-${randomBytes(3).toString('hex')}`;
  const web = options.web ?? 'apache-cgi';
  const kept = options.keepAs !== undefined;
  const { memoryMb = 512, databaseMb = 256 } = options;
  const state = await makeWorld({
    name,
    web,
    memoryMb,
    databaseMb,
    kept,
    ...(options.badness === undefined ? {} : { badness: options.badness }),
  });
  try {
    const setUp = webSetUp({
      web,
      php: phpVersion(),
      accessLog: options.accessLog ?? 'combined',
      fpmMaxChildren: options.fpmMaxChildren ?? 50,
      ...(options.maxRequestWorkers === undefined ? {} : { maxRequestWorkers: options.maxRequestWorkers }),
    });
    await Promise.all([putSite(state), configure(state, setUp)]);
    for (const service of ['mariadb', ...setUp.services]) await mustRun(state, 'server', ['service', service, 'start']);
    return labOf(kept ? disown(state) : state);
  } catch (error) {
    await removeWorld(name);
    throw error;
  }
}

/** The lab of this name that is up already; `undefined` when there is none. */
export function openLab(name: string): Lab | undefined {
  const state = readState(name);
  return state?.processes.server && isAlive(state.processes.server) ? labOf(state) : undefined;
}

function addressBy(by?: { ipv6: boolean }): string {
  return by?.ipv6 ? SERVER.ipv6 : SERVER.ipv4;
}

function labOf(state: LabState): Lab {
  return {
    state,
    run: (argv, options) => runInside(state, 'server', argv, options),
    visit: async (path, request) => {
      const plan = { source: '198.51.100.7', target: SERVER.ipv4, host: SERVER.site, path, ...request };
      const [answer] = await send(state, 'visitors', [plan]);
      if (answer === undefined) throw new Error(`lab: the visit of ${path} came to no end`);
      return answer;
    },
    attack: (streams, seconds, by) => start(state, 'attackers', { streams, seconds, target: addressBy(by) }),
    visitors: (streams, seconds, by) => start(state, 'visitors', { streams, seconds, target: addressBy(by) }),
    down: () => removeWorld(state.name),
  };
}

async function configure(state: LabState, { files, commands }: ReturnType<typeof webSetUp>): Promise<void> {
  await putFiles(state, files);
  for (const command of commands) await mustRun(state, 'server', command, { limited: false });
}

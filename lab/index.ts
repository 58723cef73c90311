// The lab as a library: a real server with a real site, in namespaces of its own, for system tests and rehearsals.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { SERVER } from './addresses.ts';
import type { Answer, RequestPlan } from './clients/exchange.ts';
import type { Stream } from './clients/main.ts';
import { type Argv, mustRun, type RunOptions, type RunResult, runInside } from './inside.ts';
import { putFiles } from './put-files.ts';
import type { LabState } from './state.ts';
import { send, start, type Traffic } from './traffic.ts';
import { type AccessLog, type WebKind, webSetUp } from './web.ts';
import { putSite } from './wordpress.ts';
import { makeWorld, removeWorld, sweep } from './world.ts';

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
  attack(streams: readonly Stream[], seconds: number): Traffic;
  /** The same by visitors. */
  visitors(streams: readonly Stream[], seconds: number): Traffic;
  /** Ends all of it. Repeat at will. */
  down(): Promise<void>;
}

/** Starts a lab whose site answers. It ends with this process at the latest, unless `keepAs` says otherwise. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  await sweep();
  const name = options.keepAs ?? `${process.pid}-${randomBytes(3).toString('hex')}`;
  const web = options.web ?? 'apache-cgi';
  const php = phpVersion();
  const state = await makeWorld({
    name,
    web,
    memoryMb: options.memoryMb ?? 512,
    databaseMb: options.databaseMb ?? 256,
    ownerPid: process.pid,
  });
  try {
    const setUp = webSetUp({
      web,
      php,
      accessLog: options.accessLog ?? 'combined',
      fpmMaxChildren: options.fpmMaxChildren ?? 50,
      ...(options.maxRequestWorkers === undefined ? {} : { maxRequestWorkers: options.maxRequestWorkers }),
    });
    await Promise.all([putSite(state), configure(state, setUp)]);
    for (const service of ['mariadb', ...setUp.services]) await mustRun(state, 'server', ['service', service, 'start']);
    const target = SERVER.ipv4;
    return {
      state,
      visit: async (path, request) => {
        const plan = { source: '198.51.100.7', target, host: SERVER.site, path, ...request };
        const [answer] = await send(state, 'visitors', [plan]);
        if (answer === undefined) throw new Error(`lab: the visit of ${path} came to no end`);
        return answer;
      },
      attack: (streams, seconds) => start(state, 'attackers', { streams, seconds, target }),
      visitors: (streams, seconds) => start(state, 'visitors', { streams, seconds, target }),
      run: (argv, runOptions) => runInside(state, 'server', argv, runOptions),
      down: () => removeWorld(name),
    };
  } catch (error) {
    await removeWorld(name);
    throw error;
  }
}

async function configure(state: LabState, { files, commands }: ReturnType<typeof webSetUp>): Promise<void> {
  await putFiles(state, files);
  for (const command of commands) await mustRun(state, 'server', command, { limited: false });
}

/** The version that Debian's packages installed: "8.2". */
function phpVersion(): string {
  const versions = readdirSync('/etc/php').filter((name) => /^\d+\.\d+$/.test(name));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('no PHP in /etc/php: run scripts/system-packages.sh');
  return newest;
}

// PHP-FPM on this host: each installed version with its pools and their limits, as PHP-FPM itself reads them.
import { configFiles } from '../../config/files.ts';
import { readFpm } from '../../config/fpm.ts';
import type { Service } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';
import { managerOf, verbsOf } from './manager.ts';
import { type LiveProcess, mainProcess, processesOf } from './processes.ts';
import { complaintOf } from './web/server.ts';

export interface Pool {
  readonly name: string;
  /** "static", "dynamic", "ondemand". */
  readonly manager: string;
  readonly maxChildren: number;
  /** Socket or address, as the web server names it too. */
  readonly listen: string;
}

export interface Fpm {
  readonly service: Service;
  readonly program: string;
  readonly main?: LiveProcess;
  /** What the configuration test says when the configuration is broken. */
  readonly broken?: string;
  readonly pools: readonly Pool[];
  /** The folder whose `*.conf` hold the pools. */
  readonly folder?: string;
}

/** All that are installed, those that run first. */
export async function findFpm(host: HostReader): Promise<readonly Fpm[]> {
  const programs = ['/usr/sbin', '/usr/local/sbin'].flatMap((folder) =>
    (host.list(folder) ?? []).filter((name) => /^php-fpm(?:\d+\.?\d*)?$/.test(name)).map((name) => `${folder}/${name}`),
  );
  const found: Fpm[] = [];
  for (const program of programs) found.push(await look(host, program));
  return found.toSorted((a, b) => Number(b.main !== undefined) - Number(a.main !== undefined));
}

async function look(host: HostReader, program: string): Promise<Fpm> {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const version = /(\d+\.?\d*)$/.exec(name)?.[1];
  // -tt tests and prints what is in force.
  const tested = await host.run([program, '-tt']);
  const shown = `${tested.stderr}\n${tested.stdout}`;
  const pidFile = /^.*NOTICE: \s*pid = (\/\S+)/m.exec(shown)?.[1];
  const manager = await managerOf(host, version === undefined ? ['php-fpm'] : [`php${version}-fpm`, name]);
  const main = mainProcess(host, [name, 'php-fpm'], pidFile, processesOf(host));
  const signal = (one: string) => ['kill', `-${one}`, String(main?.pid ?? 0)] as const;
  const broken = complaintOf(tested);
  const folder = folderOf(host, version);
  return {
    service: {
      name:
        manager.by === 'systemd'
          ? manager.unit.replace(/\.service$/, '')
          : version === undefined
            ? name
            : `php${version}-fpm`,
      role: 'php',
      ...verbsOf(manager, { start: [program], stop: signal('QUIT'), reload: signal('USR2') }),
      test: [program, '-t'],
      ...(pidFile !== undefined && { pidFile }),
    },
    program,
    ...(main && { main }),
    ...(broken !== undefined && { broken }),
    pools: poolsOf(shown),
    ...(folder !== undefined && { folder }),
  };
}

/** What `php-fpm -tt` prints: `[date] NOTICE: [www]`, `[date] NOTICE: \tpm.max_children = 5`. */
export function poolsOf(shown: string): readonly Pool[] {
  const pools: Pool[] = [];
  let name: string | undefined;
  let manager = 'dynamic';
  let listen = '';
  for (const line of shown.split('\n')) {
    const said = line.slice(line.indexOf('NOTICE:') + 7).trim();
    const section = /^\[([\w.-]+)\]$/.exec(said)?.[1];
    if (section !== undefined) name = section === 'global' ? undefined : section;
    const [, key, value] = /^(pm(?:\.max_children)?|listen) = (\S+)$/.exec(said) ?? [];
    if (key === 'listen' && value !== undefined) listen = value;
    if (key === 'pm' && value !== undefined) manager = value;
    if (key === 'pm.max_children' && name !== undefined)
      pools.push({ name, manager, maxChildren: Number(value), listen });
  }
  return pools;
}

/** Debian keeps a folder for each version, RHEL one for the only one. */
function folderOf(host: HostReader, version: string | undefined): string | undefined {
  const places = [`/etc/php/${version ?? ''}/fpm/php-fpm.conf`, '/etc/php-fpm.conf', '/usr/local/etc/php-fpm.conf'];
  for (const place of places) {
    const last = readFpm(configFiles(host), place)?.includes.findLast((pattern) => pattern.endsWith('/*.conf'));
    if (last !== undefined) return last.slice(0, last.lastIndexOf('/'));
  }
  return undefined;
}

// Finds Apache on this host: Debian's and RHEL's layout, versions 2.2 and 2.4, run by systemd, an init script or by hand.
import { type ApacheTree, lastOf, readApacheTree } from '../../../config/apache.ts';
import { apacheEnvironment } from '../../../config/apache-environment.ts';
import { apacheListens, apacheSites } from '../../../config/apache-sites.ts';
import { absolute, configFiles } from '../../../config/files.ts';
import { matchesPattern } from '../../../config/glob.ts';
import type { HostReader } from '../../../model/host.ts';
import { managerOf, verbsOf } from '../manager.ts';
import { type LiveProcess, mainProcess, processesOf } from '../processes.ts';
import { type Apache, askable, complaintOf, type Site } from './server.ts';

/** Debian's wrapper reads the environment that the configuration needs; RHEL's own program needs none. */
const PROGRAMS = ['apache2ctl', 'httpd', 'apachectl'] as const;
const PROCESS_NAMES = ['apache2', 'httpd'];
const UNITS = ['apache2', 'httpd'];

/** Of a main file that is not ours to read. */
const NONE: ApacheTree = { directives: [], includes: [], modules: new Set(), serverRoot: '/', torn: 0 };

/** @returns `undefined` when the host has no Apache. */
export async function findApache(host: HostReader): Promise<Apache | undefined> {
  for (const program of PROGRAMS) {
    const about = await host.run([program, '-V']);
    const version = /Apache\/(\d+\.\d+(?:\.\d+)?)/.exec(about.stdout)?.[1];
    if (about.failure === undefined && version !== undefined) return await look(host, program, version, about.stdout);
  }
  return undefined;
}

async function look(host: HostReader, program: string, version: string, about: string): Promise<Apache> {
  const root = /HTTPD_ROOT="([^"]*)"/.exec(about)?.[1] ?? '/etc/httpd';
  const file = /SERVER_CONFIG_FILE="([^"]*)"/.exec(about)?.[1] ?? 'conf/httpd.conf';
  const mainFile = file.startsWith('/') ? file : `${root}/${file}`;
  const test = [program, '-t'] as const;
  // One run for the test, the settings and the modules: under a pile-up each program takes a second.
  const looked = await host.run([...test, '-D', 'DUMP_RUN_CFG', '-D', 'DUMP_MODULES'], { timeoutMs: 20_000 });
  const tested = complaintOf(looked);
  const settings = `${looked.stdout}\n${looked.stderr}`;
  const modules = new Set([...settings.matchAll(/^\s+(\w+_module) \(/gm)].map(([, name]) => name ?? ''));
  const serverRoot = /^ServerRoot: "([^"]*)"/m.exec(settings)?.[1] ?? root;
  const defines = new Set([...settings.matchAll(/^Define: ([^\s=]+)/gm)].map(([, name]) => name ?? ''));
  const all = processesOf(host);
  const told = /^PidFile: "([^"]*)"/m.exec(settings)?.[1];
  const environment = apacheEnvironment(host, serverRoot, mainProcess(host, PROCESS_NAMES, told, all)?.pid);
  const files = configFiles(host);
  // A broken configuration lists no modules: then they are those that it loads.
  const scene = { serverRoot, defines, version, environment, ...(modules.size > 0 && { modules }) };
  const tree = readApacheTree(files, mainFile, scene) ?? NONE;
  const mpm = /Server MPM:\s+(\w+)/.exec(about)?.[1]?.toLowerCase() ?? mpmOf(modules);
  const pidFile = told ?? pidFileOf(tree);
  const manager = await managerOf(host, UNITS);
  const own = (verb: string): readonly [string, ...string[]] => [program, '-k', verb];
  const main = mainProcess(host, PROCESS_NAMES, pidFile, all);
  const foreign = main && otherConfiguration(host, main, mainFile);
  const broken = tested ?? foreign;
  return {
    kind: 'apache',
    service: {
      name:
        manager.by === 'systemd'
          ? manager.unit.replace(/\.service$/, '')
          : program === 'apache2ctl'
            ? 'apache2'
            : 'httpd',
      role: 'web',
      ...verbsOf(manager, { start: own('start'), stop: own('stop'), reload: own('graceful') }),
      test,
      ...(pidFile !== undefined && { pidFile }),
    },
    manager,
    ...(main && { main }),
    version,
    mpm,
    modules,
    tree,
    mainFile,
    ...folderOf(tree),
    ...(broken !== undefined && { broken }),
    sites: sitesOf(tree),
  };
}

/** One that was started with a configuration of its own isn't the one that the test and the files speak of. */
function otherConfiguration(host: HostReader, main: LiveProcess, mainFile: string): string | undefined {
  const args = (host.readText(`/proc/${main.pid}/cmdline`, 4096) ?? '').split('\0');
  const at = args.indexOf('-f');
  const used = at < 0 ? undefined : args[at + 1];
  return used === undefined || used === mainFile
    ? undefined
    : `it runs with another configuration (-f ${used}) than ${mainFile}`;
}

function mpmOf(modules: ReadonlySet<string>): string {
  return ['event', 'worker', 'prefork'].find((name) => modules.has(`mpm_${name}_module`)) ?? 'prefork';
}

function pidFileOf({ directives, serverRoot }: ApacheTree): string | undefined {
  const given = lastOf(directives, 'PidFile')?.args[0];
  if (given === undefined || given.includes('$')) return undefined;
  return absolute(given, serverRoot);
}

/** Of several patterns that would take a new `NAME.conf`, the one that is meant for such files and read late. */
function folderOf({ includes }: ApacheTree): { folder?: string } {
  const folders = includes
    .map(({ pattern }) => ({ pattern, folder: pattern.slice(0, pattern.lastIndexOf('/')) }))
    .filter(({ pattern, folder }) => !/[*?[]/.test(folder) && matchesPattern(`${folder}/seawall-x.conf`, pattern));
  const rank = (folder: string): number => {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    if (name === 'conf-enabled' || name === 'conf.d') return 0;
    return /^(?:mods|conf\.modules)/.test(name) ? 2 : 1;
  };
  const [best] = folders.toSorted((a, b) => rank(a.folder) - rank(b.folder));
  return best === undefined ? {} : { folder: best.folder };
}

/** What nobody listens on can't be asked. */
function sitesOf(tree: ApacheTree): readonly Site[] {
  const ports = new Set(apacheListens(tree.directives).map(({ port }) => port));
  return askable(apacheSites(tree).filter(({ port }) => ports.size === 0 || ports.has(port)));
}

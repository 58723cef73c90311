// Finds Apache on this host: Debian's and RHEL's layout, versions 2.2 and 2.4, run by systemd, an init script or by hand.
import type { HostReader } from '../../../model/host.ts';
import { managerOf, verbsOf } from '../manager.ts';
import { type LiveProcess, mainProcess, processesOf } from '../processes.ts';
import { type ApacheDirective, type ApacheTree, readApacheTree } from './apache-syntax.ts';
import { matchesPattern } from './glob.ts';
import { type Apache, complaintOf, type Site } from './server.ts';

/** Debian's wrapper reads the environment that the configuration needs; RHEL's own program needs none. */
const PROGRAMS = ['apache2ctl', 'httpd', 'apachectl'] as const;
const PROCESS_NAMES = ['apache2', 'httpd'];
const UNITS = ['apache2', 'httpd'];

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
  const tree = readApacheTree(host, mainFile, { serverRoot, modules, defines, version });
  const mpm = /Server MPM:\s+(\w+)/.exec(about)?.[1]?.toLowerCase() ?? mpmOf(modules);
  const pidFile = /^PidFile: "([^"]*)"/m.exec(settings)?.[1] ?? pidFileOf(tree, serverRoot);
  const manager = await managerOf(host, UNITS);
  const own = (verb: string): readonly [string, ...string[]] => [program, '-k', verb];
  const all = processesOf(host);
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

function pidFileOf(tree: ApacheTree, serverRoot: string): string | undefined {
  const given = lastOf(tree.directives, 'PidFile')?.args[0];
  if (given === undefined || given.includes('$')) return undefined;
  return given.startsWith('/') ? given : `${serverRoot}/${given}`;
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

/** The last directive of this name outside of sections: the one that counts for the whole server. */
export function lastOf(directives: readonly ApacheDirective[], name: string): ApacheDirective | undefined {
  return directives.findLast((one) => one.name.toLowerCase() === name.toLowerCase());
}

function sectionsOf(directives: readonly ApacheDirective[], name: string): readonly ApacheDirective[] {
  return directives.filter((one) => one.inner !== undefined && one.name.toLowerCase() === name.toLowerCase());
}

const SITES_MAX = 500;

function sitesOf({ directives }: ApacheTree): readonly Site[] {
  const listens = directives
    .filter((one) => one.name.toLowerCase() === 'listen')
    .map((one) => endOf(one.args[0] ?? ''));
  const hosts = sectionsOf(directives, 'VirtualHost');
  const [first = { address: '', port: 80 }] = listens;
  if (hosts.length === 0) return [siteOf(directives, first, directives)];
  const sites = hosts.flatMap((section) =>
    section.args.map((address) => siteOf(section.inner ?? [], endOf(address, first.port), directives)),
  );
  // What nobody listens on can't be asked.
  return sites
    .filter(({ port }) => listens.length === 0 || listens.some((one) => one.port === port))
    .slice(0, SITES_MAX);
}

function siteOf(
  own: readonly ApacheDirective[],
  end: { address: string; port: number },
  server: readonly ApacheDirective[],
): Site {
  const name = lastOf(own, 'ServerName') ?? lastOf(server, 'ServerName');
  const root = lastOf(own, 'DocumentRoot') ?? lastOf(server, 'DocumentRoot');
  const tls = (lastOf(own, 'SSLEngine') ?? lastOf(server, 'SSLEngine'))?.args[0]?.toLowerCase() === 'on';
  return {
    name: (name?.args[0] ?? '').replace(/^https?:\/\//, '').replace(/:\d+$/, '') || 'localhost',
    port: end.port,
    tls,
    address:
      end.address === '' || end.address === '*' || end.address === '0.0.0.0' ? '127.0.0.1' : loopbackOf(end.address),
    ...(root?.args[0] !== undefined && { root: root.args[0].replace(/(?<=.)\/$/, '') }),
  };
}

function loopbackOf(address: string): string {
  return address === '::' ? '::1' : address;
}

/** `*:80`, `192.0.2.1:80`, `[::]:80`, `80`, `_default_:443`, `192.0.2.1`. */
function endOf(text: string, otherwise = 80): { address: string; port: number } {
  if (/^\d+$/.test(text)) return { address: '', port: Number(text) };
  const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+|\*))?$/.exec(text);
  const address = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3]);
  return { address: /^(?:_default_|\*)$/.test(address) ? '' : address, port: port > 0 ? port : otherwise };
}

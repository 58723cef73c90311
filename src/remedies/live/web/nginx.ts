// Finds nginx on this host, with its sites and the folder where configuration for all of them goes.
import type { HostReader } from '../../../model/host.ts';
import { managerOf, verbsOf } from '../manager.ts';
import { type LiveProcess, mainProcess, processesOf } from '../processes.ts';
import { matchesPattern } from './glob.ts';
import { type NginxDirective, type NginxTree, readNginxTree } from './nginx-syntax.ts';
import { complaintOf, type Nginx, type Site } from './server.ts';

/** @returns `undefined` when the host has no nginx. */
export async function findNginx(host: HostReader): Promise<Nginx | undefined> {
  const about = await host.run(['nginx', '-V']);
  if (about.failure !== undefined) return undefined;
  const text = `${about.stderr}\n${about.stdout}`;
  const version = /nginx\/(\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (version === undefined) return undefined;
  const mainFile = /--conf-path=(\S+)/.exec(text)?.[1] ?? '/etc/nginx/nginx.conf';
  const test = ['nginx', '-t'] as const;
  const tested = complaintOf(await host.run(test, { timeoutMs: 20_000 }));
  const tree = readNginxTree(host, mainFile);
  const pidFile = tree.directives.find((one) => one.name === 'pid')?.args[0] ?? /--pid-path=(\S+)/.exec(text)?.[1];
  const manager = await managerOf(host, ['nginx']);
  const main = mainProcess(host, ['nginx'], pidFile, processesOf(host));
  const broken = tested ?? (main && otherConfiguration(host, main, mainFile));
  return {
    kind: 'nginx',
    service: {
      name: 'nginx',
      role: 'web',
      ...verbsOf(manager, { start: ['nginx'], stop: ['nginx', '-s', 'stop'], reload: ['nginx', '-s', 'reload'] }),
      test,
      ...(pidFile !== undefined && { pidFile }),
    },
    manager,
    ...(main && { main }),
    version,
    tree,
    mainFile,
    ...folderOf(tree),
    ...(broken !== undefined && { broken }),
    sites: serversOf(tree).flatMap(sitesOf).slice(0, SITES_MAX),
  };
}

const SITES_MAX = 500;

/** The main process shows its command line in its title: "nginx: master process nginx -c /other.conf". */
function otherConfiguration(host: HostReader, main: LiveProcess, mainFile: string): string | undefined {
  const title = (host.readText(`/proc/${main.pid}/cmdline`, 4096) ?? '').replace(/\0/g, ' ');
  const used = /\s-c\s*(\S+)/.exec(title)?.[1];
  return used === undefined || used === mainFile
    ? undefined
    : `it runs with another configuration (-c ${used}) than ${mainFile}`;
}

function folderOf({ includes }: NginxTree): { folder?: string } {
  const folders = includes
    .map((pattern) => ({ pattern, folder: pattern.slice(0, pattern.lastIndexOf('/')) }))
    .filter(({ pattern, folder }) => !/[*?[]/.test(folder) && matchesPattern(`${folder}/seawall-x.conf`, pattern));
  const best = folders.find(({ folder }) => folder.endsWith('/conf.d')) ?? folders[0];
  return best === undefined ? {} : { folder: best.folder };
}

/** The `server` blocks of `http`, not those of `stream` or `mail`. */
export function serversOf({ directives }: NginxTree): readonly NginxDirective[] {
  return directives
    .filter((one) => one.name === 'http')
    .flatMap((http) => http.inner ?? [])
    .filter((one) => one.name === 'server' && one.inner !== undefined);
}

function sitesOf(server: NginxDirective): Site[] {
  const inner = server.inner ?? [];
  const name = inner
    .filter((one) => one.name === 'server_name')
    .flatMap((one) => one.args)
    .find(isPlainName);
  const root = inner.find((one) => one.name === 'root')?.args[0];
  const listens = inner.filter((one) => one.name === 'listen');
  const ends =
    listens.length > 0 ? listens.flatMap((one) => endOf(one.args)) : [{ address: '127.0.0.1', port: 80, tls: false }];
  const ssl = inner.some((one) => one.name === 'ssl' && one.args[0] === 'on');
  return ends.map(({ address, port, tls }) => ({
    name: name ?? 'localhost',
    port,
    tls: tls || ssl,
    address,
    ...(root !== undefined && { root: root.replace(/(?<=.)\/$/, '') }),
  }));
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name);
}

/** `80`, `[::]:80 ipv6only=on`, `192.0.2.1:443 ssl`, `localhost`; a unix socket can't be asked. */
function endOf([where = '', ...options]: readonly string[]): { address: string; port: number; tls: boolean }[] {
  if (where.startsWith('unix:')) return [];
  const tls = options.includes('ssl');
  if (/^\d+$/.test(where)) return [{ address: '127.0.0.1', port: Number(where), tls }];
  const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(where);
  const address = parts?.[1] ?? parts?.[2] ?? '*';
  const port = Number(parts?.[3] ?? 80);
  if (address === '::') return [{ address: '::1', port, tls }];
  return [{ address: address === '*' || address === '0.0.0.0' || address === '' ? '127.0.0.1' : address, port, tls }];
}

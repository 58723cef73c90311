// Finds nginx on this host, with its sites and the folder where configuration for all of them goes.
import { configFiles } from '../../../config/files.ts';
import { matchesPattern } from '../../../config/glob.ts';
import { type NginxTree, readNginxTree } from '../../../config/nginx.ts';
import { nginxSites } from '../../../config/nginx-sites.ts';
import type { HostReader } from '../../../model/host.ts';
import { managerOf, verbsOf } from '../manager.ts';
import { type LiveProcess, mainProcess, processesOf } from '../processes.ts';
import { askable, complaintOf, type Nginx } from './server.ts';

/** Of a main file that is not ours to read. */
const NONE: NginxTree = { directives: [], includes: [], torn: 0 };

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
  const tree = readNginxTree(configFiles(host), mainFile) ?? NONE;
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
    sites: askable(nginxSites(tree)),
  };
}

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

// What Apache's configuration says that bears on a diagnosis: its sites, logs, limits, the page of its state.
import { type ApacheDirective, type ApacheScene, readApacheTree, words } from '../../../config/apache.ts';
import { apacheSites } from '../../../config/apache-sites.ts';
import { absolute, configFiles } from '../../../config/files.ts';
import type { HostReader } from '../../../model/host.ts';
import type { LogFile, WebConfig } from './web.ts';

const MPM_WORKERS = { prefork: 256, worker: 400, event: 400 } as const;

export function readApache(host: HostReader, main: string, scene: ApacheScene): WebConfig | undefined {
  const files = configFiles(host);
  const tree = readApacheTree(files, main, scene);
  if (!tree) return undefined;
  const formats = new Map<string, string>([['common', '%h %l %u %t "%r" %>s %b']]);
  const logs: { path: string; kind: LogFile['kind']; format: string | undefined }[] = [];
  let workers: number | undefined;
  let statusPath: string | undefined;

  const log = (kind: LogFile['kind'], target: string | undefined, format?: string): void => {
    const path = target === undefined ? undefined : logPath(target, tree.serverRoot);
    if (path !== undefined) logs.push({ path, kind, format });
  };
  const walk = (directives: readonly ApacheDirective[], location: string | undefined): void => {
    for (const { name, args, inner } of directives) {
      const [first, second] = args;
      const known = name.toLowerCase();
      if (inner) walk(inner, known === 'location' ? first : location);
      else if (known === 'logformat' && first !== undefined && second !== undefined) formats.set(second, first);
      else if (known === 'customlog' || known === 'globallog') log('access', first, second);
      else if (known === 'transferlog') log('access', first);
      else if (known === 'errorlog') log('error', first);
      else if (known === 'sethandler' && first?.toLowerCase() === 'server-status') statusPath ??= location;
      else if (/^(?:maxrequestworkers|maxclients)$/.test(known) && /^\d{1,7}$/.test(first ?? ''))
        workers = Number(first);
    }
  };
  walk(tree.directives, undefined);

  const mpm = (['event', 'worker', 'prefork'] as const).find((name) => tree.modules.has(`mpm_${name}`));
  const workersMax = workers ?? (mpm && MPM_WORKERS[mpm]);
  return {
    server: 'apache',
    main,
    sites: apacheSites(tree),
    logs: logs.map(({ path, kind, format }) => {
      const written = format === undefined ? undefined : (formats.get(format) ?? format);
      return { path, kind, ...(written?.includes('%') && { format: written }) };
    }),
    ...(workersMax !== undefined && { workersMax }),
    ...(mpm !== undefined && { mpm }),
    ...(tree.modules.has('status') && statusPath !== undefined && { statusPath }),
    unread: tree.torn + files.unread.size,
  };
}

/** The file behind `"|/usr/bin/rotatelogs /var/log/x.%Y%m%d 86400"` as a pattern; `undefined` for syslog and other programs. */
function logPath(target: string, serverRoot: string): string | undefined {
  if (target.startsWith('syslog')) return undefined;
  if (!target.startsWith('|')) return target === '/dev/null' ? undefined : absolute(target, serverRoot);
  const [, ...args] = words(target.replace(/^\|\$?\|?/, ''));
  const path = args.find((word) => word.startsWith('/'));
  return path?.replace(/%[-_^#]?[A-Za-z]/g, '*');
}

// What nginx's configuration says that bears on a diagnosis: its sites and logs.
import { absolute, configFiles } from '../../../config/files.ts';
import { type NginxDirective, readNginxTree } from '../../../config/nginx.ts';
import { nginxSites } from '../../../config/nginx-sites.ts';
import type { HostReader } from '../../../model/host.ts';
import type { LogFile, WebConfig } from './web.ts';

/** Predefined (ngx_http_log_module). */
const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

export interface NginxStart {
  readonly main: string;
  /** `-p`, or where the main file lies: of relative paths of logs. */
  readonly prefix: string;
  /** Logs of a server that names none. */
  readonly defaultLogs: string;
}

export function readNginx(host: HostReader, { main, prefix, defaultLogs }: NginxStart): WebConfig | undefined {
  const files = configFiles(host);
  const tree = readNginxTree(files, main);
  if (!tree) return undefined;
  const formats = new Map([['combined', COMBINED]]);
  const logs: { path: string; kind: LogFile['kind']; format: string | undefined }[] = [];

  const log = (kind: LogFile['kind'], [target, format]: readonly string[]): void => {
    if (target === undefined || /^(?:off|syslog:|stderr|memory:)/.test(target) || target === '/dev/null') return;
    logs.push({
      path: absolute(target, prefix).replace(/\$\w+|\$\{\w+\}/g, '*'),
      kind,
      format: kind === 'error' ? undefined : format !== undefined && !format.includes('=') ? format : 'combined',
    });
  };
  const walk = (directives: readonly NginxDirective[]): void => {
    for (const { name, args, inner } of directives) {
      const [first, ...rest] = args;
      if (inner) walk(inner);
      else if (name === 'access_log') log('access', args);
      else if (name === 'error_log') log('error', args);
      else if (name === 'log_format' && first !== undefined)
        formats.set(first, rest.filter((word) => !word.startsWith('escape=')).join(''));
    }
  };
  walk(tree.directives);

  if (!logs.some(({ kind }) => kind === 'access')) log('access', [`${defaultLogs}/access.log`]);
  if (!logs.some(({ kind }) => kind === 'error')) log('error', [`${defaultLogs}/error.log`]);
  return {
    server: 'nginx',
    main,
    sites: nginxSites(tree),
    logs: logs.map(({ path, kind, format }) => {
      const written = format === undefined ? undefined : formats.get(format);
      return { path, kind, ...(written !== undefined && { format: written }) };
    }),
    unread: tree.torn + files.unread.size,
  };
}

// nginx's configuration as it takes effect: includes followed, blocks read by their braces (nginx.org, ngx_core_module).
import { canonicalAddress } from '../../../model/address.ts';
import { absolute, type ConfigFiles } from './files.ts';
import type { LogFile, Site, WebConfig } from './web.ts';

/** Predefined (ngx_http_log_module). */
const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
const DEPTH_MAX = 20;
const TOKENS_MAX = 500_000;

export interface NginxStart {
  readonly main: string;
  /** `-p`, or where the main file lies. */
  readonly prefix: string;
  /** Logs of a server that names none. */
  readonly defaultLogs: string;
}

interface Server {
  names: string[];
  listens: { port: number; tls: boolean; address: string | undefined }[];
  root: string | undefined;
}

export function readNginx(files: ConfigFiles, start: NginxStart): WebConfig | undefined {
  const formats = new Map([['combined', COMBINED]]);
  const logs: { path: string; kind: LogFile['kind']; format: string | undefined }[] = [];
  const servers: Server[] = [];
  const limits = new Map<string, number>();
  const blocks: string[] = [];
  let server: Server | undefined;
  let tokensLeft = TOKENS_MAX;
  let unread = 0;

  const log = (kind: LogFile['kind'], args: readonly string[]): void => {
    const [target, format] = args;
    if (target === undefined || /^(?:off|syslog:|stderr|memory:)/.test(target) || target === '/dev/null') return;
    logs.push({
      path: absolute(target, start.prefix).replace(/\$\w+|\$\{\w+\}/g, '*'),
      kind,
      format: kind === 'error' ? undefined : format !== undefined && !format.includes('=') ? format : 'combined',
    });
  };

  const directive = ([name, ...args]: readonly string[], depth: number): void => {
    const [first] = args;
    if (name === 'include' && first !== undefined) include(absolute(first, start.prefix), depth + 1);
    else if (name === 'access_log') log('access', args);
    else if (name === 'error_log') log('error', args);
    else if (name === 'log_format' && first !== undefined)
      formats.set(
        first,
        args
          .slice(1)
          .filter((word) => !word.startsWith('escape='))
          .join(''),
      );
    else if (name === 'server_name' && server) server.names.push(...args);
    else if (name === 'root' && server && blocks.at(-1) === 'server') server.root = first;
    else if (name === 'listen' && server && first !== undefined) {
      const port = /^unix:/.test(first) ? undefined : Number(/(?:^|:)(\d{1,5})$/.exec(first)?.[1] ?? 80);
      if (port !== undefined)
        server.listens.push({
          port,
          tls: args.includes('ssl'),
          address: canonicalAddress(first.replace(/:\d{1,5}$/, '')),
        });
    } else if ((name === 'worker_connections' || name === 'worker_processes') && /^\d+$/.test(first ?? ''))
      limits.set(name, Number(first));
  };

  const readText = (text: string, depth: number): void => {
    let words: string[] = [];
    for (const token of tokens(text)) {
      if (--tokensLeft < 0) return;
      if (token === ';') {
        directive(words, depth);
        words = [];
      } else if (token === '{') {
        const name = words[0] ?? '';
        blocks.push(name);
        if (name === 'server' && !words[1]) {
          server = { names: [], listens: [], root: undefined };
          if (blocks.includes('http')) servers.push(server);
        }
        words = [];
      } else if (token === '}') {
        if (blocks.pop() === 'server') server = undefined;
        words = [];
      } else words.push(token.startsWith('\u0000') ? token.slice(1) : token);
    }
    if (words.length > 0) unread++;
  };
  const include = (pattern: string, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    for (const path of files.expand(pattern)) {
      const text = files.read(path);
      if (text !== undefined) readText(text, depth);
    }
  };

  const text = files.read(start.main);
  if (text === undefined) return undefined;
  readText(text, 0);
  if (!logs.some(({ kind }) => kind === 'access')) log('access', [`${start.defaultLogs}/access.log`]);
  if (!logs.some(({ kind }) => kind === 'error')) log('error', [`${start.defaultLogs}/error.log`]);
  return {
    server: 'nginx',
    main: start.main,
    sites: servers.flatMap(sitesOf),
    logs: logs.map(({ path, kind, format }) => {
      const written = format === undefined ? undefined : formats.get(format);
      return { path, kind, ...(written !== undefined && { format: written }) };
    }),
    unread,
  };
}

function sitesOf({ names, listens, root }: Server): Site[] {
  // `_` is the customary name of none; a pattern can't be asked for.
  const name = names.find((one) => /^[\w.-]+$/.test(one) && one !== '_') ?? '';
  const doors = listens.length > 0 ? listens : [{ port: 80, tls: false, address: undefined }];
  const known = new Map(doors.map((door) => [door.port, door]));
  return [...known.values()].map(({ port, tls, address }) => ({
    name,
    port,
    tls,
    ...(address !== undefined && !/^(?:0\.0\.0\.0|::)$/.test(address) && { address }),
    ...(root !== undefined && { root }),
  }));
}

/** Words, `;`, `{` and `}`; a quoted word begins with NUL, so that it is never taken for one of these. */
function* tokens(text: string): Generator<string> {
  const pattern =
    /#[^\n]*|"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([;{}])|((?:\$\{[^}\s]*\}|\\[\s\S]|[^\s;{}"'#\\])(?:\$\{[^}\s]*\}|\\[\s\S]|[^\s;{}\\])*)/g;
  for (const [whole, double, single, mark, bare] of text.matchAll(pattern)) {
    if (whole.startsWith('#')) continue;
    const quoted = double ?? single;
    if (quoted !== undefined) yield `\u0000${quoted.replace(/\\(["'\\])/g, '$1')}`;
    else if (mark !== undefined) yield mark;
    else if (bare !== undefined) yield bare;
  }
}

// Apache's configuration as it takes effect: includes, variables and conditional sections followed (httpd.apache.org, configuring.html).
import { canonicalAddress } from '../../../model/address.ts';
import { absolute, type ConfigFiles } from './files.ts';
import type { LogFile, Site, WebConfig } from './web.ts';

/** Compiled in by Debian and RHEL. */
const STATIC_MODULES = ['core', 'so', 'http_core', 'log_config', 'logio', 'version', 'unixd', 'watchdog'];
const DEPTH_MAX = 20;
const LINES_MAX = 200_000;
const MPM_WORKERS = { prefork: 256, worker: 400, event: 400 } as const;

export interface ApacheStart {
  readonly main: string;
  readonly serverRoot: string;
  /** Environment that the configuration was read with: APACHE_LOG_DIR and the like. */
  readonly environment: ReadonlyMap<string, string>;
  /** `-D NAME` of its command line. */
  readonly defines: readonly string[];
}

interface Block {
  readonly name: string;
  readonly args: readonly string[];
  readonly active: boolean;
}

interface Vhost {
  readonly addresses: readonly string[];
  name?: string;
  root?: string;
  tls: boolean;
}

export function readApache(files: ConfigFiles, start: ApacheStart): WebConfig | undefined {
  const variables = new Map(start.environment);
  const defined = new Set(start.defines);
  const modules = new Set(STATIC_MODULES);
  const formats = new Map<string, string>([['common', '%h %l %u %t "%r" %>s %b']]);
  const logs: { path: string; kind: LogFile['kind']; format: string | undefined }[] = [];
  const vhosts: Vhost[] = [];
  const main: Vhost = { addresses: [], tls: false };
  const ports = new Set<number>();
  const limits = new Map<string, number>();
  const blocks: Block[] = [];
  let serverRoot = start.serverRoot;
  let statusPath: string | undefined;
  let vhost = main;
  let lines = 0;
  let unread = 0;

  const isOn = (): boolean => blocks.every(({ active }) => active);
  const fill = (text: string): string =>
    text.replace(/\$\{([^}]{1,200})\}/g, (whole, name: string) => variables.get(name) ?? whole);

  const open = (name: string, args: readonly string[]): void => {
    const active = !isOn() || conditionHolds(name, args[0] ?? '', modules, defined);
    blocks.push({ name, args, active });
    if (name === 'virtualhost' && isOn()) {
      vhost = { addresses: args, tls: false };
      vhosts.push(vhost);
    }
  };
  const close = (name: string): void => {
    const at = blocks.findLastIndex((block) => block.name === name);
    if (at < 0) unread++;
    else blocks.length = at;
    if (name === 'virtualhost') vhost = main;
  };
  const log = (kind: LogFile['kind'], target: string | undefined, format?: string): void => {
    const path = target === undefined ? undefined : logPath(target, serverRoot);
    if (path !== undefined) logs.push({ path, kind, format });
  };

  const directive = (name: string, args: readonly string[], depth: number): void => {
    const [first, second] = args;
    switch (name) {
      case 'include':
      case 'includeoptional':
        if (first !== undefined) include(absolute(first, serverRoot), depth + 1);
        return;
      case 'serverroot':
        serverRoot = first ?? serverRoot;
        return;
      case 'define':
        if (first === undefined) return;
        defined.add(first);
        if (second !== undefined) variables.set(first, second);
        return;
      case 'undefine':
        defined.delete(first ?? '');
        return;
      case 'loadmodule':
        if (first !== undefined) modules.add(moduleName(first));
        return;
      case 'logformat':
        if (first !== undefined && second !== undefined) formats.set(second, first);
        return;
      case 'customlog':
      case 'globallog':
        log('access', first, second);
        return;
      case 'transferlog':
        log('access', first);
        return;
      case 'errorlog':
        log('error', first);
        return;
      case 'servername':
        if (first !== undefined) vhost.name = first.replace(/^https?:\/\//, '').replace(/:\d+$/, '');
        return;
      case 'documentroot':
        if (first !== undefined) vhost.root = absolute(first, serverRoot);
        return;
      case 'sslengine':
        vhost.tls = /^(?:on|optional)$/i.test(first ?? '');
        return;
      case 'listen': {
        const port = Number(/(\d{1,5})$/.exec(first ?? '')?.[1]);
        if (port > 0) ports.add(port);
        return;
      }
      case 'sethandler': {
        const location = blocks.findLast((block) => block.name === 'location');
        if (first?.toLowerCase() === 'server-status') statusPath ??= location?.args[0];
        return;
      }
      case 'maxrequestworkers':
      case 'maxclients':
        if (/^\d{1,7}$/.test(first ?? '')) limits.set('workers', Number(first));
        return;
    }
  };

  const readText = (text: string, depth: number): void => {
    for (const line of logicalLines(text)) {
      if (++lines > LINES_MAX) return;
      const section = /^<(\/?)(\w+)\s*(.*?)>?$/.exec(line);
      if (section) {
        const name = (section[2] ?? '').toLowerCase();
        if (section[1] === '/') close(name);
        else open(name, words(fill(section[3] ?? '')));
        continue;
      }
      if (!isOn()) continue;
      const [name, ...args] = words(fill(line));
      if (name !== undefined) directive(name.toLowerCase(), args, depth);
    }
  };
  const include = (pattern: string, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    for (const path of files.expand(pattern)) {
      const text = files.read(path);
      if (text !== undefined) readText(text, depth);
      // A folder stands for all files in it.
      else if (!files.seen.has(path) && !/[*?[]/.test(pattern)) include(`${path}/*`, depth + 1);
    }
  };

  const text = files.read(start.main);
  if (text === undefined) return undefined;
  readText(text, 0);
  const mpm = (['event', 'worker', 'prefork'] as const).find((name) => modules.has(`mpm_${name}`));
  const workersMax = limits.get('workers') ?? (mpm && MPM_WORKERS[mpm]);
  return {
    server: 'apache',
    main: start.main,
    sites: sitesOf(vhosts, main, ports),
    logs: logs.map(({ path, kind, format }) => {
      const written = format === undefined ? undefined : (formats.get(format) ?? format);
      return { path, kind, ...(written?.includes('%') && { format: written }) };
    }),
    ...(workersMax !== undefined && { workersMax }),
    ...(mpm !== undefined && { mpm }),
    ...(modules.has('status') && statusPath !== undefined && { statusPath }),
    unread,
  };
}

function conditionHolds(
  name: string,
  argument: string,
  modules: ReadonlySet<string>,
  defined: ReadonlySet<string>,
): boolean {
  const negated = argument.startsWith('!');
  const what = negated ? argument.slice(1) : argument;
  if (name === 'ifmodule') return modules.has(moduleName(what)) !== negated;
  if (name === 'ifdefine') return defined.has(what) !== negated;
  if (name === 'ifversion' || name === 'if' || name === 'elseif' || name === 'else') return true;
  return true;
}

/** `mod_ssl.c`, `ssl_module` and `mpm_event_module` by their plain names. */
function moduleName(name: string): string {
  return name
    .replace(/\.c$/, '')
    .replace(/_module$/, '')
    .replace(/^mod_/, '');
}

/** Comments and empty lines are left out; a backslash at the end joins the next line. */
function* logicalLines(text: string): Generator<string> {
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield trimmed;
  }
}

/** Words, of which quoted ones may hold blanks and escaped quotes. */
function words(text: string): string[] {
  return [...text.slice(0, 8192).matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(
    ([, double, single, bare]) => (double ?? single)?.replace(/\\(["'\\])/g, '$1') ?? bare ?? '',
  );
}

/** The file behind `"|/usr/bin/rotatelogs /var/log/x.%Y%m%d 86400"` as a pattern; `undefined` for syslog and other programs. */
function logPath(target: string, serverRoot: string): string | undefined {
  if (target.startsWith('syslog')) return undefined;
  if (!target.startsWith('|')) return target === '/dev/null' ? undefined : absolute(target, serverRoot);
  const [, ...args] = words(target.replace(/^\|\$?\|?/, ''));
  const path = args.find((word) => word.startsWith('/'));
  return path?.replace(/%[-_^#]?[A-Za-z]/g, '*');
}

function sitesOf(vhosts: readonly Vhost[], main: Vhost, listening: ReadonlySet<number>): Site[] {
  const fallback = [...listening][0] ?? 80;
  const sites = vhosts.flatMap((vhost) => {
    const doors = new Map(vhost.addresses.map((address) => doorOf(address, fallback)));
    return [...(doors.size > 0 ? doors : [[fallback, undefined] as const])].map(([port, address]) =>
      siteOf(vhost, main, port, address),
    );
  });
  return sites.length > 0 ? sites : [...listening].map((port) => siteOf(main, main, port));
}

function siteOf(vhost: Vhost, main: Vhost, port: number, address?: string): Site {
  const root = vhost.root ?? main.root;
  return {
    name: vhost.name ?? main.name ?? '',
    port,
    tls: vhost.tls,
    ...(address !== undefined && { address }),
    ...(root !== undefined && { root }),
  };
}

/** `*:80`, `192.0.2.1:80`, `[2001:db8::1]:443`, `_default_:443`: the port, and the address where it is one. */
function doorOf(text: string, fallback: number): [port: number, address: string | undefined] {
  const [, host, port] = /^(.*?)(?::(\d{1,5}|\*))?$/.exec(text) ?? [];
  return [Number(port) || fallback, canonicalAddress(host ?? '')];
}

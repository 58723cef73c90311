// What serves the sites of this host: its web server, PHP and database, found by what runs, else by where packages put them.
import { apacheEnvironment } from '../../config/apache-environment.ts';
import { type DatabaseConfig, databaseConfig, readDatabaseOptions } from '../../config/database.ts';
import { absolute, type ConfigFiles, configFiles } from '../../config/files.ts';
import { type FpmConfig, readFpm } from '../../config/fpm.ts';
import { parseIni } from '../../config/ini.ts';
import type { Site } from '../../config/site.ts';
import { topmost } from '../../model/proc-stat.ts';
import { readApache } from './config/apache.ts';
import { readNginx } from './config/nginx.ts';
import type { WebConfig } from './config/web.ts';
import type { KnownProcess } from './processes.ts';
import type { Sight } from './sight.ts';

export interface Stack {
  readonly web: readonly WebConfig[];
  /** Those of them that run; all, when none does. */
  readonly serving: readonly WebConfig[];
  /** Of all web servers; those that several know of are told once. */
  readonly sites: readonly Site[];
  readonly fpm: readonly FpmConfig[];
  /** Absent when there is none on this host: it may be on another. */
  readonly database?: DatabaseConfig & { readonly running: boolean };
  /** Log of PHP itself, where php.ini names one. */
  readonly phpLogs: readonly string[];
  /** The main processes of web server and database, as far as they run. */
  readonly pids: readonly number[];
}

const APACHE_MAINS: readonly (readonly [main: string, root: string])[] = [
  ['/etc/apache2/apache2.conf', '/etc/apache2'],
  ['/etc/httpd/conf/httpd.conf', '/etc/httpd'],
  ['/etc/apache2/httpd.conf', '/etc/apache2'],
  ['/usr/local/apache2/conf/httpd.conf', '/usr/local/apache2'],
];
const NGINX_MAINS = ['/etc/nginx/nginx.conf', '/usr/local/nginx/conf/nginx.conf'];
/** The client alone has option files as well. */
const DATABASE_SERVERS = ['/usr/sbin/mariadbd', '/usr/sbin/mysqld', '/usr/libexec/mariadbd', '/usr/libexec/mysqld'];
const SITES_MAX = 200;

export function findStack(sight: Sight, processes: readonly KnownProcess[]): Stack {
  const files = configFiles(sight.host);
  const apache = master(processes, /^(?:apache2|httpd|httpd\.worker)$/);
  const nginx = master(processes, /^nginx$/);
  const database = master(processes, /^(?:mysqld|mariadbd)$/);
  const web = [apacheOf(sight, apache), nginxOf(sight, nginx)].filter((one) => one !== undefined);
  const running = web.filter(({ server }) => (server === 'apache' ? apache : nginx) !== undefined);
  const serving = running.length > 0 ? running : web;
  const hasDatabase = database !== undefined || DATABASE_SERVERS.some((path) => isThere(sight, path));
  const pids = [apache ?? nginx, database].flatMap((one) => (one ? [one.stat.pid] : []));
  if (web.some(({ unread }) => unread > 0))
    sight.hidden(
      'A part of the web server configuration could not be read.',
      'apache2ctl -t -D DUMP_INCLUDES; nginx -T',
    );
  return {
    web,
    // A server that is installed and not running has no sites while another one has them.
    serving,
    sites: sitesOf(serving),
    fpm: fpmOf(sight, files, processes),
    ...(hasDatabase && {
      database: { ...databaseConfig(readDatabaseOptions(files, database?.args)), running: database !== undefined },
    }),
    phpLogs: phpLogs(sight, files),
    pids,
  };
}

function isThere(sight: Sight, path: string): boolean {
  return sight.text(path, 1) !== undefined;
}

/** The process of this name that none of the same name started. */
function master(processes: readonly KnownProcess[], name: RegExp): KnownProcess | undefined {
  const own = processes.filter(({ stat }) => name.test(stat.name) && stat.state !== 'Z');
  const [first] = topmost(own.map(({ stat }) => stat));
  return own.find(({ stat }) => stat === first);
}

function apacheOf({ host }: Sight, running: KnownProcess | undefined): WebConfig | undefined {
  const words = running?.args.split(' ') ?? [];
  const told = optionOf(words, '-f');
  const root = optionOf(words, '-d');
  const mains = told === undefined ? APACHE_MAINS : [[told, root ?? folderOf(told)] as const];
  const defines = words.flatMap((word, i) =>
    word === '-D' ? (words[i + 1] ?? []) : word.startsWith('-D') ? word.slice(2) : [],
  );
  for (const [main, serverRoot] of mains) {
    const config = readApache(host, absolute(main, root ?? '/etc/apache2'), {
      serverRoot: root ?? serverRoot,
      environment: apacheEnvironment(host, serverRoot, running?.stat.pid),
      defines: new Set(defines),
    });
    if (config) return config;
  }
  return undefined;
}

function nginxOf({ host }: Sight, running: KnownProcess | undefined): WebConfig | undefined {
  // "nginx: master process /usr/sbin/nginx -c /etc/nginx/nginx.conf -g ..."
  const words = running?.args.replace(/^nginx: master process /, '').split(' ') ?? [];
  const told = optionOf(words, '-c');
  const prefix = optionOf(words, '-p');
  for (const main of told === undefined ? NGINX_MAINS : [told]) {
    const path = absolute(main, prefix ?? '/etc/nginx');
    const config = readNginx(host, { main: path, prefix: prefix ?? folderOf(path), defaultLogs: '/var/log/nginx' });
    if (config) return config;
  }
  return undefined;
}

function fpmOf(sight: Sight, files: ConfigFiles, processes: readonly KnownProcess[]): FpmConfig[] {
  // "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"
  const told = processes.flatMap(
    ({ args }) => /^php-fpm[\w.]*: master process \((\/[^)]{1,500})\)/.exec(args)?.[1] ?? [],
  );
  const packaged = [
    ...sight.names('/etc/php').map((version) => `/etc/php/${version}/fpm/php-fpm.conf`),
    '/etc/php-fpm.conf',
    ...sight.names('/etc/opt/remi').map((version) => `/etc/opt/remi/${version}/php-fpm.conf`),
  ];
  return [...new Set(told.length > 0 ? told : packaged)].flatMap((main) => readFpm(files, main) ?? []);
}

function phpLogs(sight: Sight, files: ConfigFiles): string[] {
  const inis = [
    ...sight
      .names('/etc/php')
      .flatMap((version) => ['fpm', 'cgi', 'apache2'].map((sapi) => `/etc/php/${version}/${sapi}/php.ini`)),
    '/etc/php.ini',
  ];
  const logs = inis.flatMap((path) =>
    parseIni(files.text(path) ?? '').flatMap(({ name, value }) =>
      name === 'error_log' && value.startsWith('/') ? [value] : [],
    ),
  );
  return [...new Set(logs)];
}

function sitesOf(web: readonly WebConfig[]): Site[] {
  const sites = new Map<string, Site>();
  for (const site of web.flatMap((one) => one.sites)) {
    const key = `${site.name}:${site.port}`;
    if (!sites.has(key) && sites.size < SITES_MAX) sites.set(key, site);
  }
  return [...sites.values()];
}

function optionOf(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

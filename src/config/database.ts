// Where MariaDB or MySQL lives and how large it may get: its option files, the command line of the one that runs, or what it prints.
import { absolute, type ConfigFiles } from './files.ts';
import { expandPattern } from './glob.ts';
import { parseIni, sizeKb } from './ini.ts';

/** Options of the server by their names with dashes, without `loose-`: "innodb-buffer-pool-size". */
export type DatabaseOptions = ReadonlyMap<string, string>;

export interface DatabaseConfig {
  /** Where it is told; else see DATABASE_SOCKETS. */
  readonly socket?: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly pidFile?: string;
  /** Absent where it goes to the journal. */
  readonly errorLog?: string;
  readonly slowLog?: string;
  readonly maxConnections?: number;
  readonly bufferPoolKb?: number;
}

/** As `mariadbd --help --verbose` lists them. */
const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf'];
const SECTIONS = /^(?:mysqld(?:-[\d.]+)?|mariadbd?(?:-[\d.]+)?|server|mysqld_safe|mariadbd-safe)$/;
const DEPTH_MAX = 10;

/** Where packages have the socket. */
export const DATABASE_SOCKETS = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
] as const;

/** As the files give them, and the command line of the server that runs, where one does. */
export function readDatabaseOptions(files: ConfigFiles, commandLine = ''): DatabaseOptions {
  const options = new Map<string, string>();
  const given = optionsIn(commandLine);
  const only = given.get('defaults-file');
  const extra = given.get('defaults-extra-file');
  for (const file of only === undefined ? [...OPTION_FILES, ...(extra === undefined ? [] : [extra])] : [only])
    readFile(files, file, options, 0);
  for (const [name, value] of given) options.set(name, value);
  return options;
}

function readFile(files: ConfigFiles, file: string, options: Map<string, string>, depth: number): void {
  const text = depth > DEPTH_MAX ? undefined : files.text(file);
  if (text === undefined) return;
  for (const { section, name, value } of parseIni(text)) {
    // `!include /path` and `!includedir /path` stand outside of sections, and are read where they stand.
    const [, verb, target] = /^!(include|includedir)\s+(.+)$/.exec(name) ?? [];
    if (verb === 'include' && target !== undefined) readFile(files, target.trim(), options, depth + 1);
    else if (verb === 'includedir' && target !== undefined)
      for (const path of expandPattern(files.host, `${target.trim().replace(/\/$/, '')}/*.cnf`))
        readFile(files, path, options, depth + 1);
    else if (SECTIONS.test(section)) options.set(canonicalName(name), value);
  }
}

/** `--name=value` and `--name` of a line, values with blanks too; a bare one is ON. The last of a name counts. */
export function optionsIn(line: string): DatabaseOptions {
  const options = new Map<string, string>();
  for (const [, name = '', value] of line.matchAll(/(?:^|\s)--([\w-]{1,64})(?:=(.*?))?(?=\s--?[A-Za-z]|\s*$)/g))
    options.set(canonicalName(name), value ?? 'ON');
  return options;
}

function canonicalName(name: string): string {
  return name
    .replaceAll('_', '-')
    .toLowerCase()
    .replace(/^loose-/, '');
}

/** What the options say, relative paths from the data folder. */
export function databaseConfig(options: DatabaseOptions): DatabaseConfig {
  const dataFolder = (options.get('datadir') ?? '/var/lib/mysql').replace(/(?<=.)\/+$/, '');
  const path = (name: string): string | undefined => {
    const value = options.get(name);
    return value === undefined || value === '' || value === 'ON' ? undefined : absolute(value, dataFolder);
  };
  const socket = path('socket');
  const pidFile = path('pid-file');
  const errorLog = path('log-error');
  const slow = path('slow-query-log-file') ?? path('log-slow-query-file');
  const maxConnections = Number(options.get('max-connections') ?? Number.NaN);
  const bufferPoolKb = sizeKb(options.get('innodb-buffer-pool-size'));
  return {
    port: Number(options.get('port')) || 3306,
    dataFolder,
    ...(socket !== undefined && { socket }),
    ...(pidFile !== undefined && { pidFile }),
    // The server gives it an ending where it has none.
    ...(errorLog !== undefined && { errorLog: /\.[^/]*$/.test(errorLog) ? errorLog : `${errorLog}.err` }),
    ...(slow !== undefined && { slowLog: slow }),
    ...(Number.isInteger(maxConnections) && { maxConnections }),
    ...(bufferPoolKb !== undefined && { bufferPoolKb }),
  };
}

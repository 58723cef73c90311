// Where MariaDB or MySQL lives and how large it may get: its option files, and the command line of the one that runs.
import { absolute, type ConfigFiles } from './files.ts';
import { parseIni, sizeKb } from './ini.ts';

export interface DatabaseConfig {
  readonly socket: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly errorLog?: string;
  readonly slowLog?: string;
  readonly maxConnections?: number;
  readonly bufferPoolKb?: number;
}

/** As `mariadbd --help --verbose` lists them. */
const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf'];
const SECTIONS = /^(?:mysqld(?:-[\d.]+)?|mariadbd?(?:-[\d.]+)?|mariadbd-[\d.]+|server|mysqld_safe|mariadbd-safe)$/;
const DATA_FOLDER = '/var/lib/mysql';

/** `args`: the command line of the server that runs, where one does. */
export function readDatabaseConfig(files: ConfigFiles, args: string | undefined): DatabaseConfig {
  const settings = new Map<string, string>();
  const given = argumentsOf(args);
  const only = given.get('defaults-file');
  const extra = given.get('defaults-extra-file');
  for (const file of only === undefined ? [...OPTION_FILES, ...(extra === undefined ? [] : [extra])] : [only])
    readOptions(files, file, settings, 0);
  for (const [name, value] of given) settings.set(name, value);
  const dataFolder = settings.get('datadir') ?? DATA_FOLDER;
  const path = (name: string): string | undefined => {
    const value = settings.get(name);
    return value === undefined || value === '' ? undefined : absolute(value, dataFolder);
  };
  const errorLog = path('log-error');
  const slow = path('slow-query-log-file') ?? path('log-slow-query-file');
  const maxConnections = Number(settings.get('max-connections') ?? Number.NaN);
  const bufferPoolKb = sizeKb(settings.get('innodb-buffer-pool-size'));
  return {
    socket: path('socket') ?? '',
    port: Number(settings.get('port')) || 3306,
    dataFolder,
    ...(errorLog !== undefined && { errorLog: errorLog.includes('.') ? errorLog : `${errorLog}.err` }),
    ...(slow !== undefined && { slowLog: slow }),
    ...(Number.isInteger(maxConnections) && { maxConnections }),
    ...(bufferPoolKb !== undefined && { bufferPoolKb }),
  };
}

function readOptions(files: ConfigFiles, file: string, settings: Map<string, string>, depth: number): void {
  const text = depth > 10 ? undefined : files.read(file);
  if (text === undefined) return;
  for (const { section, name, value } of parseIni(text)) {
    // `!include /path` and `!includedir /path` stand outside of sections, and are read where they stand.
    const [, verb, target] = /^!(include|includedir)\s+(.+)$/.exec(name) ?? [];
    if (verb === 'include' && target !== undefined) readOptions(files, target.trim(), settings, depth + 1);
    else if (verb === 'includedir' && target !== undefined)
      for (const path of files.expand(`${target.trim().replace(/\/$/, '')}/*.cnf`))
        readOptions(files, path, settings, depth + 1);
    else if (SECTIONS.test(section)) settings.set(canonicalName(name), value);
  }
}

/** `--log_error=/x` and `--log-error=/x` are one. */
function argumentsOf(args: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const word of args?.split(' ') ?? []) {
    const [, name, value] = /^--([\w-]{1,64})=(.*)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined) found.set(canonicalName(name), value);
  }
  return found;
}

function canonicalName(name: string): string {
  return name
    .replaceAll('_', '-')
    .replace(/^loose-/, '')
    .toLowerCase();
}

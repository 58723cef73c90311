// PHP-FPM's pools: how many workers each may have, and where they tell of themselves.
import { absolute, type ConfigFiles } from './files.ts';
import { expandPattern } from './glob.ts';
import { parseIni } from './ini.ts';

const DEPTH_MAX = 5;

export interface FpmPool {
  readonly name: string;
  readonly manager?: string;
  readonly maxChildren?: number;
  /** As it is written: a path, a port, or address:port. */
  readonly listen?: string;
  readonly statusPath?: string;
  /** Where the status answers although all workers are busy (PHP 8.0 and newer). */
  readonly statusListen?: string;
  readonly slowLog?: string;
  readonly errorLog?: string;
}

export interface FpmConfig {
  readonly main: string;
  readonly errorLog?: string;
  readonly pools: readonly FpmPool[];
  /** Patterns that are followed, absolute, in order. */
  readonly includes: readonly string[];
}

export function readFpm(files: ConfigFiles, main: string): FpmConfig | undefined {
  const pools = new Map<string, Map<string, string>>();
  const includes: string[] = [];
  const read = (file: string, depth: number): boolean => {
    const text = depth > DEPTH_MAX ? undefined : files.text(file);
    if (text === undefined) return false;
    for (const { section, name, value } of parseIni(text)) {
      if (name === 'include') {
        const pattern = absolute(value, prefixOf(main));
        if (depth === 0) includes.push(pattern);
        for (const path of expandPattern(files.host, pattern)) read(path, depth + 1);
        continue;
      }
      const settings = pools.get(section) ?? new Map<string, string>();
      pools.set(section, settings.set(name, value.replaceAll('$pool', section)));
    }
    return true;
  };
  if (!read(main, 0)) return undefined;
  const errorLog = pools.get('global')?.get('error_log');
  return {
    main,
    ...(errorLog !== undefined && errorLog !== 'syslog' && { errorLog: absolute(errorLog, logPrefixOf(main)) }),
    pools: [...pools]
      .filter(([name]) => name !== 'global' && name !== '')
      .map(([name, settings]) => poolOf(name, settings)),
    includes,
  };
}

function poolOf(name: string, settings: ReadonlyMap<string, string>): FpmPool {
  const maxChildren = Number(settings.get('pm.max_children') ?? Number.NaN);
  const texts = {
    manager: settings.get('pm'),
    listen: settings.get('listen'),
    statusPath: settings.get('pm.status_path'),
    statusListen: settings.get('pm.status_listen'),
    slowLog: settings.get('slowlog'),
    errorLog: settings.get('php_admin_value[error_log]') ?? settings.get('php_value[error_log]'),
  };
  return {
    name,
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined && value !== '')),
    ...(Number.isInteger(maxChildren) && { maxChildren }),
  };
}

/** Relative includes count from the prefix that PHP was built with: /usr on Debian and RHEL, told by where the file lies. */
function prefixOf(main: string): string {
  return main.startsWith('/etc/') ? '/' : main.replace(/\/(?:etc\/)?[^/]*$/, '');
}

function logPrefixOf(main: string): string {
  return main.startsWith('/etc/') ? '/var' : `${prefixOf(main)}/var`;
}

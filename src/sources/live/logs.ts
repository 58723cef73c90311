// Which logs of a live host to read, and from where on: those that the configuration names, and only what is recent of them.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { expandPattern } from '../../config/glob.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Sight } from './sight.ts';
import type { Stack } from './stack.ts';

/** Of an access log, which the engine reads at hundreds of megabytes a second, and of any other. */
const ACCESS_MAX = 256 << 20;
const OTHER_MAX = 24 << 20;
const LOGS_MAX = 300;
const COMPRESSED = /\.(?:gz|zst|bz2|xz)$/;

/** A log, from a byte on. */
export interface LogSlice {
  readonly path: string;
  /** The begin of a line. */
  readonly from: number;
  readonly bytes: number;
}

/** Where packages write what the configuration does not name, or could not be read. */
const WEB_FOLDERS = ['/var/log/apache2', '/var/log/httpd', '/var/log/nginx'];
const FPM_PATTERNS = ['/var/log/php*fpm*.log', '/var/log/php-fpm/*.log'];
const DATABASE_PATTERNS = ['/var/log/mysql/*', '/var/log/mariadb/*', '/var/log/mysqld.log', '/var/log/mysql.err'];
/** Where there is no journal. */
const SYSTEM_LOGS = [
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/kern.log',
  '/var/log/auth.log',
  '/var/log/secure',
];
const PACKAGE_LOGS = ['/var/log/dpkg.log', '/var/log/dnf.rpm.log', '/var/log/yum.log', '/var/log/apt/history.log'];

/** Bytes of one log that are read, at most. */
export interface LogBytes {
  readonly access?: number;
  readonly other?: number;
}

export function findLogs(
  sight: Sight,
  stack: Stack,
  options: LogBytes & { readonly since: EpochMs; readonly hasJournal: boolean },
): LogSlice[] {
  const { since, hasJournal, access: accessMax = ACCESS_MAX, other: otherMax = OTHER_MAX } = options;
  const access = stack.web.flatMap(({ logs }) => logs.filter(({ kind }) => kind === 'access').map(({ path }) => path));
  const named = [
    ...stack.web.flatMap(({ logs }) => logs.filter(({ kind }) => kind === 'error').map(({ path }) => path)),
    ...stack.fpm.flatMap(({ errorLog, pools }) => [
      errorLog,
      ...pools.flatMap((pool) => [pool.slowLog, pool.errorLog]),
    ]),
    ...stack.phpLogs,
    ...stack.sites.flatMap(({ root }) => (root === undefined ? [] : [`${root}/wp-content/debug.log`])),
    stack.database?.errorLog,
    stack.database?.slowLog,
    ...(stack.database ? [`${stack.database.dataFolder}/*.err`] : []),
    ...(hasJournal ? [] : SYSTEM_LOGS),
    ...PACKAGE_LOGS,
  ].filter((path) => path !== undefined);
  const fallbacks = [
    ...(access.length === 0 ? WEB_FOLDERS.map((folder) => `${folder}/*`) : []),
    ...(stack.fpm.length === 0 ? FPM_PATTERNS : []),
    ...(stack.database && stack.database.errorLog === undefined ? DATABASE_PATTERNS : []),
  ];
  const slices = new Map<string, LogSlice>();
  const add = (pattern: string, most: number): void => {
    for (const path of withRotated(sight, pattern)) {
      if (slices.size >= LOGS_MAX) return;
      const slice = sliceOf(sight, path, since, most);
      if (slice && ![...slices.values()].some(({ path: known }) => known === slice.path)) slices.set(path, slice);
    }
  };
  for (const pattern of access) add(pattern, accessMax);
  for (const pattern of [...named, ...fallbacks]) add(pattern, otherMax);
  return [...slices.values()];
}

/** The logs of a pattern, and what logrotate made of them: `x.log.1`, `x.log.2.gz`, `x.log-20261122`. */
function withRotated(sight: Sight, pattern: string): string[] {
  return expandPattern(sight.host, pattern).flatMap((path) => {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, slash);
    const name = path.slice(slash + 1);
    const before = sight.refused();
    const there = sight.names(folder === '' ? '/' : folder);
    if (sight.refused() > before)
      sight.hidden(`The logs in ${folder}: no permission to list them.`, 'sudo seawall diagnose');
    return there
      .filter(
        (other) => other.startsWith(name) && /^(?:[.-]\d{1,14}(?:\.(?:gz|zst))?)?$/.test(other.slice(name.length)),
      )
      .map((other) => `${folder}/${other}`);
  });
}

/** `undefined`: nothing of it is recent, or it isn't a file, or it may not be read. */
function sliceOf(sight: Sight, path: string, since: EpochMs, most: number): LogSlice | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size === 0 || stats.mtimeMs < since) return undefined;
    // What is compressed can be read only from its begin.
    if (COMPRESSED.test(path)) return stats.size > most / 10 ? undefined : { path, from: 0, bytes: stats.size };
    const from = stats.size <= most ? 0 : lineBegin(path, stats.size - most);
    return { path, from, bytes: stats.size - from };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM')
      sight.hidden(`What stands in ${path}: no permission to read it.`, 'sudo seawall diagnose');
    return undefined;
  }
}

/** The begin of the first line at or after the byte; the byte itself in a file of one endless line. */
function lineBegin(path: string, at: number): number {
  const file = openSync(path, 'r');
  try {
    const block = Buffer.alloc(256 * 1024);
    const got = readSync(file, block, 0, block.length, at);
    const newline = block.subarray(0, got).indexOf(0x0a);
    return newline < 0 ? at : at + newline + 1;
  } finally {
    closeSync(file);
  }
}

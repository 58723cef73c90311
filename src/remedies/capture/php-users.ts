// As whom PHP runs: the users of the processes that run it, of the site's files, and of web servers as packages name them.
import type { HostReader } from '../../model/host.ts';

const USERS_MAX = 8;
const PROCESSES_MAX = 20_000;
const RUNS_PHP = /^(?:php-fpm|php-cgi|php\d|lsphp|apache2|httpd|litespeed|php$)/;
const WEB_USERS = ['www-data', 'apache', 'nginx', 'http', 'wwwrun'];

/** @param files of the site, whose owner PHP often runs as. @returns user ids, at most 8, the likeliest first */
export function phpUsers(files: readonly string[], host: HostReader): number[] {
  const found = new Set<number>();
  for (const uid of [...runningAs(host), ...owners(files, host), ...webUsers(host)]) {
    if (found.size < USERS_MAX) found.add(uid);
  }
  return [...found];
}

function runningAs(host: HostReader): number[] {
  const pids = (host.list('/proc') ?? []).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  const users = new Map<number, number>();
  for (const pid of pids) {
    const status = readQuietly(`/proc/${pid}/status`, host);
    const [, name = ''] = /^Name:\t(.*)$/m.exec(status) ?? [];
    const [, uid] = /^Uid:\t\d+\t(\d+)/m.exec(status) ?? [];
    // Masters run as root and hand requests to workers that don't; a lone php-cgi may well be root's.
    if (uid === undefined || !RUNS_PHP.test(name)) continue;
    users.set(Number(uid), (users.get(Number(uid)) ?? 0) + 1);
  }
  return [...users].sort((a, b) => Number(a[0] === 0) - Number(b[0] === 0) || b[1] - a[1]).map(([uid]) => uid);
}

function owners(files: readonly string[], host: HostReader): number[] {
  return files.flatMap((path) => {
    try {
      return host.fileState(path)?.uid ?? [];
    } catch {
      return [];
    }
  });
}

function webUsers(host: HostReader): number[] {
  const lines = readQuietly('/etc/passwd', host).split('\n');
  return WEB_USERS.flatMap((name) => {
    const uid = lines.find((line) => line.startsWith(`${name}:`))?.split(':')[2];
    return uid !== undefined && /^\d{1,10}$/.test(uid) ? [Number(uid)] : [];
  });
}

/** A process can be gone, or be none of our business. */
function readQuietly(path: string, host: HostReader): string {
  try {
    return host.readText(path, 1 << 20) ?? '';
  } catch {
    return '';
  }
}

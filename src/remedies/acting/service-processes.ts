// Which processes a service is: by its pid file where there is one, else by the names that its programs have.
import type { Service } from '../../model/act.ts';
import type { HostReader, ProcessId } from '../../model/host.ts';

const NONE = /^$/;

/** The names of a service's programs, by the words in its own name; what is not known goes by its own name alone. */
function namesOf({ name, role }: Service): RegExp {
  if (role === 'database') return /^(?:mariadbd|mysqld|mysqld_safe|mariadbd-safe)$/;
  if (/apache|httpd/i.test(name)) return /^(?:apache2|httpd)$/;
  const version = /^php(\d+\.\d+)-fpm$/.exec(name)?.[1];
  if (version !== undefined) return new RegExp(`^php-fpm${version.replace('.', '\\.')}$`);
  if (role === 'php') return /^php-?fpm/;
  return NONE;
}

/** Of a program that we don't know its pid file alone tells. */
function isKnown(service: Service): boolean {
  return service.name === 'nginx' || namesOf(service) !== NONE;
}

/** Those of the service whose parent is none of it; none when it doesn't run. */
export function mainProcesses(service: Service, host: HostReader): ProcessId[] {
  const kept = service.pidFile === undefined ? undefined : host.readText(service.pidFile, 64);
  if (kept !== undefined) {
    const pid = Number(kept.trim());
    const fits = Number.isSafeInteger(pid) && pid > 1 && (isOf(service, host, pid) || !isKnown(service));
    const known = fits ? host.process(pid) : undefined;
    // A pid file that was left behind by a crash tells nothing.
    if (known) return [known];
  }
  return byName(service, host);
}

/** Processes whose parent is one of these. */
export function childrenOf(parents: readonly ProcessId[], host: HostReader): ReadonlySet<number> {
  const pids = new Set(parents.map(({ pid }) => pid));
  const all = (host.list('/proc') ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
  return new Set(all.filter((pid) => pids.has(parentHere(host, pid))));
}

function byName(service: Service, host: HostReader): ProcessId[] {
  const found = new Map<number, number>();
  for (const name of host.list('/proc') ?? []) {
    const pid = /^\d+$/.test(name) ? Number(name) : 0;
    if (pid > 1 && isOf(service, host, pid)) found.set(pid, parentHere(host, pid));
  }
  return [...found].flatMap(([pid, parent]) => {
    const known = found.has(parent) || parent < 0 ? undefined : host.process(pid);
    return known ? [known] : [];
  });
}

function isOf(service: Service, host: HostReader, pid: number): boolean {
  const name = tried(() => host.readText(`/proc/${pid}/comm`, 64))?.trim() ?? '';
  return name !== '' && (name === service.name.slice(0, 15) || namesOf(service).test(name));
}

/** The parent's pid; -1 for a process of a container in this host, which is another service of the same name. */
function parentHere(host: HostReader, pid: number): number {
  const status = tried(() => host.readText(`/proc/${pid}/status`)) ?? '';
  const pids = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return pids.length > 1 ? -1 : Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
}

function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

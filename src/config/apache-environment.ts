// The environment that Apache reads its configuration with, which Debian's names its folders by.
import type { HostReader } from '../model/host.ts';

const TEXT_MAX = 65_536;
/** What Debian's envvars sets. */
const USUAL = [
  ['APACHE_LOG_DIR', '/var/log/apache2'],
  ['APACHE_RUN_DIR', '/var/run/apache2'],
  ['SUFFIX', ''],
] as const;

/** That of the server itself where it runs and may be read, else what its start script sets (Debian's envvars). */
export function apacheEnvironment(
  host: HostReader,
  serverRoot: string,
  pid: number | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>(USUAL);
  const own = pid === undefined ? undefined : tryText(host, `/proc/${pid}/environ`);
  for (const entry of own?.split('\0') ?? []) {
    const [, name, value] = /^(APACHE_\w+|HTTPD_\w+)=(.*)$/s.exec(entry) ?? [];
    if (name !== undefined && value !== undefined) found.set(name, value);
  }
  if (own) return found;
  for (const line of (tryText(host, `${serverRoot}/envvars`) ?? '').split('\n')) {
    const [, name, value] = /^\s*(?:export\s+)?(\w+)=([^\s#]*)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      found.set(
        name,
        value.replace(/\$\{?(\w+)\}?/g, (_, of: string) => found.get(of) ?? '').replace(/^(["'])(.*)\1$/, '$2'),
      );
  }
  return found;
}

function tryText(host: HostReader, path: string): string | undefined {
  try {
    return host.readText(path, TEXT_MAX);
  } catch {
    // Not ours to read.
    return undefined;
  }
}

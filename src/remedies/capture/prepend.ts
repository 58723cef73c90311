// auto_prepend_file by .user.ini (php.net, configuration.file.per-user): PHP then runs a file before each script of a folder.
import type { HostReader } from '../../model/host.ts';

/** Another program that is prepended already, a security plugin as a rule: it must not be pushed aside. */
export interface PrependedAlready {
  readonly where: string;
}

/** How long PHP may keep what a .user.ini said (user_ini.cache_ttl), unless it was set otherwise. */
export const CACHE_SECONDS = 300;

const SET =
  /^[ \t]*(?:php_(?:admin_)?value(?:\[|[ \t]+))?["']?auto_prepend_file["']?\]?(?:[ \t]*=[ \t]*|[ \t]+)["']?([^\s"';#=][^\s"';]*)/im;
const FILES_MAX = 400;

/** Looks through PHP's and the pools' settings, and the site's own. */
export function prependedAlready(root: string, host: HostReader): PrependedAlready | undefined {
  for (const path of [`${root}/.user.ini`, `${root}/.htaccess`, ...settingFiles(host)]) {
    const text = readQuietly(path, host);
    const value = SET.exec(text)?.[1];
    if (value !== undefined && value !== 'none') return { where: path };
  }
  return undefined;
}

function settingFiles(host: HostReader): string[] {
  const names = (folder: string): readonly string[] => {
    try {
      return host.list(folder) ?? [];
    } catch {
      return [];
    }
  };
  const inside = (folder: string, ending: string): string[] =>
    names(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`);
  const debian = names('/etc/php').flatMap((version) =>
    ['cgi', 'fpm', 'apache2'].flatMap((api) => {
      const base = `/etc/php/${version}/${api}`;
      return [`${base}/php.ini`, ...inside(`${base}/conf.d`, '.ini'), ...inside(`${base}/pool.d`, '.conf')];
    }),
  );
  const others = ['/etc/php.ini', ...inside('/etc/php.d', '.ini'), ...inside('/etc/php-fpm.d', '.conf')];
  return [...debian, ...others].slice(0, FILES_MAX);
}

/** The new text of a .user.ini that may have other settings. */
export function withPrepended(before: string | undefined, file: string): string {
  const kept = before === undefined || before === '' ? '' : before.endsWith('\n') ? before : `${before}\n`;
  return `${kept}; Seawall captures requests for a moment; it takes these two lines back itself.\nauto_prepend_file = "${file}"\n`;
}

function readQuietly(path: string, host: HostReader): string {
  try {
    return host.readText(path, 262_144) ?? '';
  } catch {
    return '';
  }
}

// Proxies that the web server trusts by its own configuration: all visitors come through them.
import type { HostReader } from '../../model/host.ts';
import { parseTarget, type Target } from '../safe.ts';
import type { Never } from './reason.ts';

/** Where Debian and RHEL keep the files that are read; a folder stands for the files in it. */
const PLACES = [
  '/etc/nginx/nginx.conf',
  ...['conf.d', 'sites-enabled', 'snippets', 'default.d'].map((name) => `/etc/nginx/${name}`),
  '/etc/apache2/apache2.conf',
  ...['mods-enabled', 'conf-enabled', 'sites-enabled'].map((name) => `/etc/apache2/${name}`),
  '/etc/httpd/conf/httpd.conf',
  '/etc/httpd/conf.d',
] as const;

const FILES_MAX = 300;
/** nginx: ngx_http_realip_module. Apache: mod_remoteip. What follows a `#` is a comment. */
const TRUSTED = /^[ \t]*(?:set_real_ip_from|RemoteIP(?:Trusted|Internal)Proxy)[ \t]+([^;#\n]+)/gim;
/** Who trusts everybody has named no proxy. */
const WIDEST: Readonly<Record<Target['family'], number>> = { 4: 8, 6: 16 };

export function configuredProxies(host: HostReader): Never[] {
  const files = PLACES.flatMap((place) => {
    const names = place.endsWith('.conf') ? undefined : (tried(() => host.list(place)) ?? []);
    return names === undefined ? [place] : names.map((name) => `${place}/${name}`);
  });
  return files.slice(0, FILES_MAX).flatMap((file) => {
    const text = tried(() => host.readText(file)) ?? '';
    return [...text.matchAll(TRUSTED)].flatMap(([, names = '']) =>
      names
        .trim()
        .split(/\s+/)
        .flatMap((name) => {
          const target = parseTarget(name);
          if (!target || target.prefix < WIDEST[target.family]) return [];
          return [
            {
              target: target.text,
              why: `a proxy that the web server trusts (${file}): all visitors come through it`,
              instead: 'Block by the forwarded address in the web server, or at the proxy.',
            },
          ];
        }),
    );
  });
}

/** A folder among the files, or what may not be read, names no proxy. */
function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

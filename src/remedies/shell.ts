// Commands as a person would type them: files by here-document, web server configuration with its test before the reload.
import type { KnownHost } from '../model/remedy.ts';

/** Writes a file. The lines must be of our own making or checked: none may be the end mark. */
export function writeFile(path: string, lines: readonly string[]): string[] {
  return [`cat > ${path} <<'END'`, ...lines, 'END'];
}

/** The lines unless the host is known to run the other web server. */
export function forApache({ web }: KnownHost, lines: readonly string[]): readonly string[] {
  return web === 'nginx' ? [] : lines;
}

export function forNginx({ web }: KnownHost, lines: readonly string[]): readonly string[] {
  return web === 'apache' ? [] : lines;
}

/** A configuration file for Apache 2.4, in the folder that is read for all sites; taken out again when the test fails. */
export function apacheFile(name: string, lines: readonly string[]): string[] {
  const path = `/etc/apache2/conf-enabled/${name}.conf`;
  return [
    `# Apache 2.4 on Debian and Ubuntu (RHEL: as /etc/httpd/conf.d/${name}.conf; apachectl configtest && systemctl reload httpd)`,
    ...writeFile(path, lines),
    `apache2ctl configtest && systemctl reload apache2 || rm ${path}`,
  ];
}

export function apacheUndo(name: string): string[] {
  return [
    `# Apache (RHEL: rm /etc/httpd/conf.d/${name}.conf; apachectl configtest && systemctl reload httpd)`,
    `rm /etc/apache2/conf-enabled/${name}.conf; apache2ctl configtest && systemctl reload apache2`,
  ];
}

/** A configuration file in nginx's `http` context, where Debian and RHEL both include `conf.d/*.conf`. */
export function nginxFile(name: string, lines: readonly string[]): string[] {
  const path = `/etc/nginx/conf.d/${name}.conf`;
  return ['# nginx', ...writeFile(path, lines), `nginx -t && systemctl reload nginx || rm ${path}`];
}

export function nginxUndo(name: string): string[] {
  return ['# nginx', `rm /etc/nginx/conf.d/${name}.conf; nginx -t && systemctl reload nginx`];
}

/** `7200` becomes `2h`; nftables reads it as it stands (nft(8), TIME TYPES), and so do people. */
export function duration(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = Math.max(1, Math.round(seconds));
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** `a`, `a and b`, `a and 4 others`. */
export function namely(items: readonly string[]): string {
  const [first = 'nothing', second] = items;
  if (second === undefined) return first;
  return items.length === 2 ? `${first} and ${second}` : `${first} and ${items.length - 1} others`;
}

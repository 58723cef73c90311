// Says which part of the house a unit of the service manager belongs to, by its name or its description.
import type { ServiceRole } from '../../model/event.ts';

export interface Unit {
  /** The unit's name where it is known, else its description. */
  readonly unit: string;
  readonly role: ServiceRole;
}

const UNIT_NAME =
  /^[A-Za-z0-9:_.\\@-]{1,256}\.(?:service|socket|target|mount|automount|swap|timer|path|slice|scope|device)$/;
const DATABASE =
  /^(?:mariadb|mariadbd|mysql|mysqld|mysqld_safe|percona|percona-server|percona-xtradb-cluster|mysql-community|rh-mariadb\d*-mariadb|rh-mysql\d*-mysqld)$/;
const WEB =
  /^(?:apache|apache2|httpd|httpd\d*-httpd|nginx|angie|lsws|lshttpd|litespeed|openlitespeed|openresty|caddy|lighttpd)$/;
const PHP = /(?:^|-)php[\d.]*(?:-php)?-?fpm(?:[-\d.]*)$/;

/**
 * What packages of Debian, Red Hat, the projects themselves and hosting panels write as `Description=`.
 * Where one description serves units of two names, the unit stays unknown.
 */
const DESCRIPTIONS: readonly (readonly [RegExp, ServiceRole, string?])[] = [
  [/^MariaDB\b/i, 'database', 'mariadb.service'],
  [/^LSB: .*\b(?:mysql|mariadb) database server/i, 'database', 'mysql.service'],
  [/^MySQL Community Server/i, 'database', 'mysql.service'],
  [/^MySQL (?:[\d.]+ database )?server/i, 'database', 'mysqld.service'],
  [/^(?:MySQL|Percona)\b/i, 'database'],
  [/^LSB: Apache2? web server/i, 'web', 'apache2.service'],
  [/^(?:The )?Apache\b.{0,20}\b(?:HTTP|Web) ?Server/i, 'web'],
  [/^A high performance web server and a reverse proxy server/i, 'web', 'nginx.service'],
  [/^(?:The )?nginx\b/i, 'web', 'nginx.service'],
  [/^(?:Open)?LiteSpeed\b/i, 'web', 'lsws.service'],
  [/^(?:The )?OpenResty\b/i, 'web', 'openresty.service'],
  [/^Caddy\b/i, 'web', 'caddy.service'],
  [/^The PHP FastCGI Process Manager/i, 'php', 'php-fpm.service'],
  [/\bPHP\b.{0,30}\b(?:FastCGI|FPM)\b/i, 'php'],
];
const DEBIAN_FPM = /^The PHP (\d\.\d) FastCGI Process Manager/;

/** Whether it is a name as systemd.unit(5) allows it, with its type. */
export function isUnitName(text: string): boolean {
  return UNIT_NAME.test(text);
}

/** `mariadb@main.service`, `php8.2-fpm.service`, `ea-php81-php-fpm.service`; also a bare `nginx` (upstart, SysV). */
export function roleOfUnit(name: string): ServiceRole {
  const dot = name.lastIndexOf('.');
  const type = dot < 0 || !isUnitName(name) ? 'service' : name.slice(dot + 1);
  if (type !== 'service') return 'other';
  const base = (isUnitName(name) ? name.slice(0, dot) : name).replace(/@.*$/, '').toLowerCase();
  if (DATABASE.test(base)) return 'database';
  if (WEB.test(base)) return 'web';
  return PHP.test(base) ? 'php' : 'other';
}

/** What stands after "Started", "Stopping", ...: a name, a description, or since systemd 250 `mariadb.service - MariaDB 10.11.6 database server`. */
export function unitOfDescription(text: string): Unit {
  const dash = text.indexOf(' - ');
  const name = dash < 0 ? text : text.slice(0, dash);
  if (isUnitName(name)) return { unit: name, role: roleOfUnit(name) };
  const fpm = DEBIAN_FPM.exec(text);
  if (fpm) return { unit: `php${fpm[1]}-fpm.service`, role: 'php' };
  for (const [pattern, role, unit] of DESCRIPTIONS) if (pattern.test(text)) return { unit: unit ?? text, role };
  return { unit: text, role: 'other' };
}

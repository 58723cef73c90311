// For system tests: the PHP of this machine, whatever its version, as Debian's packages name its programs and places.
import { phpVersion } from '../../lab/php-version.ts';

const version = phpVersion();

export const PHP = {
  /** Apache's module. */
  module: `php${version}`,
  cgi: `/usr/bin/php-cgi${version}`,
  cgiName: `php-cgi${version}`,
  /** What Apache starts by CGI. */
  script: `php${version}`,
  scriptFile: `/usr/lib/cgi-bin/php${version}`,
  fpm: `php-fpm${version}`,
  fpmInit: `/etc/init.d/php${version}-fpm`,
  fpmSocket: `/run/php/php${version}-fpm.sock`,
  pools: `/etc/php/${version}/fpm/pool.d`,
} as const;

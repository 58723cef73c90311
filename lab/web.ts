// The web servers that a lab can run, each configured as a person would who followed Debian's own files.
import { SERVER } from './addresses.ts';

/** apache-prefork is Apache with PHP inside (mod_php). */
export const WEB_KINDS = ['apache-cgi', 'apache-fpm', 'apache-prefork', 'nginx-fpm'] as const;
export type WebKind = (typeof WEB_KINDS)[number];

/** `combined` as Debian has it; `timed` with %D (nginx: $request_time) at the end, as administrators add it. */
export type AccessLog = 'combined' | 'timed';

export interface InsideFile {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

export interface WebSetUp {
  readonly files: readonly InsideFile[];
  /** In this order, before the first start. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** As `service NAME start` knows them, in this order. */
  readonly services: readonly string[];
  /** Folder of its logs. */
  readonly logs: string;
}

export interface WebOptions {
  readonly web: WebKind;
  readonly accessLog: AccessLog;
  /** "8.2" */
  readonly php: string;
  readonly fpmMaxChildren: number;
  /** Apache's limit (MaxRequestWorkers); Debian's own when it is not said. */
  readonly maxRequestWorkers?: number;
}

const ROOT = '/usr/share/wordpress';
const CONTENT = '/var/lib/wordpress/wp-content';

export function webSetUp(options: WebOptions): WebSetUp {
  return options.web === 'nginx-fpm' ? nginx(options) : apache(options);
}

function apache(options: WebOptions): WebSetUp {
  const { web, php } = options;
  const mpm = web === 'apache-prefork' ? 'prefork' : 'event';
  const unused = ['mpm_prefork', 'mpm_event', 'mpm_worker', `php${php}`, 'fcgid'];
  const wanted = {
    'apache-cgi': ['mpm_event', 'cgid', 'actions'],
    'apache-fpm': ['mpm_event', 'proxy', 'proxy_fcgi', 'setenvif'],
    'apache-prefork': ['mpm_prefork', `php${php}`],
    'nginx-fpm': [],
  }[web];
  const files = [{ path: '/etc/apache2/sites-available/wordpress.conf', content: virtualHost(options) }];
  if (options.maxRequestWorkers !== undefined) {
    files.push({
      path: `/etc/apache2/mods-available/mpm_${mpm}.conf`,
      content: limits(mpm, options.maxRequestWorkers),
    });
  }
  if (web === 'apache-fpm') files.push(pool(options));
  return {
    files,
    commands: [
      ['a2dismod', '-q', '-f', ...unused],
      ['a2enmod', '-q', ...wanted],
      ['a2dissite', '-q', '000-default'],
      ['a2ensite', '-q', 'wordpress'],
      ...(web === 'apache-fpm' ? ([['a2enconf', '-q', `php${php}-fpm`]] as const) : []),
    ],
    services: web === 'apache-fpm' ? [`php${php}-fpm`, 'apache2'] : ['apache2'],
    logs: '/var/log/apache2',
  };
}

function virtualHost({ web, accessLog, php }: WebOptions): string {
  const cgi = `
    # One php-cgi a request, as suPHP did.
    ScriptAlias /php-bin/ /usr/lib/cgi-bin/
    <Directory /usr/lib/cgi-bin>
        Options +ExecCGI
        Require all granted
    </Directory>
    <FilesMatch "\\.php$">
        SetHandler application/x-httpd-php
    </FilesMatch>
    Action application/x-httpd-php /php-bin/php${php}
`;
  return `<VirtualHost *:80>
    ServerName ${SERVER.site}
    ServerAlias example.org
    DocumentRoot ${ROOT}
    Alias /wp-content ${CONTENT}
    <Directory ${ROOT}>
        Options FollowSymLinks
        AllowOverride All
        DirectoryIndex index.php
        Require all granted
    </Directory>
    <Directory ${CONTENT}>
        Options FollowSymLinks
        Require all granted
    </Directory>
${web === 'apache-cgi' ? cgi : ''}
    LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" timed
    ErrorLog \${APACHE_LOG_DIR}/error.log
    CustomLog \${APACHE_LOG_DIR}/access.log ${accessLog}
</VirtualHost>
`;
}

function limits(mpm: 'event' | 'prefork', workers: number): string {
  const lines =
    mpm === 'prefork'
      ? ['StartServers 5', 'MinSpareServers 5', 'MaxSpareServers 10', `ServerLimit ${workers}`]
      : ['StartServers 2', 'MinSpareThreads 25', 'MaxSpareThreads 75', 'ThreadLimit 64', 'ThreadsPerChild 25'];
  return [...lines, `MaxRequestWorkers ${workers}`, 'MaxConnectionsPerChild 0', ''].join('\n');
}

function nginx(options: WebOptions): WebSetUp {
  const { php, accessLog } = options;
  const site = `log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $request_time';
server {
    listen 80;
    listen [::]:80;
    server_name ${SERVER.site} example.org;
    root ${ROOT};
    index index.php;
    access_log /var/log/nginx/access.log ${accessLog};
    location /wp-content/ {
        alias ${CONTENT}/;
    }
    location / {
        try_files $uri $uri/ /index.php?$args;
    }
    location ~ \\.php$ {
        include snippets/fastcgi-php.conf;
        fastcgi_pass unix:/run/php/php${php}-fpm.sock;
    }
}
`;
  return {
    files: [{ path: '/etc/nginx/sites-available/wordpress', content: site }, pool(options)],
    commands: [
      ['rm', '-f', '/etc/nginx/sites-enabled/default'],
      ['ln', '-sf', '../sites-available/wordpress', '/etc/nginx/sites-enabled/wordpress'],
    ],
    services: [`php${php}-fpm`, 'nginx'],
    logs: '/var/log/nginx',
  };
}

function pool({ php, fpmMaxChildren }: WebOptions): InsideFile {
  const content = `; Goes on with the pool of www.conf.
[www]
pm.max_children = ${fpmMaxChildren}
pm.status_path = /fpm-status
`;
  return { path: `/etc/php/${php}/fpm/pool.d/zz-size.conf`, content };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../../model/fake-host.fixture.ts';
import { processTable } from '../processes.ts';
import { sightOf } from '../sight.ts';
import { findStack } from '../stack.ts';
import { readApache } from './apache.ts';
import { readNginx } from './nginx.ts';

/** Debian 12, shortened. */
const APACHE = {
  '/etc/apache2/apache2.conf': `
DefaultRuntimeDir \${APACHE_RUN_DIR}
ErrorLog \${APACHE_LOG_DIR}/error.log
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
`,
  '/etc/apache2/envvars': `export APACHE_RUN_DIR=/var/run/apache2$SUFFIX\nexport APACHE_LOG_DIR=/srv/logs$SUFFIX\n`,
  '/etc/apache2/ports.conf': 'Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
  '/etc/apache2/mods-enabled/mpm_event.load': 'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n',
  '/etc/apache2/mods-enabled/mpm_event.conf': 'MaxRequestWorkers 40\n',
  '/etc/apache2/mods-enabled/status.load':
    '<IfDefine !NOSTATUS>\nLoadModule status_module /usr/lib/apache2/modules/mod_status.so\n</IfDefine>\n',
  '/etc/apache2/mods-enabled/status.conf':
    '<IfModule mod_status.c>\n<Location /server-status>\nSetHandler server-status\nRequire local\n</Location>\nExtendedStatus On\n</IfModule>\n',
  '/etc/apache2/conf-enabled/other-vhosts-access-log.conf': `CustomLog \${APACHE_LOG_DIR}/other_vhosts_access.log vhost_combined
`,
  '/etc/apache2/sites-enabled/000-default.conf': `
<VirtualHost *:80>
  ServerName blog.example.org
  DocumentRoot /var/www/blog
  ErrorLog \${APACHE_LOG_DIR}/blog-error.log
  CustomLog "|/usr/bin/rotatelogs /srv/logs/blog-%Y%m%d.log 86400" combined
</VirtualHost>
<IfModule !ssl_module>
<VirtualHost 192.0.2.10:8080>
  ServerName "shop.example.org"
  DocumentRoot /var/www/shop
</VirtualHost>
</IfModule>
<IfModule mod_ssl.c>
<VirtualHost _default_:443>
  SSLEngine on
</VirtualHost>
</IfModule>
`,
};

const NGINX = {
  '/etc/nginx/nginx.conf': `user www-data; # "quoted
worker_processes auto;
error_log /var/log/nginx/error.log warn;
events { worker_connections 768; }
http {
  log_format timed '$remote_addr - $remote_user [$time_local] "$request" '
                   '$status $body_bytes_sent $request_time';
  access_log /var/log/nginx/access.log;
  include sites-enabled/*;
  map $uri $x { default 0; ~^/a{2} 1; }
}
`,
  '/etc/nginx/sites-enabled/blog': `server {
  listen 80; listen [::]:80; listen 443 ssl;
  server_name _ blog.example.org *.example.org;
  root /var/www/blog;
  access_log /var/log/nginx/blog.log timed buffer=32k;
  error_log off;
  location ~ \\.php$ { access_log off; root /elsewhere; fastcgi_pass unix:/run/php/php8.2-fpm.sock; }
}
`,
};

const FPM = {
  '/etc/php/8.2/fpm/php-fpm.conf':
    '[global]\nerror_log = /var/log/php8.2-fpm.log\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n',
  '/etc/php/8.2/fpm/pool.d/www.conf':
    '; a comment\n[www]\nlisten = /run/php/php8.2-fpm.sock\npm = dynamic\npm.max_children = 5 ; few\npm.status_path = /status\nslowlog = /var/log/$pool.slow\n',
};

const DATABASE = {
  '/etc/mysql/my.cnf': '[client-server]\nsocket = /run/mysqld/mysqld.sock\n!includedir /etc/mysql/mariadb.conf.d/\n',
  '/etc/mysql/mariadb.conf.d/50-server.cnf':
    '[mysqld]\nsocket=/run/mysqld/mysqld.sock\nlog_error = /var/log/mysql/error.log\ninnodb-buffer-pool-size=128M\n[client]\nport=1\n',
};

describe("Apache's configuration", () => {
  const sight = sightOf(fakeHost({ files: APACHE }));
  const config = findStack(sight, []).web[0];

  it('tells its sites, through includes, variables and conditions', () => {
    expect(config?.sites).toEqual([
      { name: 'blog.example.org', port: 80, tls: false, root: '/var/www/blog' },
      { name: 'shop.example.org', port: 8080, tls: false, address: '192.0.2.10', root: '/var/www/shop' },
    ]);
  });

  it('tells its logs with their formats, also those behind rotatelogs', () => {
    expect(config?.logs).toEqual([
      { path: '/srv/logs/error.log', kind: 'error' },
      {
        path: '/srv/logs/other_vhosts_access.log',
        kind: 'access',
        format: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
      },
      { path: '/srv/logs/blog-error.log', kind: 'error' },
      {
        path: '/srv/logs/blog-***.log',
        kind: 'access',
        format: '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
      },
    ]);
  });

  it('tells its limit and where its state can be asked for', () => {
    expect(config).toMatchObject({ mpm: 'event', workersMax: 40, statusPath: '/server-status', unread: 0 });
  });

  it('of a server that was started with another file is read from there', () => {
    const host = fakeHost({
      files: {
        '/proc/9/stat': '9 (apache2) S 1 9 9 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 5 1 1 0',
        '/proc/9/cmdline': '/usr/sbin/apache2\0-f\0/etc/web/a.conf\0-D\0OWN',
        '/etc/web/a.conf':
          'ServerRoot /etc/web\nListen 8081\n<IfDefine OWN>\nCustomLog logs/a.log common\n</IfDefine>\n',
      },
    });
    const own = sightOf(host);
    const stack = findStack(own, processTable(own).look(100, undefined));
    expect(stack.web[0]).toMatchObject({
      main: '/etc/web/a.conf',
      logs: [{ path: '/etc/web/logs/a.log', format: '%h %l %u %t "%r" %>s %b' }],
      sites: [{ name: '', port: 8081 }],
    });
    expect(stack.pids).toEqual([9]);
  });
});

describe("nginx's configuration", () => {
  it('tells its sites and logs', () => {
    const [config] = findStack(sightOf(fakeHost({ files: NGINX })), []).web;
    expect(config).toMatchObject({
      server: 'nginx',
      sites: [
        { name: 'blog.example.org', port: 80, tls: false, root: '/var/www/blog' },
        { name: 'blog.example.org', port: 443, tls: true, root: '/var/www/blog' },
      ],
      logs: [
        { path: '/var/log/nginx/error.log', kind: 'error' },
        { path: '/var/log/nginx/access.log', kind: 'access', format: expect.stringContaining('$body_bytes_sent "') },
        {
          path: '/var/log/nginx/blog.log',
          kind: 'access',
          format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_time',
        },
      ],
    });
  });
});

describe('PHP-FPM and the database', () => {
  it('tell their pools, limits and logs', () => {
    const stack = findStack(sightOf(fakeHost({ files: { ...FPM, ...DATABASE, '/usr/sbin/mariadbd': 'ELF' } })), []);
    expect(stack.fpm).toEqual([
      {
        main: '/etc/php/8.2/fpm/php-fpm.conf',
        errorLog: '/var/log/php8.2-fpm.log',
        pools: [
          {
            name: 'www',
            manager: 'dynamic',
            maxChildren: 5,
            listen: '/run/php/php8.2-fpm.sock',
            statusPath: '/status',
            slowLog: '/var/log/www.slow',
          },
        ],
        includes: ['/etc/php/8.2/fpm/pool.d/*.conf'],
      },
    ]);
    expect(stack.database).toEqual({
      socket: '/run/mysqld/mysqld.sock',
      port: 3306,
      dataFolder: '/var/lib/mysql',
      errorLog: '/var/log/mysql/error.log',
      bufferPoolKb: 131_072,
      running: false,
    });
  });
});

describe('a configuration', () => {
  it('that includes itself, or is nonsense, ends and never throws', () => {
    const loop = { '/etc/x.conf': 'Include /etc/x.conf\ninclude /etc/x.conf;\n<VirtualHost\n</Nothing>\n' };
    const scene = { serverRoot: '/etc', environment: new Map<string, string>(), defines: new Set<string>() };
    expect(readApache(fakeHost({ files: loop }), '/etc/x.conf', scene)).toMatchObject({ server: 'apache', logs: [] });
    fc.assert(
      fc.property(fc.string(), (text) => {
        const host = fakeHost({ files: { '/etc/x.conf': text } });
        readApache(host, '/etc/x.conf', scene);
        readNginx(host, { main: '/etc/x.conf', prefix: '/etc', defaultLogs: '/var/log' });
      }),
    );
  });
});

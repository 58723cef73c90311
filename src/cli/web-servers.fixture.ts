// For system tests: web servers with PHP in the usual ways, each started in a sandbox.
import type { Sandbox } from '../remedies/live/sandbox.fixture.ts';
import { PHP } from './php.fixture.ts';

/** mod_cgid: a php-cgi for each request, which is a child of a daemon of Apache's. */
export function apacheCgi(sandbox: Sandbox): void {
  sandbox.must(['a2dismod', '-q', '-f', PHP.module, 'mpm_prefork', 'fcgid']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'cgid', 'actions']);
  sandbox.write(
    '/etc/apache2/sites-available/000-default.conf',
    [
      '<VirtualHost *:80>',
      '  ServerName example.org',
      '  DocumentRoot /var/www/html',
      '  ScriptAlias /php-bin/ /usr/lib/cgi-bin/',
      '  AddHandler php-script .php',
      `  Action php-script /php-bin/${PHP.script}`,
      '  <Directory /usr/lib/cgi-bin>\n    Require all granted\n  </Directory>',
      '</VirtualHost>\n',
    ].join('\n'),
  );
  sandbox.must(['sh', '-c', `cp ${PHP.cgi} ${PHP.scriptFile}`]);
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

/** mod_fcgid: php-cgi processes that stay, children of a process manager of Apache's. */
export function apacheFcgid(sandbox: Sandbox): void {
  sandbox.must(['a2dismod', '-q', '-f', PHP.module, 'mpm_prefork']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'fcgid']);
  sandbox.write(
    '/etc/apache2/conf-enabled/php.conf',
    `AddHandler fcgid-script .php\nFcgidWrapper ${PHP.cgi} .php\n<Directory /var/www/html>\n  Options +ExecCGI\n</Directory>\n`,
  );
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

export function apacheFpm(sandbox: Sandbox): void {
  sandbox.must(['a2dismod', '-q', '-f', PHP.module, 'mpm_prefork', 'fcgid']);
  sandbox.must(['a2enmod', '-q', 'mpm_event', 'proxy_fcgi', 'setenvif']);
  // By URL, not by file: <Files> alone doesn't hold here.
  sandbox.write(
    '/etc/apache2/sites-available/000-default.conf',
    `<VirtualHost *:80>\n  DocumentRoot /var/www/html\n  ProxyPassMatch "^/(.*\\.php(/.*)?)$" "unix:${PHP.fpmSocket}|fcgi://localhost/var/www/html/"\n</VirtualHost>\n`,
  );
  sandbox.must([PHP.fpmInit, 'start']);
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

export function apacheModPhp(sandbox: Sandbox): void {
  sandbox.must(['/etc/init.d/apache2', 'start']);
}

export function nginxFpm(sandbox: Sandbox): void {
  const php = `include snippets/fastcgi-php.conf; fastcgi_pass unix:${PHP.fpmSocket};`;
  sandbox.write(
    '/etc/nginx/sites-available/default',
    `server { listen 80 default_server; root /var/www/html; index index.html;
  location ~ \\.php(/|$) { ${php} }
  location = /xmlrpc.php { ${php} }
}
server {
  listen 80; server_name other.example; root /var/www/html;
  location ^~ /xmlrpc.php { ${php} }
}
`,
  );
  sandbox.must([PHP.fpmInit, 'start']);
  sandbox.must(['/etc/init.d/nginx', 'start']);
}

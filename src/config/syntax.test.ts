// What must hold of configurations that are read: includes in order, conditions decided, places exact, and never a throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../model/fake-host.fixture.ts';
import { type ApacheScene, type ApacheTree, compareVersions, readApacheTree, words } from './apache.ts';
import { apacheSites } from './apache-sites.ts';
import { configFiles } from './files.ts';
import { filesOf, matchesPattern } from './glob.ts';
import { parseNginx, readNginxTree } from './nginx.ts';
import { nginxSites } from './nginx-sites.ts';

const scene = {
  serverRoot: '/etc/apache2',
  modules: new Set(['mpm_event_module']),
  defines: new Set(['SSL']),
  environment: new Map<string, string>(),
  version: '2.4.71',
};

function apache(files: Record<string, string>, main: string, more: Partial<ApacheScene> = {}): ApacheTree {
  const tree = readApacheTree(configFiles(fakeHost({ files })), main, { ...scene, ...more });
  if (!tree) throw new Error(`no ${main}`);
  return tree;
}

describe("Apache's configuration", () => {
  it('is read with its includes, in the order in which Apache meets them', () => {
    const tree = apache(
      {
        '/etc/apache2/apache2.conf': 'MaxRequestWorkers 150\nIncludeOptional conf-enabled/*.conf\nListen 80\n',
        '/etc/apache2/conf-enabled/b.conf': 'MaxRequestWorkers 6\n',
        '/etc/apache2/conf-enabled/a.conf': 'Timeout 60\n',
        '/etc/apache2/conf-enabled/.hidden.conf': 'Timeout 1\n',
      },
      '/etc/apache2/apache2.conf',
    );
    expect(tree.directives.map(({ name, args }) => [name, ...args].join(' '))).toEqual([
      'MaxRequestWorkers 150',
      'Timeout 60',
      'MaxRequestWorkers 6',
      'Listen 80',
    ]);
    expect(tree.includes).toEqual([
      { pattern: '/etc/apache2/conf-enabled/*.conf', file: '/etc/apache2/apache2.conf', line: 2 },
    ]);
  });

  it('keeps what holds of conditions, by module, define and version', () => {
    const text = [
      '<IfModule mpm_prefork_module>\nA 1\n</IfModule>',
      '<IfModule !prefork.c>\nA 2\n</IfModule>',
      '<IfDefine SSL>\nA 3\n<IfModule event.c>\nA 4\n</IfModule>\n</IfDefine>',
      '<IfVersion < 2.4>\nA 5\n</IfVersion>\n<IfVersion >= 2.4>\nA 6\n</IfVersion>',
    ].join('\n');
    const tree = apache({ '/a.conf': text }, '/a.conf');
    expect(tree.directives.map(({ args }) => args[0])).toEqual(['2', '3', '4', '6']);
  });

  it('has sections, quotes, comments and lines that go on', () => {
    const text = '<VirtualHost *:80 [::]:80>\n  # no\n  ServerName "a b" \\\n c\n</VirtualHost>\n</Odd>\n<Left>\n';
    const { directives, torn } = apache({ '/f': text }, '/f');
    const [section] = directives;
    expect(torn).toBe(2);
    expect(section).toMatchObject({ name: 'VirtualHost', args: ['*:80', '[::]:80'], line: 1 });
    expect(section?.inner).toEqual([{ name: 'ServerName', args: ['a b', 'c'], file: '/f', line: 3 }]);
  });

  it('fills in variables of the environment and of Define, and knows what it loads where nobody says', () => {
    const { modules: _, ...unknown } = scene;
    const of = (name: string): string => ['$', '{', name, '}'].join('');
    const files = {
      '/w/a.conf': [
        'Define SITES /srv/sites',
        `ServerRoot ${of('BASE')}`,
        'LoadModule ssl_module x.so',
        `IncludeOptional ${of('SITES')}/*.conf`,
        `<IfModule mod_ssl.c>\nListen ${of('PORT')}\n</IfModule>`,
        '<IfModule !log_config_module>\nListen 1\n</IfModule>',
        'Include own.conf',
      ].join('\n'),
      '/srv/sites/x.conf': `<VirtualHost *:${of('PORT')}>\nDocumentRoot "${of('SITES')}/x/"\nServerName ${of('NONE')}\n</VirtualHost>\n`,
      '/base/own.conf': 'Timeout 5\n',
    };
    const host = fakeHost({ files });
    const environment = new Map([
      ['BASE', '/base'],
      ['PORT', '8443'],
    ]);
    const tree = readApacheTree(configFiles(host), '/w/a.conf', { ...unknown, environment });
    expect(tree?.directives.map(({ name, args }) => [name, ...args].join(' '))).toEqual([
      'Define SITES /srv/sites',
      'ServerRoot /base',
      'LoadModule ssl_module x.so',
      'VirtualHost *:8443',
      'Listen 8443',
      'Timeout 5',
    ]);
    expect(tree && apacheSites(tree)).toEqual([{ name: of('NONE'), port: 8443, tls: false, root: '/srv/sites/x' }]);
  });

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('<A ', '>', '</A>', '\n', '\\', '"', "'", '#', 'Include /*', ' '),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        words(text);
        apacheSites(apache({ '/f': text }, '/f'));
      }),
    );
  });

  it('tells versions apart by figure, not by letter', () => {
    expect(compareVersions('2.4.9', '2.4.10')).toBeLessThan(0);
    expect(compareVersions('2.2.34', '2.3')).toBeLessThan(0);
    expect(compareVersions('2.4', '2.4.0')).toBe(0);
  });
});

describe("nginx's configuration", () => {
  it('is read with its includes, and a block knows the byte of its brace', () => {
    const site =
      '# Größe {\nserver { listen 80; # {\n  set $a "x{y;$' + '{b}"; location ~ ^/a{2}$ { return 200; }\n}\n';
    const host = fakeHost({
      files: {
        '/etc/nginx/nginx.conf': 'events {}\nhttp { include conf.d/*.conf; include sites-enabled/*; }\n',
        '/etc/nginx/conf.d/a.conf': 'map $a $b { default 0; }\n',
        '/etc/nginx/sites-enabled/default': site,
      },
    });
    const tree = readNginxTree(configFiles(host), '/etc/nginx/nginx.conf');
    const http = tree?.directives.find(({ name }) => name === 'http');
    expect(tree?.includes).toEqual(['/etc/nginx/conf.d/*.conf', '/etc/nginx/sites-enabled/*']);
    expect(http?.inner?.map(({ name }) => name)).toEqual(['map', 'server']);
    const server = http?.inner?.[1];
    expect(server?.brace).toBe(Buffer.from(site).indexOf('{', Buffer.from(site).indexOf('server')));
    expect(server?.inner?.map(({ name }) => name)).toEqual(['listen', 'set', 'location']);
    expect(server?.inner?.[1]?.args).toEqual(['$a', 'x{y;$' + '{b}']);
  });

  it('tells its sites by what is before it: names, doors, roots, in the letters that they are written in', () => {
    const text = `http { root /srv/größe;
      server { listen [::]:80; listen 80; server_name _ .pattern.example ~^x a.example; }
      server { listen 127.0.0.1:8080; listen [::]:443 ssl; listen unix:/run/x.sock; root /srv/b/; }
      server { server_name b.example } }
      stream { server { listen 3306; } }`;
    const tree = readNginxTree(configFiles(fakeHost({ files: { '/n.conf': text } })), '/n.conf');
    expect(tree?.torn).toBe(0);
    expect(parseNginx('a { b; } }\nc {', 'f').torn).toBe(2);
    expect(tree && nginxSites(tree)).toEqual([
      { name: 'a.example', port: 80, tls: false, root: '/srv/größe' },
      { name: '', port: 8080, tls: false, address: '127.0.0.1', root: '/srv/b' },
      { name: '', port: 443, tls: true, address: '::1', root: '/srv/b' },
      { name: '', port: 80, tls: false, root: '/srv/größe' },
    ]);
  });

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('server {', '}', ';', '"', "'", '#', '\\', '${', '\n', 'include /*;'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { directives, torn } = parseNginx(pieces.join(''), 'f');
        nginxSites({ directives, torn, includes: [] });
      }),
    );
  });
});

describe('a file pattern', () => {
  it('names files as a shell would, in order', () => {
    const files = { '/e/b.conf': '', '/e/a.conf': '', '/e/a.txt': '', '/e/.c.conf': '', '/f/x/y': '', '/f/x/z': '' };
    const host = fakeHost({ files });
    expect(filesOf(host, '/e/*.conf')).toEqual(['/e/a.conf', '/e/b.conf']);
    expect(filesOf(host, '/e/[!a].conf')).toEqual(['/e/b.conf']);
    expect(filesOf(host, '/f')).toEqual(['/f/x/y', '/f/x/z']);
    expect(filesOf(host, '/*/x/?')).toEqual(['/f/x/y', '/f/x/z']);
  });

  it('tells whether it would name a new file', () => {
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/conf.d/*.conf')).toBe(true);
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/conf.d/ssl.conf')).toBe(false);
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/*.conf')).toBe(false);
  });

  it('never throws', () => {
    const host = fakeHost({ files: { '/a/b': '' } });
    fc.assert(fc.property(fc.string(), (text) => void filesOf(host, `/a/${text}`)));
  });
});

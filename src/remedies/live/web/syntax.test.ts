// What must hold of configurations that are read: includes in order, conditions decided, places exact, and never a throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../../model/fake-host.fixture.ts';
import { compareVersions, parse, readApacheTree, words } from './apache-syntax.ts';
import { globbed, matchesPattern } from './glob.ts';
import { parseNginx, readNginxTree } from './nginx-syntax.ts';

const scene = {
  serverRoot: '/etc/apache2',
  modules: new Set(['mpm_event_module']),
  defines: new Set(['SSL']),
  version: '2.4.71',
};

describe("Apache's configuration", () => {
  it('is read with its includes, in the order in which Apache meets them', () => {
    const host = fakeHost({
      files: {
        '/etc/apache2/apache2.conf': 'MaxRequestWorkers 150\nIncludeOptional conf-enabled/*.conf\nListen 80\n',
        '/etc/apache2/conf-enabled/b.conf': 'MaxRequestWorkers 6\n',
        '/etc/apache2/conf-enabled/a.conf': 'Timeout 60\n',
        '/etc/apache2/conf-enabled/.hidden.conf': 'Timeout 1\n',
      },
    });
    const tree = readApacheTree(host, '/etc/apache2/apache2.conf', scene);
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
    const tree = readApacheTree(fakeHost({ files: { '/a.conf': text } }), '/a.conf', scene);
    expect(tree.directives.map(({ args }) => args[0])).toEqual(['2', '3', '4', '6']);
  });

  it('has sections, quotes, comments and lines that go on', () => {
    const [section] = parse('<VirtualHost *:80 [::]:80>\n  # no\n  ServerName "a b" \\\n c\n</VirtualHost>\n', 'f');
    expect(section).toMatchObject({ name: 'VirtualHost', args: ['*:80', '[::]:80'], line: 1 });
    expect(section?.inner).toEqual([{ name: 'ServerName', args: ['a b', 'c'], file: 'f', line: 3 }]);
  });

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('<A ', '>', '</A>', '\n', '\\', '"', "'", '#', 'Include /*', ' '),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        parse(text, 'f');
        words(text);
        readApacheTree(fakeHost({ files: { '/f': text } }), '/f', scene);
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
    const tree = readNginxTree(host, '/etc/nginx/nginx.conf');
    const http = tree.directives.find(({ name }) => name === 'http');
    expect(tree.includes).toEqual(['/etc/nginx/conf.d/*.conf', '/etc/nginx/sites-enabled/*']);
    expect(http?.inner?.map(({ name }) => name)).toEqual(['map', 'server']);
    const server = http?.inner?.[1];
    expect(server?.brace).toBe(Buffer.from(site).indexOf('{', Buffer.from(site).indexOf('server')));
    expect(server?.inner?.map(({ name }) => name)).toEqual(['listen', 'set', 'location']);
    expect(server?.inner?.[1]?.args).toEqual(['$a', 'x{y;$' + '{b}']);
  });

  it('never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('server {', '}', ';', '"', "'", '#', '\\', '${', '\n', 'include /*;'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => void parseNginx(pieces.join(''), 'f')));
  });
});

describe('a file pattern', () => {
  it('names files as a shell would, in order', () => {
    const files = { '/e/b.conf': '', '/e/a.conf': '', '/e/a.txt': '', '/e/.c.conf': '', '/f/x/y': '', '/f/x/z': '' };
    const host = fakeHost({ files });
    expect(globbed(host, '/e/*.conf')).toEqual(['/e/a.conf', '/e/b.conf']);
    expect(globbed(host, '/e/[!a].conf')).toEqual(['/e/b.conf']);
    expect(globbed(host, '/f')).toEqual(['/f/x/y', '/f/x/z']);
    expect(globbed(host, '/*/x/?')).toEqual(['/f/x/y', '/f/x/z']);
  });

  it('tells whether it would name a new file', () => {
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/conf.d/*.conf')).toBe(true);
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/conf.d/ssl.conf')).toBe(false);
    expect(matchesPattern('/etc/httpd/conf.d/seawall-x.conf', '/etc/httpd/*.conf')).toBe(false);
  });

  it('never throws', () => {
    const host = fakeHost({ files: { '/a/b': '' } });
    fc.assert(fc.property(fc.string(), (text) => void globbed(host, `/a/${text}`)));
  });
});

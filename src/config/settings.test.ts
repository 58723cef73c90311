// What must hold of settings that are read: sizes, options of a database wherever they stand, pools through their includes, never a throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../model/fake-host.fixture.ts';
import { databaseConfig, optionsIn, readDatabaseOptions } from './database.ts';
import { configFiles } from './files.ts';
import { readFpm } from './fpm.ts';
import { parseIni, sizeKb } from './ini.ts';

describe('a size', () => {
  it('is of bytes, or of what its suffix says', () => {
    expect([sizeKb('134217728'), sizeKb('128m'), sizeKb('1G'), sizeKb('a lot'), sizeKb(undefined)]).toEqual([
      131_072,
      131_072,
      1_048_576,
      undefined,
      undefined,
    ]);
  });
});

describe('options of a database', () => {
  const files = {
    '/etc/my.cnf': '[mysqld]\nport=3307\nlog_error = /var/log.d/errors\n!includedir /etc/my.cnf.d/\n[client]\nport=1\n',
    '/etc/my.cnf.d/a.cnf': '[server]\nloose_innodb-buffer-pool-size="64M"\n!include /etc/my.cnf\n',
    '/own.cnf': '[mysqld]\ndatadir=/srv/db/\nsocket=x.sock\n',
  };

  it('come from its files, and the command line wins', () => {
    const options = readDatabaseOptions(configFiles(fakeHost({ files })), '/usr/sbin/mariadbd --port=3308 -u mysql');
    expect(databaseConfig(options)).toEqual({
      port: 3308,
      dataFolder: '/var/lib/mysql',
      errorLog: '/var/log.d/errors.err',
      bufferPoolKb: 65_536,
    });
  });

  it('come from the one file that it was started with', () => {
    const options = readDatabaseOptions(configFiles(fakeHost({ files })), 'mariadbd --defaults-file=/own.cnf');
    expect(databaseConfig(options)).toEqual({ port: 3306, dataFolder: '/srv/db', socket: '/srv/db/x.sock' });
  });

  it('of a command line may hold blanks, and end at the next option of either kind', () => {
    expect([...optionsIn('mysqld --sql_mode=A B -u mysql --log-error --x=1 --x=2')]).toEqual([
      ['sql-mode', 'A B'],
      ['log-error', 'ON'],
      ['x', '2'],
    ]);
  });
});

describe("PHP-FPM's pools", () => {
  it('are read through includes with or without quotes, once round where they include themselves', () => {
    const files = {
      '/etc/php-fpm.conf': '[global]\ninclude="/etc/php-fpm.d/*.conf" ; all\n',
      '/etc/php-fpm.d/www.conf': '[www]\npm = static\npm.max_children = 5\ninclude = /etc/php-fpm.d/*.conf\n',
    };
    expect(readFpm(configFiles(fakeHost({ files })), '/etc/php-fpm.conf')).toEqual({
      main: '/etc/php-fpm.conf',
      pools: [{ name: 'www', manager: 'static', maxChildren: 5 }],
      includes: ['/etc/php-fpm.d/*.conf'],
    });
  });
});

describe('settings', () => {
  it('that are nonsense never throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseIni(text);
        databaseConfig(optionsIn(text));
        const files = { '/etc/my.cnf': text, '/f': text };
        databaseConfig(readDatabaseOptions(configFiles(fakeHost({ files }))));
        readFpm(configFiles(fakeHost({ files })), '/f');
      }),
    );
  });
});

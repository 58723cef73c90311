// What must hold of what is read about a database: settings, tables that were not closed, answers of its programs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../../model/fake-host.fixture.ts';
import { troubleIn } from '../repair-tables.ts';
import { quoted, rowsOf, settingsOf } from './database.ts';
import { needOf } from './need.ts';
import { fileNameOf, headerOf, nameOf, tableFiles } from './table-files.ts';

describe('settings', () => {
  it('are read as the server prints them, the last one counting', () => {
    // mariadbd --print-defaults, 10.11.
    const printed =
      'mariadbd would have been started with the following arguments:\n--socket=/run/mysqld/mysqld.sock --skip-name-resolve --innodb_buffer_pool_size=64M --sql-mode=A B --innodb-buffer-pool-size=96M \n';
    expect([...settingsOf(printed)]).toEqual([
      ['socket', '/run/mysqld/mysqld.sock'],
      ['skip-name-resolve', 'ON'],
      ['innodb-buffer-pool-size', '96M'],
      ['sql-mode', 'A B'],
    ]);
  });

  it('tell what memory it needs', () => {
    expect(needOf({ product: 'MariaDB', settings: new Map([['innodb-buffer-pool-size', '64M']]) }).fullKb).toBe(
      140 * 1024,
    );
  });
});

/** As MariaDB 10.11 wrote them: 1,601 rows, killed while the table was open. */
const MYI =
  'fefe070100030185 00b0006400d00002 000002002d010000 000139ff00000000 0000064100000000 0000000000000000 00000641ffffffff ffffffff00000000';
const MAI =
  'fefe09030c0201f6 00d7008701070002 0000020000000303 000101b900000000 0000000000000000 0000000000000000 0000000000000641 0000000000000000';
const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex');

describe('the header of a table', () => {
  it('tells that it was not closed, and its rows', () => {
    expect(headerOf(bytes(MYI), 'MyISAM')).toEqual({ unclosed: true, rows: 1601 });
    expect(headerOf(bytes(MAI), 'Aria')).toEqual({ unclosed: true, rows: 1601 });
    expect(headerOf(bytes(MYI.replace('000139ff', '000039ff')), 'MyISAM')).toEqual({ unclosed: false, rows: 1601 });
    expect(headerOf(bytes(MYI.replace('000139ff', '000003ff')), 'MyISAM')?.unclosed).toBe(true);
  });

  it('of anything else is none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (some) => void headerOf(some, 'Aria')));
    expect(headerOf(undefined, 'MyISAM')).toBeUndefined();
  });

  it('is found in each database, with the names that people know', () => {
    const host = fakeHost();
    const put = (path: string, hex: string) =>
      host.files.set(path, { content: bytes(hex).toString('base64'), mode: 0o660, uid: 1, gid: 1 });
    put('/d/shop/wp@002doptions.MYI', MYI);
    put('/d/shop/x.MAI', MAI.replace('000101b9', '000001b9'));
    put('/d/performance_schema/y.MYI', MYI);
    put('/d/shop/@0ker.MYI', MYI);
    const found = tableFiles(host, '/d');
    expect(found.tables.map(({ table, unclosed }) => [table, unclosed])).toEqual([
      ['wp-options', true],
      ['x', false],
    ]);
    expect(found.odd).toBe(1);
  });

  it('has a file name that leads back to it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,20}$/), (name) => {
        const file = fileNameOf(name);
        expect(file).toMatch(/^[\w@]+$/);
        if (file !== undefined) expect(nameOf(file)).toBe(name);
      }),
    );
  });
});

describe('what its programs print', () => {
  it('is rows and columns, whatever stands in them', () => {
    expect(rowsOf('a\\tb\tc\\n\n1\t\\\\t\n')).toEqual([
      ['a\tb', 'c\n'],
      ['1', '\\t'],
    ]);
  });

  it('is asked with names in backticks, which nothing breaks out of', () => {
    expect(quoted('a`; DROP TABLE x; --', 't')).toBe('`a``; DROP TABLE x; --`.`t`');
  });

  it('tells damage from a table that was only left open', () => {
    const open = ['a.m', 'check', 'warning', "1 client is using or hasn't closed the table properly"];
    expect(troubleIn([open, ['a.m', 'check', 'status', 'OK']])).toBeUndefined();
    expect(troubleIn([['a.m', 'check', 'status', 'Table is already up to date']])).toBeUndefined();
    const broken = ['a.m', 'check', 'error', 'Found 1600 keys of 1601'];
    expect(troubleIn([open, broken, ['a.m', 'check', 'error', 'Corrupt']])).toBe('Found 1600 keys of 1601');
  });
});

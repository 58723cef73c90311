// What must hold of everything that may come from a log: it is read right, or it is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, inNetwork } from '../model/address.ts';
import {
  parseTarget,
  robotToken,
  safeComponent,
  safeFilePath,
  safeHost,
  safeProgram,
  safeTable,
  safeUnit,
  safeUrlPath,
  unfitForBlock,
} from './safe.ts';

const PLAIN = /^[A-Za-z0-9._~@:+/-]*$/;

describe('targets', () => {
  it('are spelled anew, and their host bits cleared', () => {
    expect(parseTarget('203.0.113.66')?.text).toBe('203.0.113.66');
    expect(parseTarget('203.0.113.66/24')?.text).toBe('203.0.113.0/24');
    expect(parseTarget('2001:DB8::0001/64')?.text).toBe('2001:db8::/64');
    expect(parseTarget('203.0.113.66/32')?.network).toBe(false);
  });

  it.each([
    '',
    '1.2.3',
    '010.1.1.1',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.4/8;x',
    '::1/129',
    'host.example',
    '1.2.3.4 ',
  ])('%j is none', (text) => {
    expect(parseTarget(text)).toBeUndefined();
  });

  it.each([
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '224.0.0.1',
    'fe80::1',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '::/0',
    '169.254.1.1',
    '104.16.1.1',
    '2606:4700::1',
  ])('%s is never blocked', (text) => {
    const target = parseTarget(text);
    expect(target && unfitForBlock(target)).toBeTypeOf('string');
  });

  it('hold the address that they were made from', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (address, bits) => {
        const target = parseTarget(`${address}/${bits}`);
        expect(target && inNetwork(canonicalAddress(address) ?? '', target.text)).toBe(true);
      }),
    );
  });
});

describe('names', () => {
  it('of tables are read in every spelling of an error log', () => {
    const wanted = { database: 'wordpress', table: 'wp_options' };
    for (const text of [
      './wordpress/wp_options',
      'wordpress.wp_options',
      '`wordpress`.`wp_options`',
      "'./wordpress/wp_options'",
      './wordpress/wp_options.MYI',
    ])
      expect(safeTable(text)).toEqual(wanted);
    expect(safeTable('../mysql/user')).toBeUndefined();
    for (const text of ['-x.y', 'a.b$HOME', 'a.b`c', '`a`;`b`']) expect(safeTable(text)).toBeUndefined();
  });

  it('of paths keep neither a way up nor odd characters', () => {
    expect(safeUrlPath('POST /xmlrpc.php')).toBe('/xmlrpc.php');
    expect(safeUrlPath('POST /wp-login.php?action&…')).toBe('/wp-login.php');
    expect(safeUrlPath('GET /shop/?color')).toBeUndefined();
    for (const path of ['/../etc', '/a/./b', '//x', '/a b', '/a"', '/a;b', '/a\nb', 'x', '/%2e'])
      expect(safeUrlPath(path)).toBeUndefined();
    expect(safeFilePath('/var/log/../x')).toBeUndefined();
  });

  it('of robots are the word that browsers lack', () => {
    expect(robotToken('Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)')).toBe('GPTBot');
    expect(
      robotToken(
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36',
      ),
    ).toBeUndefined();
    expect(robotToken('Mozilla')).toBeUndefined();
    expect(robotToken('bot')).toBeUndefined();
    expect(robotToken('python-requests/2.31.0')).toBe('python-requests');
  });

  it('are of plain characters or refused, whatever comes', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'ab/._-;$`\'" \n:@') }));
    fc.assert(
      fc.property(text, (raw) => {
        const table = safeTable(raw);
        const component = safeComponent(raw);
        const made = [
          safeUrlPath(raw),
          safeFilePath(raw),
          safeUnit(raw),
          safeProgram(raw),
          safeHost(raw),
          robotToken(raw),
          table?.database,
          table?.table,
          component?.slug,
          parseTarget(raw)?.text,
        ];
        for (const name of made) if (name !== undefined) expect(name).toMatch(PLAIN);
      }),
    );
  });
});

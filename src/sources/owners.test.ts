import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalAddress, inNetwork } from '../model/address.ts';
import type { NetworkOwner } from '../model/owner.ts';
import { readDossier } from './dossier.ts';
import { type OwnerDatabase, openOwners } from './owners.ts';
import { encodeOwners, type OwnerTables, plainName } from './owners-encode.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-owners-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function write(bytes: Buffer): string {
  const path = join(folder, `${files++}.bin`);
  writeFileSync(path, bytes);
  return path;
}

function number(address: string): bigint {
  return BigInt(`0x${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`);
}

/** Rows such as '1.0.0.0-1.0.0.255,13335,Cloudflare', in CSV with numbers. */
function csv(...rows: string[]): string {
  return rows.map((row) => row.replace(/^([^-]+)-([^,]+)/, (_, a, b) => `${number(a)},${number(b)}`)).join('\n');
}

function encode(tables: { owners4?: string; owners6?: string; countries4?: string; countries6?: string }): Buffer {
  const { owners4 = '', owners6 = '', countries4 = '', countries6 = '' } = tables;
  return encodeOwners({
    owners: { ipv4: owners4, ipv6: owners6 },
    countries: { ipv4: countries4, ipv6: countries6 },
    from: { date: '2026-06-17', attribution: 'Example' },
  } satisfies OwnerTables);
}

function opened(bytes: Buffer): OwnerDatabase {
  const database = openOwners(write(bytes));
  if ('error' in database) throw new Error(database.error);
  return database;
}

const SMALL = encode({
  owners4: csv(
    '1.0.0.0-1.0.0.255,13335,"Cloudflare, Inc."',
    '1.0.4.0-1.0.7.255,38803,Gtelecom Pty Ltd',
    '10.0.0.0-10.255.255.255,64500,Private',
    '192.0.2.0-192.0.2.255,64501,Documentation',
    '198.18.0.0-198.19.255.255,64502,Benchmark',
    '198.51.100.0-198.51.100.255,64501,Documentation',
    '203.0.113.0-203.0.113.255,64501,Documentation',
  ),
  owners6: csv(
    '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64501,Documentation',
    '2a01:4f8::-2a01:4f9:ffff:ffff:ffff:ffff:ffff:ffff,24940,Hetzner Online GmbH',
  ),
  countries4: csv('1.0.0.0-1.0.5.255,AU', '1.0.6.0-1.0.8.255,NZ'),
  countries6: csv('2a01:4f8::-2a01:4f8:ffff:ffff:ffff:ffff:ffff:ffff,DE'),
});

describe('the owner of an address', () => {
  const database = opened(SMALL);
  afterAll(() => database.close());
  const cloudflare: NetworkOwner = { asn: 13335, name: 'Cloudflare, Inc.', country: 'AU' };
  const hetzner = { asn: 24940, name: 'Hetzner Online GmbH' };

  it.each<[string, NetworkOwner | undefined]>([
    ['0.255.255.255', undefined],
    ['1.0.0.0', cloudflare],
    ['1.0.0.255', cloudflare],
    ['::ffff:1.0.0.1', cloudflare],
    ['1.0.1.0', undefined],
    ['1.0.3.255', undefined],
    ['1.0.4.0', { asn: 38803, name: 'Gtelecom Pty Ltd', country: 'AU' }],
    ['1.0.6.0', { asn: 38803, name: 'Gtelecom Pty Ltd', country: 'NZ' }],
    ['1.0.8.0', undefined],
    ['223.255.255.255', undefined],
    ['2a01:4f7:ffff:ffff:ffff:ffff:ffff:ffff', undefined],
    ['2a01:4f8::', { ...hetzner, country: 'DE' }],
    ['2A01:4F8:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF', { ...hetzner, country: 'DE' }],
    ['2a01:4f9::1', hetzner],
    ['2a01:4fa::', undefined],
  ])('of %s is %o', (address, owner) => {
    expect(database.lookup(address)).toEqual(owner);
  });
  it.each([
    '10.1.2.3',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.9',
    '203.0.113.7',
    '2001:db8::1',
  ])('is nobody for %s, whatever the table says: it is private, or for documents and benchmarks', (address) =>
    expect(database.lookup(address)).toBeUndefined());
  it.each([
    '',
    'unknown',
    '1.0.0',
    '1.0.0.256',
    '001.0.0.1',
    '16777217',
    '1.0.0.1/24',
  ])('is nobody for %j, which is no address', (text) => expect(database.lookup(text)).toBeUndefined());
  it('is the same in every spelling', () => {
    const all = opened(encode({ owners4: '0,4294967295,1,Four', owners6: `0,${(1n << 128n) - 1n},2,Six` }));
    const anything = fc.oneof(
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom(...'0129af:.') }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const canonical = canonicalAddress(text);
        expect(all.lookup(text)).toEqual(canonical === undefined ? undefined : all.lookup(canonical));
      }),
      { numRuns: 2000 },
    );
    expect(all.lookup('::ffff:808:808')?.asn).toBe(1);
    all.close();
  });
  it('comes with the date and the source of the data', () => {
    expect(database.from).toEqual({ date: '2026-06-17', attribution: 'Example' });
  });
  it('is nobody once the file is closed', () => {
    const closed = opened(SMALL);
    closed.close();
    closed.close();
    expect(closed.lookup('1.0.0.1')).toBeUndefined();
  });
});

describe('a table of owners', () => {
  /** Disjoint ranges, as cut out of all addresses at random places, every second left out. */
  const cuts = (end: bigint) =>
    fc.uniqueArray(fc.bigInt({ min: 0n, max: end - 1n }), { maxLength: 40 }).map((places) => {
      const sorted = places.sort((a, b) => (a < b ? -1 : 1));
      return sorted.flatMap((first, i) => {
        const next = sorted[i + 1];
        return i % 2 === 0 ? [{ first, last: (next ?? end) - 1n, asn: i + 1 }] : [];
      });
    });
  type Cut = { first: bigint; last: bigint; asn: number };
  const rows = (ranges: Cut[]): string => ranges.map((r) => `${r.first},${r.last},${r.asn},Net ${r.asn}`).join('\n');
  const spell = (value: bigint, digits: number): string =>
    ipaddr.fromByteArray([...Buffer.from(value.toString(16).padStart(digits, '0'), 'hex')]).toString();
  const notRouted =
    '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
    '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 ' +
    '::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20';
  const hasOwners = (address: string): boolean => !notRouted.split(' ').some((cidr) => inNetwork(address, cidr));

  const check = (ranges: Cut[], probes: bigint[], database: OwnerDatabase, unit: bigint, digits: number): void => {
    const end = 1n << BigInt(digits * 4);
    const edges = ranges.flatMap((r) => [r.first - 1n, r.first, r.last, r.last + 1n]);
    const wrong: string[] = [];
    for (const place of [...edges, ...probes]) {
      const value = place * unit;
      if (value < 0n || value >= end) continue;
      const address = spell(value, digits);
      const asn = hasOwners(address) ? ranges.find((r) => place >= r.first && place <= r.last)?.asn : undefined;
      const found = database.lookup(address)?.asn;
      if (found !== asn) wrong.push(`${address}: ${found}, not ${asn}`);
    }
    expect(wrong).toEqual([]);
  };

  it('has no owner at either end of a special network, and has one beside it', () => {
    const database = opened(encode({ owners4: '0,4294967295,1,All', owners6: `0,${(1n << 128n) - 1n},1,All` }));
    for (const cidr of notRouted.split(' ')) {
      const [base = '', bits] = cidr.split('/');
      const digits = base.includes(':') ? 32 : 8;
      const size = 1n << BigInt(digits * 4 - Number(bits));
      const first = number(base);
      for (const at of [first - 1n, first, first + size - 1n, first + size]) {
        if (at < 0n || at >= 1n << BigInt(digits * 4)) continue;
        const address = spell(at, digits);
        const mapped = at >> 32n === 0xffffn;
        if (!mapped)
          expect([address, database.lookup(address)?.asn]).toEqual([address, hasOwners(address) ? 1 : undefined]);
      }
    }
    database.close();
  });
  it('finds every address of an IPv4 range, and none outside', () => {
    const end = 1n << 32n;
    fc.assert(
      fc.property(cuts(end), fc.array(fc.bigInt({ min: 0n, max: end - 1n }), { maxLength: 40 }), (ranges, probes) => {
        const database = opened(encode({ owners4: rows(ranges) }));
        check(ranges, probes, database, 1n, 8);
        database.close();
      }),
    );
  });
  it('finds every address of an IPv6 range, and none outside', () => {
    const end = 1n << 64n;
    const low = (1n << 64n) - 1n;
    const places = fc.bigInt({ min: 0n, max: end - 1n });
    fc.assert(
      fc.property(cuts(end), fc.array(places, { maxLength: 40 }), (ranges, probes) => {
        const whole = ranges.map((r) => ({ ...r, first: r.first << 64n, last: (r.last << 64n) | low }));
        const database = opened(encode({ owners6: rows(whole) }));
        check(ranges, probes, database, 1n << 64n, 32);
        database.close();
      }),
    );
  });
  it('may have more ranges than a block', () => {
    const ranges = Array.from({ length: 2500 }, (_, i) => ({
      first: BigInt(i) * 512n + (20n << 24n),
      last: BigInt(i) * 512n + (20n << 24n) + 255n,
      asn: i + 1,
    }));
    const database = opened(encode({ owners4: rows(ranges) }));
    check(ranges, [], database, 1n, 8);
    database.close();
  });
  it('may have ranges within ranges: the narrower holds, and the wider goes on after it', () => {
    const wide = '20.0.0.0-20.255.255.255,1,Wide';
    const narrow = '20.1.0.0-20.1.255.255,2,Narrow';
    const narrowest = '20.1.0.0-20.1.0.255,3,Narrowest';
    const database = opened(encode({ owners4: csv(narrowest, wide, narrow) }));
    const asn = (address: string) => database.lookup(address)?.asn;
    expect(['19.255.255.255', '20.0.255.255', '20.1.0.0', '20.1.1.0', '20.2.0.0', '21.0.0.0'].map(asn)).toEqual([
      undefined,
      1,
      3,
      2,
      1,
      undefined,
    ]);
  });
  it('has ranges narrower than a /64 count for the whole /64', () => {
    const database = opened(encode({ owners6: csv('2a02:1:2:3::8-2a02:1:2:3::f,7,Narrow') }));
    expect(database.lookup('2a02:1:2:3:ffff::')?.asn).toBe(7);
    expect(database.lookup('2a02:1:2:4::')).toBeUndefined();
  });
  it.each([
    'x',
    '5,4,1,Turned',
    '1,4294967296,1,Too far',
    '1,2,4294967296,Too large',
    '1,2,3,"open',
    '1,2',
  ])('is refused, with the line, when a line is not readable: %s', (line) => {
    expect(() => encode({ owners4: `1,2,3,Good\n${line}` })).toThrow(/owners, ipv4, line 2/);
  });
});

describe('the name of an owner', () => {
  it('keeps what people read, and loses what only terminals do', () => {
    expect(plainName('Telefónica\tde  España\u001b[31m, S.A. \u202eevil\u200b 日本')).toBe(
      'Telefónica de España [31m, S.A. evil 日本',
    );
  });
  it('is one line of at most 255 bytes without control characters, and is found as it was stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const plain = plainName(name);
        expect(Buffer.byteLength(plain)).toBeLessThanOrEqual(255);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        const quoted = name.replace(/[\r\n]/g, ' ').replaceAll('"', '""');
        const database = opened(encode({ owners4: `335544320,335544575,65550,"${quoted}"` }));
        expect(database.lookup('20.0.0.1')).toEqual({ asn: 65550, name: plain || 'AS65550' });
        database.close();
      }),
    );
  });
});

describe('a file of owners', () => {
  it('that is missing is said to be missing', () => {
    expect(openOwners(join(folder, 'none.bin'))).toMatchObject({ missing: true, error: /no such file/ as never });
  });
  it('that is a folder is an error, not an exception', () => {
    expect(openOwners(folder)).toMatchObject({ missing: false });
  });
  it('that is cut, or has something after its end, is refused', () => {
    for (let length = 0; length < SMALL.length; length++)
      expect(openOwners(write(SMALL.subarray(0, length)))).toHaveProperty('error');
    expect(openOwners(write(Buffer.concat([SMALL, Buffer.alloc(1)])))).toHaveProperty('error');
  });
  it('that is damaged is refused, or gives well-formed owners', () => {
    const flips = fc.array(fc.tuple(fc.nat(SMALL.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1 });
    fc.assert(
      fc.property(flips, (changes) => {
        const damaged = Buffer.from(SMALL);
        for (const [at, bits] of changes) damaged.writeUInt8(damaged.readUInt8(at) ^ bits, at);
        const database = openOwners(write(damaged));
        if ('error' in database) return;
        for (const address of ['1.0.0.1', '1.0.6.1', '8.8.8.8', '2a01:4f8::1', '2a01:4f9::1']) {
          const owner = database.lookup(address);
          if (owner === undefined) continue;
          expect(Number.isInteger(owner.asn)).toBe(true);
          expect(owner.name).not.toMatch(/\p{Cc}/u);
        }
        database.close();
      }),
      { numRuns: 500 },
    );
  });
  it('that is of another version is refused in words', () => {
    const newer = Buffer.from(SMALL);
    newer.writeUInt32BE(99, 8);
    expect(openOwners(write(newer))).toMatchObject({ error: expect.stringContaining('version 99') });
  });
});

describe('the dossier', () => {
  const line = (address: string): string =>
    `${address} - - [22/Nov/2026:09:00:00 +0000] "POST /xmlrpc.php HTTP/1.0" 200 370 "-" "-"\n`;
  const log = join(folder, 'access.log');
  writeFileSync(log, ['1.0.0.9', '1.0.0.9', '10.0.0.1', '2a01:4f8::9'].map(line).join(''));
  const read = (owners: string) => readDossier({ paths: [log], now: Date.parse('2026-11-22T10:00:00Z'), owners });

  it('has the owners of the addresses in the traffic, and where that is from', async () => {
    const dossier = await read(write(SMALL));
    expect([...(dossier.owners ?? [])].map(([address, { asn }]) => [address, asn])).toEqual([
      ['1.0.0.9', 13335],
      ['2a01:4f8::9', 24940],
    ]);
    expect(dossier.ownersFrom).toEqual({ date: '2026-06-17', attribution: 'Example' });
  });
  it('has none when the file was not built, and says so when it is damaged', async () => {
    const without = await read(join(folder, 'none.bin'));
    expect(without).not.toHaveProperty('owners');
    expect(without).not.toHaveProperty('ownersFrom');
    const damaged = await read(write(SMALL.subarray(0, 99)));
    expect(damaged).not.toHaveProperty('owners');
    expect(damaged.assumptions.join()).toContain('The owners of networks are not known');
  });
});

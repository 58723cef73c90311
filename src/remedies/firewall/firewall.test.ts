// What must hold of the firewall: overlapping blocks become what a person means by them, and only parsed addresses become rules.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { addressFromHex, cutCommands, openFrom } from './connections.ts';
import { networks, savedPieces } from './ipset.ts';
import { fakeNft } from './nft.fixture.ts';
import { heldIn } from './nft.ts';
import {
  disjoint,
  outermost,
  overlapFinder,
  overlaps,
  type Piece,
  piecesFinder,
  rangeFrom,
  rangeText,
} from './ranges.ts';
import { bringFirewallTo, readFirewall, strangers, wishOf } from './sync.ts';

const NOW = fakeHost().clock;
const HOUR = 3_600_000;

/** Networks within 198.51.100.0/28, so that they meet. */
const network = fc
  .record({ last: fc.nat(15), bits: fc.integer({ min: 28, max: 32 }), until: fc.integer({ min: 1, max: 5 }) })
  .map(({ last, bits, until }): Piece => {
    const range = rangeFrom(`198.51.100.${last}/${bits}`);
    if (!range) throw new Error('unreadable');
    return { ...range, until };
  });

const latestAt = (pieces: readonly Piece[], at: bigint): number =>
  Math.max(0, ...pieces.filter((piece) => piece.from <= at && at <= piece.to).map((piece) => piece.until));

describe('overlapping blocks', () => {
  it('become pieces that do not overlap, each until the latest time of those that cover it', () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), (blocks) => {
        const pieces = disjoint(blocks);
        for (const [i, a] of pieces.entries()) {
          expect(a.from <= a.to).toBe(true);
          for (const b of pieces.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
        }
        const base = rangeFrom('198.51.100.0')?.from ?? 0n;
        for (let i = 0n; i < 16n; i++) expect(latestAt(pieces, base + i)).toBe(latestAt(blocks, base + i));
        const cut = networks(pieces);
        for (let i = 0n; i < 16n; i++) expect(latestAt(cut, base + i)).toBe(latestAt(blocks, base + i));
        for (const one of cut) expect(rangeText(one)).not.toContain('-');
      }),
    );
  });

  it('keep families apart', () => {
    const pieces = wishOf(
      ['203.0.113.7', '203.0.113.0/24', '2001:db8::/32', '2001:db8::7'].map((target, i) => ({
        target,
        until: NOW + (i % 2 === 0 ? 2 : 1) * HOUR,
      })),
      NOW,
    );
    expect(pieces.map(rangeText)).toEqual([
      '203.0.113.0-203.0.113.6',
      '203.0.113.7',
      '203.0.113.8-203.0.113.255',
      '2001:db8::/32',
    ]);
  });

  it('are found, and those that lie within another left out, as by looking at each pair', () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), network, (blocks, wanted) => {
        const hit = overlapFinder(blocks, (block) => block)(wanted);
        expect(hit !== undefined).toBe(blocks.some((block) => overlaps(block, wanted)));
        if (hit) expect(overlaps(hit, wanted)).toBe(true);
        const pieces = disjoint(blocks);
        expect(piecesFinder(pieces)(wanted)).toEqual(pieces.filter((piece) => overlaps(piece, wanted)));
        const kept = outermost(blocks, (block) => block);
        for (const block of blocks) expect(kept.some((one) => one.from <= block.from && block.to <= one.to)).toBe(true);
        for (const [i, one] of kept.entries())
          expect(kept.some((other, j) => i !== j && other.from <= one.from && one.to <= other.to)).toBe(false);
      }),
    );
  });
});

describe('a range in text', () => {
  it.each([
    '203.0.113.7',
    '203.0.113.0/24',
    '203.0.113.3-203.0.113.9',
    '2001:db8::/48',
    '2001:db8::3-2001:db8::5',
  ])('%s is spelled as it is read', (text) => {
    const range = rangeFrom(text);
    expect(range && rangeText(range)).toBe(text);
  });

  it('is nothing but addresses, whatever is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const range = rangeFrom(text);
        if (range) expect(rangeText(range)).toMatch(/^[0-9a-f.:/-]+$/);
      }),
    );
    for (const text of [
      '1.2.3.4; drop',
      '1.2.3.4 }\nflush ruleset',
      '$(id)',
      '010.1.1.1',
      '1.2.3',
      '::1/129',
      '1.2.3.4/33',
    ])
      expect(rangeFrom(text), text).toBeUndefined();
  });
});

describe('what nft prints', () => {
  const printed = {
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { table: { family: 'inet', name: 'seawall' } },
      {
        set: {
          name: 'blocked4',
          elem: [
            {
              elem: {
                val: { range: ['203.0.113.0', '203.0.113.6'] },
                timeout: 3600,
                expires: 3599,
                counter: { packets: 3, bytes: 9 },
              },
            },
            { elem: { val: '203.0.113.7', timeout: 7200, expires: 7199 } },
            { elem: { val: { prefix: { addr: '198.51.100.0', len: 24 } }, timeout: 60 } },
            '192.0.2.9',
          ],
        },
      },
      { set: { name: 'blocked6' } },
      { set: { name: 'counted4', elem: ['192.0.2.10'] } },
      { chain: { name: 'early' } },
      { chain: { name: 'late' } },
      { rule: { chain: 'early', expr: [{ counter: { packets: 7, bytes: 1 } }, { drop: null }] } },
    ],
  };

  it('is read, with the time that is left and what was dropped', () => {
    const held = heldIn(JSON.stringify(printed), NOW);
    expect(held.pieces.map((piece) => [rangeText(piece), piece.until - NOW, piece.packets])).toEqual([
      ['203.0.113.0-203.0.113.6', 3_599_000, 3],
      ['203.0.113.7', 7_199_000, undefined],
      ['198.51.100.0/24', 60_000, undefined],
      ['192.0.2.9', Number.POSITIVE_INFINITY, undefined],
    ]);
    expect(held.dropped).toBe(7);
    expect(held.others).toBe(true);
    expect(held.whole).toBe(false);
    expect(held.empty).toBe(false);
  });

  it('may be any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(heldIn(text, NOW).pieces).toBeInstanceOf(Array);
      }),
    );
    expect(() => heldIn('no JSON', NOW)).toThrow(/no JSON/);
  });
});

describe('the wish in the firewall', () => {
  const nftHost = () => {
    const nft = fakeNft();
    return {
      nft,
      host: fakeHost({ program: (argv, stdin) => (argv[0] === 'nft' ? nft.run(argv, stdin) : undefined) }),
    };
  };

  it('is brought about, changed and taken out again, and nothing stays', async () => {
    const { nft, host } = nftHost();
    const bans = [
      { target: '203.0.113.7', until: NOW + HOUR },
      { target: '2001:db8::/48', until: NOW + HOUR },
    ];
    expect(await bringFirewallTo(bans, host)).toBe(true);
    expect(nft.sets.get('blocked6')?.has('2001:db8::/48')).toBe(true);
    expect(await bringFirewallTo(bans, host)).toBe(false);
    expect(await bringFirewallTo(bans.slice(1), host)).toBe(true);
    expect(nft.sets.get('blocked4')?.size).toBe(0);
    expect(await bringFirewallTo([], host)).toBe(true);
    expect(nft.picture()).toBe('[false,[],[]]');
  });

  it('does without counters of each element where nft does not know them', async () => {
    const { nft } = nftHost();
    const old = fakeHost({
      program: (argv, stdin) =>
        argv[0] === 'nft' && stdin?.includes('counter; }')
          ? { code: 1, stderr: 'Error: syntax error, unexpected counter' }
          : argv[0] === 'nft'
            ? nft.run(argv, stdin)
            : undefined,
    });
    await bringFirewallTo([{ target: '203.0.113.7', until: NOW + HOUR }], old);
    expect(nft.sets.get('blocked4')?.has('203.0.113.7')).toBe(true);
  });

  it("leaves other remedies' rules in the table", async () => {
    const { nft, host } = nftHost();
    nft.run(['nft', '-f', '-'], 'add table inet seawall\nadd chain inet seawall door { x }\n');
    await bringFirewallTo([{ target: '203.0.113.7', until: NOW + HOUR }], host);
    await bringFirewallTo([], host);
    expect([...nft.chains.keys()]).toEqual(['door']);
  });

  it('tells what was blocked by hand', async () => {
    const { nft, host } = nftHost();
    await bringFirewallTo([{ target: '203.0.113.7', until: NOW + HOUR }], host);
    nft.run(['nft', '-f', '-'], 'add element inet seawall blocked4 { 198.51.100.9 timeout 60s }\n');
    nft.run(['nft', '-f', '-'], 'add element inet seawall blocked4 { 198.51.100.17-198.51.100.19 timeout 60s }\n');
    const { held } = await readFirewall(host);
    expect(strangers(held, [{ target: '203.0.113.0/24', until: NOW + HOUR }], NOW)).toEqual([
      { target: '198.51.100.9', until: NOW + 60_000 },
      { target: '198.51.100.17', until: NOW + 60_000 },
      { target: '198.51.100.18/31', until: NOW + 60_000 },
    ]);
  });

  it('needs a firewall: without one it is said what to install', async () => {
    const bare = fakeHost();
    await expect(bringFirewallTo([{ target: '203.0.113.7', until: NOW + HOUR }], bare)).rejects.toThrow(
      /no firewall to block in.*apt-get install nftables/,
    );
    expect(await bringFirewallTo([], bare)).toBe(false);
  });

  it('that may not be written says that it needs root', async () => {
    const refused = { code: 1, stderr: 'Error: Operation not permitted (you must be root)' };
    await expect(readFirewall(fakeHost({ program: () => refused }))).rejects.toThrow(/It needs root.*NET_ADMIN/);
  });

  it('is put into sets of ipset where there is no nft', async () => {
    const ran: string[] = [];
    let script = '';
    const host = fakeHost({
      program(argv, stdin) {
        if (argv[0] === 'nft') return undefined;
        ran.push(argv.join(' '));
        if (stdin) script = stdin;
        if (argv.includes('save')) return { code: 1, stderr: 'The set with the given name does not exist' };
        if (argv.includes('-C')) return { code: 1 };
        return '';
      },
    });
    await bringFirewallTo([{ target: '203.0.113.7', until: NOW + HOUR }], host);
    expect(ran).toContain('iptables -w 5 -t raw -I PREROUTING ! -i lo -m set --match-set seawall4 src -j DROP');
    expect(ran).toContain(
      'ip6tables -w 5 -t filter -I OUTPUT -p tcp -m set --match-set seawall6 dst -j REJECT --reject-with tcp-reset',
    );
    expect(script).toContain('create seawall6 hash:net family inet6');
  });
});

describe('what ipset saves', () => {
  it('is read, with the time that is left and what was dropped', () => {
    const text = [
      'create seawall4 hash:net family inet hashsize 1024 maxelem 1000000 timeout 0 counters',
      'add seawall4 203.0.113.0/24 timeout 3591 packets 4 bytes 240',
      'add seawall4 nonsense timeout 1',
    ].join('\n');
    expect(savedPieces(text, NOW).map((piece) => [rangeText(piece), piece.until - NOW, piece.packets])).toEqual([
      ['203.0.113.0/24', 3_591_000, 4],
    ]);
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(savedPieces(any, NOW)).toBeInstanceOf(Array);
      }),
    );
  });
});

describe('open connections', () => {
  it('of a blocked source are found, also by IPv6 and through a socket for both families', () => {
    const line = (peer: string, state: string): string =>
      `   0: 0100007F:1F90 ${peer}:C001 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0`;
    const host = fakeHost({
      files: {
        '/proc/net/tcp': ['header', line('077100CB', '01'), line('077100CB', '06'), line('0100007F', '01')].join('\n'),
        '/proc/net/tcp6': [
          'header',
          line('0000000000000000FFFF0000077100CB', '01'),
          line('B80D0120000000000000000007000000', '08'),
          'garbage',
        ].join('\n'),
      },
    });
    expect(openFrom(host, ['203.0.113.0/24', '2001:db8::/64'])).toEqual({
      peers: ['203.0.113.7', '2001:db8::7'],
      connections: 3,
    });
    expect(openFrom(host, ['192.0.2.0/24'])).toEqual({ peers: [], connections: 0 });
    expect(addressFromHex('xyz')).toBeUndefined();
  });

  it('are cut by argument lists, so many at a time', () => {
    expect(cutCommands(['203.0.113.7', '2001:db8::7'])).toEqual([
      ['ss', '-K', '-H', '-t', '-n', 'dst', '203.0.113.7', 'or', 'dst', '[2001:db8::7]'],
    ]);
    expect(cutCommands(Array.from({ length: 120 }, (_, i) => `198.51.100.${i}`))).toHaveLength(3);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessEntry } from '../model/access-entry.ts';
import { clientResolver, provedProxies } from './client.ts';
import { entry } from './entries.fixture.ts';

const through = (client: string, forwarded?: string): AccessEntry =>
  entry({ client, ...(forwarded !== undefined && { forwarded }) });
const clientOf = (of: AccessEntry, trusted: readonly string[] = [], head: readonly AccessEntry[] = []): string =>
  clientResolver(provedProxies(head), trusted).clientOf(of);

describe('whose request it is', () => {
  it('is the peer, in one spelling', () => {
    expect(clientOf(through('203.0.113.66'))).toBe('203.0.113.66');
    expect(clientOf(through('2001:DB8:0:0::1'))).toBe('2001:db8::1');
    expect(clientOf(through('::ffff:203.0.113.66'))).toBe('203.0.113.66');
    expect(clientOf(through('Crawler.Example.COM'))).toBe('crawler.example.com');
  });

  it('is the peer, whatever it claims to forward: anyone can send the header', () => {
    expect(clientOf(through('203.0.113.66', '8.8.8.8'))).toBe('203.0.113.66');
    expect(clientOf(through('203.0.113.66', '127.0.0.1, 10.0.0.1'))).toBe('203.0.113.66');
  });

  it.each([
    ['configured', '203.0.113.1', ['203.0.113.0/24']],
    ['on our own side', '10.0.0.5', []],
    ['of a published network', '172.68.10.1', []],
    ['of a published network, IPv6', '2400:cb00::1', []],
  ] as const)('is the address that a proxy forwards which is %s', (_, proxy, trusted) => {
    expect(clientOf(through(proxy, '198.51.100.7'), trusted)).toBe('198.51.100.7');
  });

  it('is the last stranger of the list: what stands before was claimed by it', () => {
    const proxies = ['203.0.113.0/24'];
    expect(clientOf(through('203.0.113.1', '8.8.8.8, 198.51.100.7'), proxies)).toBe('198.51.100.7');
    expect(clientOf(through('203.0.113.1', '8.8.8.8, 198.51.100.7, 203.0.113.2, 10.0.0.1'), proxies)).toBe(
      '198.51.100.7',
    );
    expect(clientOf(through('10.0.0.1', '192.168.0.9'))).toBe('192.168.0.9');
  });

  it('is read with a port, and stays the proxy when nothing readable is forwarded', () => {
    expect(clientOf(through('10.0.0.1', '198.51.100.7:40122'))).toBe('198.51.100.7');
    for (const nonsense of ['', 'unknown', '<script>', '999.1.1.1', '010.1.1.1', ', ,'])
      expect(clientOf(through('10.0.0.1', nonsense))).toBe('10.0.0.1');
    expect(clientOf(through('10.0.0.1', '8.8.8.8, <script>'))).toBe('10.0.0.1');
  });

  it('is proved by the log when nearly all come through one peer, from many', () => {
    const head = Array.from({ length: 60 }, (_, i) => through('203.0.113.1', `198.51.100.${i}`));
    expect(clientOf(through('203.0.113.1', '198.51.100.7'), [], head)).toBe('198.51.100.7');
    // Another peer is still nobody.
    expect(clientOf(through('203.0.113.66', '198.51.100.7'), [], head)).toBe('203.0.113.66');
  });

  it('is not proved by one attacker who makes the header up while others come directly', () => {
    const head = Array.from({ length: 100 }, (_, i) =>
      i % 2 === 0 ? through('203.0.113.66', `198.51.100.${i}`) : through(`192.0.2.${i}`),
    );
    expect(clientOf(through('203.0.113.66', '198.51.100.7'), [], head)).toBe('203.0.113.66');
    const few = Array.from({ length: 20 }, (_, i) => through('203.0.113.66', `198.51.100.${i}`));
    expect(clientOf(through('203.0.113.66', '198.51.100.7'), [], few)).toBe('203.0.113.66');
  });

  it('and who was believed, and who hides others, is said', () => {
    const resolver = clientResolver([], ['203.0.113.1']);
    for (let i = 0; i < 3; i++) resolver.clientOf(through('203.0.113.1', `198.51.100.${i}`));
    resolver.clientOf(through('172.68.10.1'));
    resolver.clientOf(through('127.0.0.1'));
    expect(resolver.believed()).toEqual([
      { address: '203.0.113.1', requests: 3, why: 'configured with --trusted-proxy' },
    ]);
    expect(resolver.hiding()).toEqual([
      { address: '172.68.10.1', requests: 1, why: "in Cloudflare's published networks" },
    ]);
  });

  it('is found whatever is sent, and stays bounded', () => {
    const resolver = clientResolver([], []);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        (client, forwarded) => {
          expect(typeof resolver.clientOf(through(client, forwarded))).toBe('string');
        },
      ),
    );
    for (let i = 0; i < 5_000; i++) resolver.clientOf(through(`10.1.${i >> 8}.${i & 255}`, '198.51.100.7'));
    expect(resolver.believed().length).toBeLessThanOrEqual(1000);
    const begin = performance.now();
    resolver.clientOf(through('10.0.0.1', '10.0.0.2, '.repeat(100_000)));
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

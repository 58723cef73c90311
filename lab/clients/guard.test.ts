import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NETWORKS, SERVER, THIRD } from '../addresses.ts';
import { checkPlace, checkSource, checkTarget } from './guard.ts';

const here = readlinkSync('/proc/self/ns/net');

describe('a client of the lab', () => {
  it('sends nothing from the namespace of the machine', () => {
    expect(() => checkPlace({ namespace: here, machine: here })).toThrow('Nothing was sent');
  });

  it('sends nothing from another namespace than that which was made for it', () => {
    expect(() => checkPlace({ namespace: 'net:[1]', machine: 'net:[2]' })).toThrow('Nothing was sent');
    expect(() => checkPlace({ namespace: here, machine: 'net:[2]' })).not.toThrow();
  });

  it.each([
    '127.0.0.1',
    '::1',
    '192.0.2.1',
    '192.0.2.11',
    THIRD.silent,
    '2001:db8:1::1',
    'www.example.org',
    '',
    '010.0.0.1',
  ])('sends nothing to %s', (target) => {
    expect(() => checkTarget(target)).toThrow('Nothing was sent');
  });

  it("sends to the lab's server", () => {
    for (const target of [SERVER.ipv4, SERVER.ipv6]) expect(() => checkTarget(target)).not.toThrow();
  });

  it("sends from the lab's networks alone", () => {
    for (const source of ['203.0.113.66', '198.51.100.7', '198.18.200.1', '2001:db8:bad::1', '2001:db8:cafe::1']) {
      expect(() => checkSource(source)).not.toThrow();
    }
    for (const source of ['127.0.0.1', '10.0.0.1', SERVER.gateway4, NETWORKS.third[0] ?? '', '', '2001:db8::1']) {
      expect(() => checkSource(source)).toThrow('Nothing was sent');
    }
  });
});

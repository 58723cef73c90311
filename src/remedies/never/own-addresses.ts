// The host's own addresses, its gateways and the servers that it asks for names: from /proc, without a program.
import { canonicalAddress } from '../../model/address.ts';
import type { HostReader } from '../../model/host.ts';
import { addressFromHex } from '../firewall/connections.ts';
import type { Never } from './reason.ts';

const TABLE_MAX = 16 << 20;

export function ownAddresses(host: HostReader): Never[] {
  const four = localIn(host.readText('/proc/net/fib_trie', TABLE_MAX) ?? '');
  const six = (host.readText('/proc/net/if_inet6', TABLE_MAX) ?? '').split('\n').flatMap((line) => {
    const address = spelled6(line.slice(0, 32));
    return address === undefined ? [] : [address];
  });
  return [...new Set([...four, ...six])].map((target) => ({
    target,
    why: "the host's own address",
    instead: 'Look at who is behind it: a proxy or a script on this host.',
  }));
}

/** Leaves of the kernel's routing trie: "|-- 192.0.2.10" with "/32 host LOCAL" below it. */
function localIn(trie: string): string[] {
  const found: string[] = [];
  let leaf: string | undefined;
  for (const line of trie.split('\n')) {
    const address = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (address !== undefined) leaf = address;
    else if (leaf !== undefined && line.includes('/32 host LOCAL')) found.push(leaf);
  }
  return found;
}

/** Whatever leads to the rest of the world (route flag RTF_GATEWAY, 2). */
export function gateways(host: HostReader): Never[] {
  const four = (host.readText('/proc/net/route', TABLE_MAX) ?? '').split('\n').flatMap((line) => {
    const [, , gateway = '', flags = ''] = line.split('\t');
    const address = (Number.parseInt(flags, 16) & 2) === 2 ? addressFromHex(gateway) : undefined;
    return address === undefined ? [] : [address];
  });
  const six = (host.readText('/proc/net/ipv6_route', TABLE_MAX) ?? '').split('\n').flatMap((line) => {
    const [, , , , hop = ''] = line.split(/\s+/);
    const address = /^0*$/.test(hop) ? undefined : spelled6(hop);
    return address === undefined ? [] : [address];
  });
  return [...new Set([...four, ...six])].map((target) => ({
    target,
    why: 'a gateway of this host: it would be cut off from the network',
    instead: 'Block the address behind it.',
  }));
}

/** resolv.conf(5) */
export function resolvers(host: HostReader): Never[] {
  const text = host.readText('/etc/resolv.conf') ?? '';
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].flatMap(([, name = '']) => {
    const target = canonicalAddress(name);
    return target === undefined
      ? []
      : [{ target, why: 'a name server that this host asks', instead: 'Take another one in /etc/resolv.conf first.' }];
  });
}

/** 32 digits in network order, as in if_inet6 and ipv6_route. */
function spelled6(hex: string): string | undefined {
  return /^[0-9a-f]{32}$/i.test(hex) ? canonicalAddress((hex.match(/.{4}/g) ?? []).join(':')) : undefined;
}

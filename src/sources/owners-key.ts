// What an address is looked up by among the owners of networks. Only what is routed on the Internet has an owner.
// There may be thousands, while the host hardly answers: so the usual spelling is read here, without detours.
import { canonicalAddress } from '../model/address.ts';

export interface Key {
  readonly family: 'ipv4' | 'ipv6';
  /** All of an IPv4 address, the first 32 bits of an IPv6 address. */
  readonly high: number;
  /** The next 32 bits of an IPv6 address; the other half doesn't count. */
  readonly low: number;
}

// As registered by IANA: iana-ipv4-special-registry and iana-ipv6-special-registry, read 2026-11.
interface Network {
  /** Upper 32 bits of its addresses. */
  readonly prefix: number;
  readonly bits: number;
}

const NOT_ROUTED_IPV4: readonly Network[] = [
  { prefix: 0x00000000, bits: 8 }, // 0.0.0.0/8, this network
  { prefix: 0x0a000000, bits: 8 }, // 10.0.0.0/8, private (RFC 1918)
  { prefix: 0x64400000, bits: 10 }, // 100.64.0.0/10, shared by a provider's customers (RFC 6598)
  { prefix: 0x7f000000, bits: 8 }, // 127.0.0.0/8, loopback
  { prefix: 0xa9fe0000, bits: 16 }, // 169.254.0.0/16, link-local
  { prefix: 0xac100000, bits: 12 }, // 172.16.0.0/12, private (RFC 1918)
  { prefix: 0xc0000000, bits: 24 }, // 192.0.0.0/24, protocols
  { prefix: 0xc0000200, bits: 24 }, // 192.0.2.0/24, documentation (RFC 5737)
  { prefix: 0xc0586300, bits: 24 }, // 192.88.99.0/24, 6to4 relays: whoever sent it, it is not the relay
  { prefix: 0xc0a80000, bits: 16 }, // 192.168.0.0/16, private (RFC 1918)
  { prefix: 0xc6120000, bits: 15 }, // 198.18.0.0/15, benchmarks (RFC 2544)
  { prefix: 0xc6336400, bits: 24 }, // 198.51.100.0/24, documentation (RFC 5737)
  { prefix: 0xcb007100, bits: 24 }, // 203.0.113.0/24, documentation (RFC 5737)
  { prefix: 0xe0000000, bits: 3 }, // 224.0.0.0/3, multicast and reserved
];

/** All outside of 2000::/3 is not routed anyway. */
const NOT_ROUTED_IPV6: readonly Network[] = [
  { prefix: 0x20010000, bits: 23 }, // 2001::/23, protocols, among them Teredo and benchmarks
  { prefix: 0x20010db8, bits: 32 }, // 2001:db8::/32, documentation (RFC 3849)
  { prefix: 0x20020000, bits: 16 }, // 2002::/16, 6to4: the owner is that of the IPv4 address within
  { prefix: 0x3fff0000, bits: 20 }, // 3fff::/20, documentation (RFC 9637)
];

const GLOBAL_IPV6: Network = { prefix: 0x20000000, bits: 3 };

/** `undefined` when it is no address, or private, local, reserved, for documentation or for benchmarks. */
export function keyOf(address: string): Key | undefined {
  const usual = keyOfIPv4(address) ?? keyOfIPv6(address);
  if (usual) return isRouted(usual) ? usual : undefined;
  const canonical = canonicalAddress(address);
  return canonical === undefined || canonical === address ? undefined : keyOf(canonical);
}

export function compareKeys(a: Key, b: Key): number {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1;
  return a.high - b.high || a.low - b.low;
}

function isRouted(key: Key): boolean {
  if (key.family === 'ipv6' && !contains(GLOBAL_IPV6, key.high)) return false;
  for (const network of key.family === 'ipv4' ? NOT_ROUTED_IPV4 : NOT_ROUTED_IPV6)
    if (contains(network, key.high)) return false;
  return true;
}

function contains(network: Network, high: number): boolean {
  return (network.prefix ^ high) >>> (32 - network.bits) === 0;
}

/** Four decimal numbers, none with a zero in front. */
function keyOfIPv4(text: string): Key | undefined {
  let high = 0;
  let dots = 0;
  let octet = -1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else if (text[i] === '.' && octet >= 0 && dots < 3) {
      high = high * 256 + octet;
      dots++;
      octet = -1;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? { family: 'ipv4', high: high * 256 + octet, low: 0 } : undefined;
}

/** Eight hexadecimal groups, or fewer around one "::", and not an IPv4 address in disguise. */
function keyOfIPv6(text: string): Key | undefined {
  const [before = '', after, more] = text.split('::');
  const groups = before.split(':');
  if (after !== undefined) {
    const last = after === '' ? [] : after.split(':');
    if (groups.length + last.length > 7) return undefined;
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  if (more !== undefined || groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)))
    return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = groups.map((group) => Number.parseInt(group, 16));
  return a === 0 ? undefined : { family: 'ipv6', high: a * 0x10000 + b, low: c * 0x10000 + d };
}

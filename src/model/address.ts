// Addresses and networks in one canonical spelling, so that equal addresses are equal strings.
import ipaddr from 'ipaddr.js';

/** IPv4 prefix length and IPv6 prefix length that one customer line usually gets. */
const NETWORK_PREFIX = { ipv4: 24, ipv6: 64 } as const;

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (text.includes(':')) {
    const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    const zone = bare.indexOf('%');
    const plain = zone < 0 ? bare : bare.slice(0, zone);
    if (!ipaddr.IPv6.isValid(plain)) return undefined;
    const address = ipaddr.IPv6.parse(plain);
    return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
  }
  // isValid('010.1.1.1') is true and reads it as octal: only the four-part decimal form is an address here.
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : undefined;
}

/** RFC 5952 spelling; IPv4-mapped IPv6 becomes IPv4; `undefined` when it is no address. */
export function canonicalAddress(text: string): string | undefined {
  return parse(text)?.toString();
}

/** The network of an address as CIDR: /24 and /64, or the given prefix lengths. `undefined` when it is no address. */
export function networkOf(
  address: string,
  prefix: { ipv4: number; ipv6: number } = NETWORK_PREFIX,
): string | undefined {
  const parsed = parse(address);
  if (!parsed) return undefined;
  const bits = parsed.kind() === 'ipv4' ? prefix.ipv4 : prefix.ipv6;
  const bytes = parsed.toByteArray();
  for (let i = 0; i < bytes.length; i++) {
    const keep = Math.min(8, Math.max(0, bits - i * 8));
    bytes[i] = (bytes[i] ?? 0) & (0xff << (8 - keep)) & 0xff;
  }
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

/** Whether the address lies in the network (CIDR). False when either is unreadable. */
export function inNetwork(address: string, cidr: string): boolean {
  const parsed = parse(address);
  const slash = cidr.indexOf('/');
  const base = parse(slash < 0 ? cidr : cidr.slice(0, slash));
  if (!parsed || !base || parsed.kind() !== base.kind()) return false;
  const whole = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = slash < 0 ? whole : Number(cidr.slice(slash + 1));
  return Number.isInteger(bits) && bits >= 0 && bits <= whole && matches(parsed, base, bits);
}

function matches(a: ipaddr.IPv4 | ipaddr.IPv6, b: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  const left = a.toByteArray();
  const right = b.toByteArray();
  for (let i = 0; i * 8 < bits; i++) {
    const keep = Math.min(8, bits - i * 8);
    const mask = (0xff << (8 - keep)) & 0xff;
    if (((left[i] ?? 0) & mask) !== ((right[i] ?? 0) & mask)) return false;
  }
  return true;
}

/**
 * Looks up addresses in many networks (CIDR), which are read only once: the value of the first one that the address lies in.
 * `undefined` when it lies in none or is unreadable; an unreadable network holds nothing.
 */
export function networkLookup<T>(
  networks: readonly (readonly [cidr: string, value: T])[],
): (address: string) => T | undefined {
  const known = networks.flatMap(([cidr, value]) => {
    const slash = cidr.indexOf('/');
    const base = parse(cidr.slice(0, slash));
    const bits = Number(cidr.slice(slash + 1));
    return base && slash > 0 && bits <= base.toByteArray().length * 8 ? [{ base, bits, value }] : [];
  });
  const v4 = known
    .filter(({ base }) => base.kind() === 'ipv4')
    .map(({ base, bits, value }) => {
      const mask = bits === 0 ? 0 : -1 << (32 - bits);
      return { mask, masked: asInteger(base.toByteArray()) & mask, value };
    });
  const v6 = known.filter(({ base }) => base.kind() === 'ipv6');
  return (address) => {
    const parsed = parse(address);
    if (parsed?.kind() !== 'ipv4') return parsed && v6.find(({ base, bits }) => matches(parsed, base, bits))?.value;
    const integer = asInteger(parsed.toByteArray());
    return v4.find(({ mask, masked }) => (integer & mask) === masked)?.value;
  };
}

function asInteger(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => (sum << 8) | byte, 0);
}

/** The first 16 bits of an address. */
export interface AddressPrefix {
  readonly isIpv4: boolean;
  readonly bits: number;
}

/** The first 16 bits of all addresses of a network (CIDR) or of an address; none when it is unreadable. */
export function addressPrefixes(network: string): AddressPrefix[] {
  const slash = network.indexOf('/');
  const base = parse(slash < 0 ? network : network.slice(0, slash));
  const length = slash < 0 ? 128 : Number(network.slice(slash + 1));
  if (!base || !Number.isInteger(length) || length < 0) return [];
  const [high = 0, low = 0] = base.toByteArray();
  const first = (high << 8) | low;
  const count = length >= 16 ? 1 : 1 << (16 - length);
  const isIpv4 = base.kind() === 'ipv4';
  return Array.from({ length: count }, (_, i) => ({ isIpv4, bits: (first & ~(count - 1)) | i }));
}

/** Where `isLocalAddress` holds. */
export const LOCAL_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];

/** Loopback, private (RFC 1918, RFC 4193), carrier-grade NAT or link-local: it can't be a stranger from the Internet. */
export function isLocalAddress(address: string): boolean {
  const range = parse(address)?.range();
  return (
    range === 'loopback' ||
    range === 'private' ||
    range === 'uniqueLocal' ||
    range === 'linkLocal' ||
    range === 'carrierGradeNat'
  );
}

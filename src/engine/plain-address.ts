// Addresses in the spelling in which servers log them, told apart and put into networks without taking them to pieces.
import { type AddressPrefix, canonicalAddress, networkOf } from '../model/address.ts';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);
/** All eight groups, none of them zero, in small letters: there is but one way to write such an address (RFC 5952). */
const FULL_IPV6 = /^(?:[1-9a-f][0-9a-f]{0,3}:){7}[1-9a-f][0-9a-f]{0,3}$/;

/** The same as `canonicalAddress`, ten times as fast for the usual ones. */
export function quickCanonicalAddress(text: string): string | undefined {
  return IPV4.test(text) || FULL_IPV6.test(text) ? text : canonicalAddress(text);
}

/** The same as `networkOf` with its usual prefixes. `address` is canonical, or a host name. */
export function quickNetworkOf(address: string): string | undefined {
  if (IPV4.test(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  if (!FULL_IPV6.test(address)) return networkOf(address);
  let end = 0;
  for (let group = 0; group < 4; group++) end = address.indexOf(':', end) + 1;
  return `${address.slice(0, end)}:/64`;
}

/** The first 16 bits of an address in the usual spelling; `undefined` for host names and unusual ones. */
export function leadingBits(address: string): AddressPrefix | undefined {
  if (IPV4.test(address)) {
    const [first = '', second = ''] = address.split('.', 2);
    return { isIpv4: true, bits: (Number(first) << 8) | Number(second) };
  }
  return FULL_IPV6.test(address)
    ? { isIpv4: false, bits: Number.parseInt(address.slice(0, address.indexOf(':')), 16) }
    : undefined;
}

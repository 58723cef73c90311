// Maps addresses consistently to ranges kept for documentation and tests, network by network, so that a recording can be shown.
import { canonicalAddress, isLocalAddress } from '../../model/address.ts';
import { frontProxyOwner } from '../../model/known-networks.ts';

/** As in a version number or a longer row of digits it is none: `Chrome/120.0.0.0`, `1.2.3.4.5`. */
const IPV4 = /(?<![\d.]|[A-Za-z]\/)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\.?\d)/g;
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{1,4}:|:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\w:])/gi;
/** 198.18.0.0/15 (RFC 2544) has 512 networks of 256; after that 240.0.0.0/4, which nobody has. */
const FIRST_NETWORKS = 512;

export interface Anonymiser {
  address(address: string): string;
  /** All addresses in a text. */
  text(text: string): string;
}

/**
 * Addresses of one /24 (IPv6: /64) stay in one, so that networks that act together still show. `key`: any number, another
 * for each recording. This host's own side (private addresses) and known proxies stay: they are nobody's visitor.
 */
export function anonymiser(key: number): Anonymiser {
  const networks = new Map<string, string>();
  const networks6 = new Map<string, string>();
  const interfaces = new Map<string, string>();

  const mapped4 = (address: string): string => {
    const [a, b, c, d] = address.split('.');
    const network = `${a}.${b}.${c}`;
    let to = networks.get(network);
    if (to === undefined) {
      const n = networks.size;
      const beyond = n - FIRST_NETWORKS;
      to =
        n < FIRST_NETWORKS
          ? `198.${18 + (n >> 8)}.${n & 255}`
          : `${240 + ((beyond >> 16) & 7)}.${(beyond >> 8) & 255}.${beyond & 255}`;
      networks.set(network, to);
    }
    return `${to}.${(Number(d) ^ key) & 255}`;
  };
  const mapped6 = (address: string): string => {
    const groups = expanded(address);
    const network = groups.slice(0, 4).join(':');
    const rest = groups.slice(4).join(':');
    const to = known(networks6, network, (n) => `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}`);
    const host = known(
      interfaces,
      `${network} ${rest}`,
      (n) => `${((n + 1) >> 16).toString(16)}:${((n + 1) & 0xffff).toString(16)}`,
    );
    return canonicalAddress(`${to}:0:0:${host}`) ?? '2001:db8::';
  };
  const address = (given: string): string => {
    const canonical = canonicalAddress(given);
    if (canonical === undefined || isLocalAddress(canonical) || frontProxyOwner(canonical) !== undefined) return given;
    if (canonical === '0.0.0.0' || canonical === '::' || canonical.startsWith('255.')) return given;
    return canonical.includes(':') ? mapped6(canonical) : mapped4(canonical);
  };
  return {
    address,
    text: (text) => text.replace(IPV4, address).replace(IPV6, (found) => (isAddress6(found) ? address(found) : found)),
  };
}

/** Times of day look like one at first: "10:04:42". */
function isAddress6(text: string): boolean {
  return canonicalAddress(text) !== undefined;
}

function expanded(address: string): string[] {
  const [front = '', back] = address.split('::');
  const head = front === '' ? [] : front.split(':');
  const tail = back === undefined || back === '' ? [] : back.split(':');
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
}

function known(map: Map<string, string>, key: string, make: (n: number) => string): string {
  const found = map.get(key) ?? make(map.size);
  map.set(key, found);
  return found;
}

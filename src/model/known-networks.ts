// Networks whose owners publish them: proxies that stand in front of sites, and crawlers that can be believed by their address.
// As published by their owners, read 2026-11: cloudflare.com/ips, api.fastly.com/public-ip-list, docs.sucuri.net,
// developers.google.com/search/apis/ipranges/googlebot.json, bing.com/toolbox/bingbot.json, support.apple.com (Applebot).
import { inNetwork, networkLookup } from './address.ts';

interface KnownNetwork {
  readonly owner: string;
  readonly cidrs: readonly string[];
}

const FRONT_PROXIES: readonly KnownNetwork[] = [
  {
    owner: 'Cloudflare',
    cidrs: [
      '173.245.48.0/20',
      '103.21.244.0/22',
      '103.22.200.0/22',
      '103.31.4.0/22',
      '141.101.64.0/18',
      '108.162.192.0/18',
      '190.93.240.0/20',
      '188.114.96.0/20',
      '197.234.240.0/22',
      '198.41.128.0/17',
      '162.158.0.0/15',
      '104.16.0.0/13',
      '104.24.0.0/14',
      '172.64.0.0/13',
      '131.0.72.0/22',
      '2400:cb00::/32',
      '2606:4700::/32',
      '2803:f800::/32',
      '2405:b500::/32',
      '2405:8100::/32',
      '2a06:98c0::/29',
      '2c0f:f248::/32',
    ],
  },
  {
    owner: 'Fastly',
    cidrs: [
      '23.235.32.0/20',
      '43.249.72.0/22',
      '103.244.50.0/24',
      '103.245.222.0/23',
      '103.245.224.0/24',
      '104.156.80.0/20',
      '140.248.64.0/18',
      '140.248.128.0/17',
      '146.75.0.0/17',
      '151.101.0.0/16',
      '157.52.64.0/18',
      '167.82.0.0/17',
      '172.111.64.0/18',
      '185.31.16.0/22',
      '199.27.72.0/21',
      '199.232.0.0/16',
      '2a04:4e40::/32',
      '2a04:4e42::/32',
    ],
  },
  { owner: 'Sucuri', cidrs: ['192.88.134.0/23', '185.93.228.0/22', '66.248.200.0/22', '2a02:fe80::/29'] },
];

const CRAWLERS: readonly (KnownNetwork & { readonly agent: RegExp })[] = [
  { owner: 'Google', agent: /Google/i, cidrs: ['66.249.64.0/19', '2001:4860:4801::/48'] },
  {
    owner: 'Microsoft Bing',
    agent: /bingbot|msnbot|BingPreview/i,
    cidrs: [
      '157.55.39.0/24',
      '207.46.13.0/24',
      '40.77.167.0/24',
      '40.77.188.0/22',
      '40.77.202.0/24',
      '13.66.139.0/24',
      '13.66.144.0/24',
      '52.167.144.0/24',
      '65.55.210.0/24',
      '199.30.24.0/23',
    ],
  },
  { owner: 'Apple', agent: /Applebot/i, cidrs: ['17.0.0.0/8'] },
];

const ownerOf = networkLookup(FRONT_PROXIES.flatMap(({ owner, cidrs }) => cidrs.map((cidr) => [cidr, owner] as const)));

/** All networks (CIDR) that `frontProxyOwner` knows. */
export function frontProxyNetworks(): readonly string[] {
  return FRONT_PROXIES.flatMap(({ cidrs }) => cidrs);
}

/** Networks (CIDR) of search engines and the like, each with its owner. */
export function crawlerNetworks(): readonly (readonly [cidr: string, owner: string])[] {
  return CRAWLERS.flatMap(({ owner, cidrs }) => cidrs.map((cidr) => [cidr, owner] as const));
}

/** Networks (CIDR) of proxies that stand in front of sites, each with its owner. */
export function proxyNetworks(): readonly (readonly [cidr: string, owner: string])[] {
  return FRONT_PROXIES.flatMap(({ owner, cidrs }) => cidrs.map((cidr) => [cidr, owner] as const));
}

/** The owner of the proxy network that the address belongs to. */
export function frontProxyOwner(address: string): string | undefined {
  return ownerOf(address);
}

/** The owner of the crawler that the address proves: it lies in the published range, and its user agent says so. */
export function provenCrawler(address: string, agent: string): string | undefined {
  return CRAWLERS.find((known) => known.agent.test(agent) && known.cidrs.some((cidr) => inNetwork(address, cidr)))
    ?.owner;
}

/** Whether the owner of the crawler that the user agent names publishes its networks. */
export function isProvableByAddress(agent: string): boolean {
  return CRAWLERS.some((known) => known.agent.test(agent));
}

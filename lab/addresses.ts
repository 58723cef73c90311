// The addresses of the lab: all from ranges that are kept for documentation and belong to nobody.

/** A part of the lab with a network namespace of its own. `street` is what the server knows as the internet: its gateway. */
export type Party = 'street' | 'server' | 'attackers' | 'visitors' | 'third';

export const SERVER = {
  /** The site's name, also in the server's own /etc/hosts. */
  site: 'www.example.org',
  hostname: 'web1',
  ipv4: '192.0.2.10',
  ipv6: '2001:db8:1::10',
  gateway4: '192.0.2.1',
  gateway6: '2001:db8:1::1',
} as const;

/** Whoever stands behind the street owns every address of these networks. */
export const NETWORKS: Readonly<Record<Exclude<Party, 'street'>, readonly string[]>> = {
  server: ['192.0.2.0/25', '2001:db8:1::/64'],
  attackers: ['203.0.113.0/24', '2001:db8:bad::/48'],
  visitors: ['198.51.100.0/24', '198.18.0.0/16', '2001:db8:cafe::/48'],
  third: ['192.0.2.128/25', '2001:db8:3::/64'],
};

/** Hosts elsewhere, that the server may be made to call. */
export const THIRD = {
  /** Swallows every packet: whoever calls it waits. */
  silent: '192.0.2.200',
  /** Is there, and refuses every connection at once. */
  refusing: '192.0.2.201',
} as const;

/** The site's administrator: known, because clients log in and guess. Good for nothing anywhere else. */
export const ADMIN = { user: 'admin', password: 'correct horse battery' } as const;

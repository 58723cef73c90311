// What a person asks of the traffic: which requests count, and by what they are counted.

export const DIMENSIONS = [
  'source',
  'network',
  'path',
  'endpoint',
  'agent',
  'referer',
  'host',
  'method',
  'status',
] as const;

/**
 * What requests can be counted by: the client's address, its /24 or /64, the path without query, method and path with the names of the
 * query's parameters, the user agent, the host of the page that led here, the virtual host, the method, the status.
 */
export type Dimension = (typeof DIMENSIONS)[number];

/** All that are given must hold; of each list one is enough. */
export interface TrafficFilter {
  /** Addresses or networks (CIDR) of clients. */
  readonly sources?: readonly string[];
  /** Paths without query, `*` for any run of characters: "/wp-login.php", "/shop/*". */
  readonly paths?: readonly string[];
  /** Both ends belong to it. */
  readonly statuses?: readonly { readonly from: number; readonly to: number }[];
  /** Pieces of user agents, case ignored; "" is for requests without one. */
  readonly agents?: readonly string[];
  readonly methods?: readonly string[];
  /** Virtual hosts, case ignored, `*` for any run of characters. */
  readonly hosts?: readonly string[];
}

export interface TrafficQuery {
  readonly filter?: TrafficFilter;
  /** Counted in `Traffic.groups`. */
  readonly by?: readonly [Dimension] | readonly [Dimension, Dimension];
}

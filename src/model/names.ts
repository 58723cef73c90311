// What of DNS is needed to prove who an address belongs to.

/** Both throw when there is no answer. */
export interface Names {
  reverse(address: string): Promise<string[]>;
  /** Addresses of a name, of either family. */
  addresses(name: string, family: 4 | 6): Promise<string[]>;
}

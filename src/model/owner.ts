// Who runs the network that an address lies in: the autonomous system that announces it.

export interface NetworkOwner {
  /** Number of the autonomous system. */
  readonly asn: number;
  /** As published: hostile text, but free of control characters. */
  readonly name: string;
  /** Where the address block is registered (ISO 3166-1, two letters). Not where the machine stands. */
  readonly country?: string;
}

/** The data that owners were looked up in. A report that shows owners shows this too: the licence asks for it. */
export interface OwnersFrom {
  /** Day of the data, YYYY-MM-DD. */
  readonly date: string;
  readonly attribution: string;
}

// Random numbers that are the same in every run, so that two runs of a benchmark read the same log.

export interface Random {
  /** From 0 up to, but without, 1. */
  next(): number;
  /** A whole number from 0 up to, but without, `below`. */
  below(below: number): number;
  /** One of the list; the earlier, the likelier, about as visitors choose pages (density falls with the square root). */
  favourite<T>(of: readonly [T, ...T[]]): T;
  /**
   * One of the list by Zipf's law: the second is half as likely as the first, the third a third. So are the pages and files of a web
   * server asked for: a tenth of them takes most requests (Arlitt, Williamson: "Web Server Workload Characterization", 1996).
   */
  popular<T>(of: readonly [T, ...T[]]): T;
  pick<T>(of: readonly [T, ...T[]]): T;
}

/** Mulberry32, by Tommy Ettinger (public domain). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    favourite: (of) => of[Math.floor(next() ** 3 * of.length)] ?? of[0],
    popular: (of) => of[Math.floor((of.length + 1) ** next()) - 1] ?? of[0],
    pick: (of) => of[below(of.length)] ?? of[0],
  };
}

// A bounded table of counters by key: the heavy hitters stay, the rest is folded, and how much was folded is known.
// Batched Misra-Gries: when the table has twice its capacity, the lightest half goes. A key that is absent
// was seen at most `errorBound` times; a key that is present lacks at most that many.

export interface Table<T> {
  capacity: number;
  /** Up to twice `capacity` of them, as long as entries are added. */
  entries: Map<string, T>;
  /** Weight that was folded away in all. */
  folded: number;
  /** Largest weight that one key may have lost. */
  errorBound: number;
  /** Another one whenever entries go; no two tables ever have the same. */
  version: number;
}

let versions = 0;

export function table<T>(capacity: number): Table<T> {
  return { capacity, entries: new Map(), folded: 0, errorBound: 0, version: ++versions };
}

/** The entry of `key`, made by `create` when it is new. Call `trim` from time to time, or right after. */
export function entryOf<T>(into: Table<T>, key: string, create: () => T, weight: (entry: T) => number): T {
  const known = into.entries.get(key);
  if (known !== undefined) return known;
  if (into.entries.size >= into.capacity * 2) trim(into, weight);
  const fresh = create();
  into.entries.set(key, fresh);
  return fresh;
}

/** Folds the lightest entries, of equal ones the oldest, until at most `capacity` are left. */
function trim<T>(into: Table<T>, weight: (entry: T) => number): void {
  const excess = into.entries.size - into.capacity;
  if (excess <= 0) return;
  const weights = new Float64Array(into.entries.size);
  let next = 0;
  for (const entry of into.entries.values()) weights[next++] = weight(entry);
  const sorted = weights.toSorted();
  const heaviestLost = sorted[excess - 1] ?? 0;
  // All that are lighter go, and as many of those that weigh just as much as are still too many.
  let equalsToLose = excess - sorted.indexOf(heaviestLost);
  next = 0;
  for (const key of into.entries.keys()) {
    const lost = weights[next++] ?? 0;
    if (lost > heaviestLost || (lost === heaviestLost && equalsToLose-- <= 0)) continue;
    into.entries.delete(key);
    into.folded += lost;
  }
  into.errorBound += heaviestLost;
  into.version = ++versions;
}

/** Gives the table a smaller capacity, and its entries a map that is no larger than they need. */
export function shrink<T>(into: Table<T>, capacity: number, weight: (entry: T) => number): void {
  into.capacity = capacity;
  trim(into, weight);
  into.entries = new Map(into.entries);
}

export interface MergeRules<T> {
  /** Must not share state with its argument, unless the other table is given up. */
  readonly copy: (entry: T) => T;
  readonly add: (into: T, other: T) => void;
  readonly weight: (entry: T) => number;
}

/** Adds all of `other` to `into`. */
export function mergeTable<T>(into: Table<T>, other: Table<T>, rules: MergeRules<T>): void {
  for (const [key, entry] of other.entries) {
    const known = into.entries.get(key);
    if (known === undefined) into.entries.set(key, rules.copy(entry));
    else rules.add(known, entry);
  }
  into.folded += other.folded;
  into.errorBound += other.errorBound;
  trim(into, rules.weight);
}

/** The heaviest entries first; equal ones by key, so that the order is stable. */
export function heaviest<T>(
  of: Table<T>,
  weight: (entry: T) => number,
  count = Number.POSITIVE_INFINITY,
): [string, T][] {
  const all = [...of.entries];
  all.sort((a, b) => weight(b[1]) - weight(a[1]) || (a[0] < b[0] ? -1 : 1));
  return all.slice(0, count);
}

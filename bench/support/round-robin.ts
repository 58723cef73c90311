// Runs several sides in turns, so that whatever else the machine does meets all of them alike.

export interface Side<T> {
  /** It sits out the rounds after these. */
  readonly rounds: number;
  run(): Promise<T>;
}

/** What each side's runs gave, in the order of the sides. */
export async function roundRobin<T>(sides: readonly Side<T>[]): Promise<T[][]> {
  const results = sides.map((): T[] => []);
  const most = Math.max(0, ...sides.map(({ rounds }) => rounds));
  for (let round = 0; round < most; round++) {
    for (const [i, side] of sides.entries()) {
      if (round < side.rounds) results[i]?.push(await side.run());
    }
  }
  return results;
}

// What a benchmark is: it runs both sides in one run, says its figures line by line, and returns them all.

/** Figures by name, with the unit in the name. */
export type Figures = Readonly<Record<string, number>>;

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(say: (line: string) => void): Promise<Figures>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

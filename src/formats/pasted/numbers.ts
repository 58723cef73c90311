// Figures as the procps and coreutils programs print them: with a unit behind, or a decimal comma.

const UNIT_KB: Readonly<Record<string, number>> = {
  B: 1 / 1024,
  K: 1,
  M: 1024,
  G: 1024 ** 2,
  T: 1024 ** 3,
  P: 1024 ** 4,
};

/** "1.2g", "8,7Mi", "0B", "512" -> kB; a figure without unit is taken times `plainKb`. `undefined` when it is none. */
export function sizeKb(text: string, plainKb: number): number | undefined {
  const match = /^(\d{1,18}(?:[.,]\d{1,6})?)(?:([BKMGTPbkmgtp])(?:i?B?)?)?$/.exec(text);
  if (!match) return undefined;
  const value = decimal(match[1] ?? '');
  const unit = match[2] === undefined ? plainKb : UNIT_KB[match[2].toUpperCase()];
  return value === undefined || unit === undefined ? undefined : Math.round(value * unit);
}

/** "0.45" or "0,45"; `undefined` when it is no number. */
export function decimal(text: string): number | undefined {
  return /^\d{1,18}(?:[.,]\d{1,9})?$/.test(text) ? Number(text.replace(',', '.')) : undefined;
}

export function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Words between blanks. */
export function words(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without what is undefined; `undefined` when nothing is left. */
export function known<T extends object>(values: T): Known<T> | undefined {
  const result: Known<T> = {};
  let some = false;
  for (const key in values) {
    const value = values[key];
    if (value === undefined) continue;
    result[key] = value as Exclude<T[typeof key], undefined>;
    some = true;
  }
  return some ? result : undefined;
}

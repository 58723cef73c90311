// Small tools that the message readers share: a table of rules, clipping, and leaving out what is not known.
import type { EventPayload } from '../../model/event.ts';

/** A line may be a gigabyte long; what a program says stands at its begin. */
export const MESSAGE_MAX = 8192;

/**
 * `hint` is a piece of text that every match holds: looking for it is many times cheaper than the pattern.
 * Patterns are anchored or have bounded repetitions, since whoever asks for a URL writes part of the line.
 */
export type Rule = readonly [hint: string, pattern: RegExp, read: (match: RegExpExecArray) => EventPayload | undefined];

/** What the first rule that fits says; a rule that declines (`undefined`) ends the search too. */
export function applyRules(rules: readonly Rule[], text: string): EventPayload | undefined {
  for (const [hint, pattern, read] of rules) {
    if (!text.includes(hint)) continue;
    const match = pattern.exec(text);
    if (match) return read(match);
  }
  return undefined;
}

export function clip(text: string, max: number): string {
  return text.length > max ? text.slice(0, max) : text;
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same object without the keys whose value is `undefined` or empty: an absent field is absent, never blank. */
export function known<T extends Record<string, string | number | undefined>>(fields: T): Known<T> {
  const kept: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') kept[key] = value;
  }
  return kept as Known<T>;
}

/** A number from digits that a pattern caught; `undefined` when it caught nothing. */
export function numberOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

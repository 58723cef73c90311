// Remembers what was worked out about texts that come again and again, in bounded memory.
import { ownText } from './own-text.ts';

export interface Recent<T> {
  /** What `make` says about the text; it is not asked again while the text keeps coming. It gets a copy that may be kept. */
  of(text: string): T;
}

/** Longer texts are not remembered: few such tables would fill the memory. */
const TEXT_MAX = 1024;

/**
 * Two generations: when the young one is full, it becomes the old one, and what was not asked for since is forgotten. That is nearly
 * as good as dropping the least recently used one, and costs nothing a look-up. Holds at most twice `capacity`.
 */
export function recent<T>(capacity: number, make: (text: string) => T): Recent<T> {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return {
    of(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      if (text.length > TEXT_MAX) return make(ownText(text));
      const key = ownText(text);
      const value = old.get(key) ?? make(key);
      if (young.size >= capacity) {
        old = young;
        young = new Map();
      }
      young.set(key, value);
      return value;
    },
  };
}

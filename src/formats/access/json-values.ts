// JSON log lines, also the ones that are not quite JSON, and the values of their fields.
import { clfTime, isoTime } from './line-time.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a line; `undefined` when there is none. A line that nginx wrote without `escape=json` is mended first. */
export function parseObject(line: string): JsonObject | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  return tryParse(text) ?? tryParse(mended(text));
}

function tryParse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A number field that has no value is `-` or nothing where JSON wants a number (`"upstream_response_time":-,`),
 * and nginx's usual escape `\xHH` is none in JSON.
 */
function mended(text: string): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    if (quote < 0) break;
    out += text.slice(at, quote).replace(/:\s*(?:-\s*)?(?=[,}])/g, ':null');
    let end = text.indexOf('"', quote + 1);
    while (end > 0 && text.charCodeAt(end - 1) === 0x5c && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end < 0) return text;
    out += text.slice(quote, end + 1).replace(/\\x([0-9A-Fa-f]{2})/g, '\\u00$1');
    at = end + 1;
  }
  return out + text.slice(at).replace(/:\s*(?:-\s*)?(?=[,}])/g, ':null');
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

/** The keys of an object and of the objects in it, three levels deep, each as the path to its value. At most 200. */
export function pathsOf(object: JsonObject): string[][] {
  const paths: string[][] = [];
  const walk = (value: JsonObject, path: string[]): void => {
    for (const [key, inner] of Object.entries(value)) {
      if (paths.length >= 200) return;
      const here = [...path, key];
      if (isObject(inner) && here.length < 4) walk(inner, here);
      else paths.push(here);
    }
  };
  walk(object, []);
  return paths;
}

/** The value at a path; an array gives its first element. */
export function valueAt(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return Array.isArray(value) ? value[0] : value;
}

/** Text of a string or number; `undefined` for `-`, empty and everything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
}

/**
 * Epoch milliseconds of seconds, milliseconds, microseconds or nanoseconds since 1970 (told apart by their size), ISO 8601,
 * or Common Log Format.
 */
export function momentOf(value: unknown): { readonly ms: number; readonly zoned: boolean } | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > 60) return undefined;
  if (/^\d{9,19}(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    const perMs = number < 1e11 ? 1e-3 : number < 1e14 ? 1 : number < 1e17 ? 1e3 : 1e6;
    return { ms: Math.floor(number / perMs + 1e-4), zoned: true };
  }
  const clf = clfTime(text.startsWith('[') ? text.slice(1, -1) : text);
  return clf === undefined ? isoTime(text) : { ms: clf, zoned: true };
}

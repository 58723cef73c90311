// What a bare number at the end of Apache's lines is: %D, %T, %I or %O, decided by what each of them can be, else unknown.
import type { AccessEntry, AccessFormat } from '../../model/access-entry.ts';
import type { FieldName } from './fields.ts';

interface NumberedEntry {
  readonly entry: AccessEntry;
  /** NaN for `-`. */
  readonly value: number;
}

interface IntegerVerdict {
  readonly field: FieldName;
  /** For people: "%D", or "?" when it can't be told. */
  readonly title: string;
  /** What the bytes before must be, when the column betrays it. */
  readonly mainBytes?: AccessFormat['bytes'];
  /** Adding the value to the stamps puts the lines in order. */
  readonly endsInOrder: boolean;
}

const UNKNOWN: IntegerVerdict = { field: 'skip', title: '?', endsInOrder: false };
/** Fewer lines than this prove nothing. */
const ROWS_MIN = 8;
/** Headers of a reply, in bytes, from the tersest to one with many cookies. */
const HEADER_MIN = 60;
const HEADER_MAX = 4000;

/**
 * - `%O` is a little larger than `%b`, by the size of the headers, whatever the size of the page;
 * - `%I` is never smaller than the request line, agent and referer that it holds, and equal requests are equal;
 * - `%D`, `%T` and `%{ms}T`: a request is logged at its end, so stamp plus duration rises from line to line where the stamps
 *   alone do not; otherwise microseconds reach sizes that nobody waits for in milliseconds, and whole seconds are mostly 0.
 */
export function judgeInteger(all: readonly NumberedEntry[]): IntegerVerdict {
  const rows = all.filter((row) => !Number.isNaN(row.value));
  if (rows.length < ROWS_MIN) return UNKNOWN;
  if (isSameAsBytes(rows)) return { ...UNKNOWN, title: 'bytes again' };
  if (isWire(rows)) return { field: 'skip', title: '%O', mainBytes: 'body', endsInOrder: false };
  if (isReceived(rows)) return { field: 'requestBytes', title: '%I', endsInOrder: false };
  return byOrder(rows) ?? bySize(rows) ?? UNKNOWN;
}

function share(rows: readonly NumberedEntry[], holds: (row: NumberedEntry) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(holds).length / rows.length;
}

function isSameAsBytes(rows: readonly NumberedEntry[]): boolean {
  return new Set(rows.map((row) => row.value)).size >= 4 && share(rows, (row) => row.value === row.entry.bytes) >= 0.95;
}

/** Of the pairs with equal keys that follow each other, how many have equal values; and how many pairs there are. */
function repeats(
  rows: readonly NumberedEntry[],
  key: (entry: AccessEntry) => string,
): { pairs: number; equal: number } {
  const last = new Map<string, number>();
  let pairs = 0;
  let equal = 0;
  for (const { entry, value } of rows) {
    const name = key(entry);
    const before = last.get(name);
    if (before !== undefined) {
      pairs++;
      if (before === value) equal++;
    }
    last.set(name, value);
  }
  return { pairs, equal };
}

function isWire(rows: readonly NumberedEntry[]): boolean {
  // HTTP/0.9 has no headers; a request that was cut off has no full reply.
  const whole = rows.filter(({ entry }) => entry.protocol !== '' && entry.status >= 200);
  const bytes = ({ entry }: NumberedEntry): number => entry.bytes ?? 0;
  const fits = share(whole, (row) => {
    const headers = row.value - bytes(row);
    return headers >= HEADER_MIN && headers <= HEADER_MAX + bytes(row) * 0.05;
  });
  if (whole.length < ROWS_MIN || fits < 0.95) return false;
  const sizes = whole.map(bytes);
  const spread = Math.max(...sizes) - Math.min(...sizes);
  // A time cannot follow sizes that differ by more than the headers may; failing that, equal replies must weigh the same.
  const large = whole.filter((row) => bytes(row) > 2 * HEADER_MAX).length;
  if (spread > 3 * HEADER_MAX && large >= 3) return true;
  const { pairs, equal } = repeats(
    whole,
    (entry) => `${entry.status} ${entry.method} ${entry.protocol} ${entry.bytes}`,
  );
  return pairs >= 5 && equal / pairs >= 0.6 && new Set(whole.map((row) => row.value)).size > 1;
}

/** The least that the request must have had: its line and the headers that the log shows. */
function leastReceived(entry: AccessEntry): number {
  const line = entry.method.length + entry.target.length + entry.protocol.length + 4;
  const agent = entry.agent === undefined ? 0 : 'User-Agent: '.length + entry.agent.length + 2;
  const referer = entry.referer === undefined ? 0 : 'Referer: '.length + entry.referer.length + 2;
  return line + agent + referer;
}

function isReceived(rows: readonly NumberedEntry[]): boolean {
  // HTTP/2 compresses headers, uploads add a body, an escape in the line is longer than the byte it stands for.
  const plain = rows.filter(
    ({ entry }) => entry.protocol.startsWith('HTTP/1') && entry.method !== 'POST' && !entry.target.includes('\\'),
  );
  const fits = share(
    plain,
    ({ entry, value }) => value >= leastReceived(entry) && value <= leastReceived(entry) + 8000,
  );
  if (plain.length < ROWS_MIN || fits < 0.98) return false;
  if (new Set(plain.map((row) => row.value)).size < 3) return false;
  const { pairs, equal } = repeats(plain, (entry) => `${entry.client} ${entry.target} ${entry.agent} ${entry.referer}`);
  return pairs >= 5 ? equal / pairs >= 0.6 : plain.length >= 20 && correlation(plain) >= 0.8;
}

/** Pearson's, between what a request must have had and the column. */
function correlation(rows: readonly NumberedEntry[]): number {
  const xs = rows.map((row) => leastReceived(row.entry));
  const ys = rows.map((row) => row.value);
  const mx = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const my = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < xs.length; i++) {
    const dx = (xs[i] ?? 0) - mx;
    const dy = (ys[i] ?? 0) - my;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

const UNITS: readonly { readonly field: FieldName; readonly title: string; readonly ms: number }[] = [
  { field: 'durationUs', title: '%D', ms: 1e-3 },
  { field: 'durationMs', title: '%{ms}T', ms: 1 },
  { field: 'durationS', title: '%T', ms: 1000 },
];

/** By how much the times fall back from line to line, more than the second that a stamp may be off, in total. */
function fallBackMs(rows: readonly NumberedEntry[], unitMs: number): number {
  let latest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { entry, value } of rows) {
    const at = (entry.at ?? 0) + value * unitMs;
    sum += Math.max(0, latest - at - 2000);
    latest = Math.max(latest, at);
  }
  return sum;
}

function byOrder(rows: readonly NumberedEntry[]): IntegerVerdict | undefined {
  const disorder = fallBackMs(rows, 0);
  if (disorder < 10_000) return undefined;
  const mended = UNITS.filter((unit) => fallBackMs(rows, unit.ms) <= disorder * 0.1);
  const [unit] = mended;
  return mended.length === 1 && unit ? { field: unit.field, title: unit.title, endsInOrder: true } : undefined;
}

function bySize(rows: readonly NumberedEntry[]): IntegerVerdict | undefined {
  const values = rows.map((row) => row.value).sort((a, b) => a - b);
  const at = (quantile: number): number =>
    values[Math.min(values.length - 1, Math.floor(values.length * quantile))] ?? 0;
  const largest = at(1);
  const distinct = new Set(values).size;
  // Connection numbers rise; process and thread numbers repeat. Durations do neither.
  const rising = share(
    rows.slice(1).map((row, i) => ({ entry: row.entry, value: row.value - (rows[i]?.value ?? 0) })),
    (step) => step.value >= 0,
  );
  if (largest >= 300_000 && largest <= 1e10 && at(0) >= 10 && distinct >= rows.length * 0.6 && rising < 0.9)
    return { field: 'durationUs', title: '%D', endsInOrder: false };
  // A column of nothing but zeros could be any counter.
  if (
    rows.length >= 20 &&
    at(0.5) === 0 &&
    largest > 0 &&
    at(0.95) <= 5 &&
    largest <= 300 &&
    isSlowWhereZeroIsFast(rows)
  )
    return { field: 'durationS', title: '%T', endsInOrder: false };
  return undefined;
}

/** Seconds grow with what PHP has to do: the lines that are not 0 are not static files (`%k` counts those first). */
function isSlowWhereZeroIsFast(rows: readonly NumberedEntry[]): boolean {
  const slow = rows.filter((row) => row.value > 0);
  return share(slow, ({ entry }) => /\.(?:css|js|png|jpe?g|gif|svg|ico|woff2?)(?:\?|$)/i.test(entry.target)) < 0.2;
}

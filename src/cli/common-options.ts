// Options that several commands take, read from the texts that a person gave.
import { parseTarget } from '../remedies/safe.ts';
import { OptionError } from '../sources/given.ts';
import { parseZone, type Zone } from '../sources/zone.ts';
import { timeOption } from './time-option.ts';

const WIDTH = 80;
/** Each takes memory. */
const THREADS_MAX = 64;
const WATCH_MAX_MS = 3_600_000;

/** The zone of times on the command line: the one that was given for the logs, else this machine's. */
function wallZone(timezone: string | undefined): Zone {
  const name = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return parseZone(name) ?? { name: 'UTC', offsetMinutes: () => 0 };
}

/**
 * Epoch ms of `--since` and `--until`, as far as they were given.
 * @throws OptionError
 */
export function windowOptions(
  { since, until, timezone }: { since?: string | undefined; until?: string | undefined; timezone?: string | undefined },
  now: number,
): { since?: number; until?: number } {
  const zone = wallZone(timezone);
  const from = since === undefined ? undefined : timeOption('--since', since, now, zone);
  const to = until === undefined ? undefined : timeOption('--until', until, now, zone);
  if (from !== undefined && to !== undefined && from > to)
    throw new OptionError(`--since ${since} is after --until ${until}: nothing lies between.`);
  return { ...(from !== undefined && { since: from }), ...(to !== undefined && { until: to }) };
}

/** @throws OptionError */
export function proxyOption(text: string): string {
  if (parseTarget(text)) return text;
  throw new OptionError(`--trusted-proxy ${text}: no address or network. Give 192.0.2.10 or 192.0.2.0/24.`);
}

/**
 * Columns of a report: as given, else those of the terminal, else 80.
 * @throws OptionError
 */
export function widthOption(text: string | undefined): number {
  if (text === undefined) return process.stdout.columns ?? WIDTH;
  if (/^\d{2,3}$/.test(text) && Number(text) >= 40 && Number(text) <= 120) return Number(text);
  throw new OptionError(`--width ${text}: give a number of columns, 40 to 120.`);
}

/**
 * A whole number of at least 1 and at most `most`.
 * @throws OptionError
 */
export function numberOption(name: string, text: string, what: string, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= most) return value;
  throw new OptionError(`${name} ${text}: give a number of ${what}, 1 to ${most}.`);
}

/**
 * Milliseconds of `--watch 10s` or `--watch 2m`.
 * @throws OptionError
 */
export function watchOption(text: string | undefined, usualMs: number, name = '--watch'): number {
  if (text === undefined) return usualMs;
  const [, digits, unit] = /^(\d{1,4})(s|m)?$/.exec(text) ?? [];
  const ms = Number(digits) * (unit === 'm' ? 60_000 : 1000);
  if (digits !== undefined && ms >= 1000 && ms <= WATCH_MAX_MS) return ms;
  throw new OptionError(`${name} ${text}: give a time such as 10s or 2m, at most an hour.`);
}

/** @throws OptionError */
export function threadsOption(text: string): number {
  return numberOption('--threads', text, 'threads', THREADS_MAX);
}

/** NO_COLOR (no-color.org) is honoured, and so is a terminal that has none. */
export function wantsColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

const REASON_MAX = 500;

/** Why it was done, as it is kept: cut at 500 characters. */
export function reasonOption(text: string | undefined, usual = 'by hand'): string {
  return (text ?? usual).slice(0, REASON_MAX);
}

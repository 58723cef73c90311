// Numbers as access logs write them: plain counts, seconds with a fraction, nginx's lists of upstream times, Go durations.

/** A count without sign; `-` reads as 0 (Apache's `%b` for "no body"); `undefined` when it is neither. */
export function countOf(text: string): number | undefined {
  if (text === '-') return 0;
  return text.length <= 16 && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A number with an optional fraction, not negative. `undefined` for `-`, empty and anything else. */
export function decimalOf(text: string): number | undefined {
  return text.length <= 24 && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds from seconds, without the noise of binary fractions. */
export function msOfSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}

/**
 * Milliseconds from nginx's `$upstream_response_time`: seconds, one a server tried, "0.001, 0.200 : 0.3" (a comma between
 * servers, a colon between groups after an internal redirect), `-` for a server that never answered. The sum is what the
 * request waited for its backends. `undefined` when no server was asked. (ngx_http_upstream_module, $upstream_response_time)
 */
export function upstreamMs(text: string): number | undefined {
  if (text.length > 1000) return undefined;
  let sum: number | undefined;
  for (const part of text.split(/[,:]/)) {
    const trimmed = part.trim();
    if (trimmed === '-' || trimmed === '') continue;
    const seconds = decimalOf(trimmed);
    if (seconds === undefined) return undefined;
    sum = (sum ?? 0) + seconds;
  }
  return sum === undefined ? undefined : msOfSeconds(sum);
}

const GO_UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Milliseconds from a Go duration ("57.107µs", "1.2s", "1m30s"), as Caddy's `duration_format string` writes it. */
export function goDurationMs(text: string): number | undefined {
  if (text.length > 40 || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  let sum = 0;
  for (const match of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g))
    sum += Number(match[1]) * (GO_UNITS[match[2] ?? ''] ?? 0);
  return Math.round(sum * 1e6) / 1e6;
}

// Makes a finding of the fuzzer small: fewer lines, fewer bytes, fewer conditions, as long as it stays the same finding.
import type { Finding } from '../src/sources/fuzz-finding.fixture.ts';

/** Then it is small enough. */
const SECONDS_MAX = 15;

export async function smallest(finding: Finding, isSame: (smaller: Finding) => Promise<boolean>): Promise<Finding> {
  let best = finding;
  const until = Date.now() + SECONDS_MAX * 1000;
  const attempt = async (smaller: Finding): Promise<boolean> => {
    if (Date.now() > until || !(await isSame(smaller))) return false;
    best = smaller;
    return true;
  };
  await attempt({ ...best, setting: {} });
  await attempt({ ...best, feeding: {} });
  const withLog = (log: string): Promise<boolean> => attempt({ ...best, log });
  for (const key of ['query', 'window', 'trustedProxies'] as const) {
    const { [key]: _, ...setting } = best.setting;
    await attempt({ ...best, setting });
  }
  for (const pieces of [/(?<=\n)/, /(?<=[ "/?&,])/, ''])
    await shorten(best.log.split(pieces), withLog, () => Date.now() > until);
  return best;
}

/** Leaves out more and more of the pieces: a half, a quarter, at last single ones (Zeller's delta debugging). */
async function shorten(
  all: readonly string[],
  attempt: (text: string) => Promise<boolean>,
  expired: () => boolean,
): Promise<void> {
  let pieces = all;
  for (let size = Math.ceil(pieces.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < pieces.length && !expired(); ) {
      const rest = [...pieces.slice(0, at), ...pieces.slice(at + size)];
      if (await attempt(rest.join(''))) pieces = rest;
      else at += size;
    }
  }
}

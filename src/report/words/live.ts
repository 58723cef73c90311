// What a person reads while logs are followed.
import { count, figure, many } from '../../model/figures.ts';
import type { FollowedLog, LiveSecond } from '../../model/live-traffic.ts';

/** Seconds that "now" means: shorter, and a rate jumps. */
const NOW_S = 10;

/** Each a second, over the last ten of them, or as many as there are. */
export function ratesNow(seconds: readonly LiveSecond[]): LiveSecond {
  const last = seconds.slice(-NOW_S);
  const mean = (pick: (second: LiveSecond) => number) =>
    last.reduce((sum, second) => sum + pick(second), 0) / Math.max(1, last.length);
  return {
    requests: mean(({ requests }) => requests),
    failed: mean(({ failed }) => failed),
    workerMs: mean(({ workerMs }) => workerMs),
  };
}

/** "12 requests/s, 0.5 failed/s, 3.2 worker-s/s" */
export function rateWords({ requests, failed, workerMs }: LiveSecond): string {
  return `${figure(requests)} requests/s, ${figure(failed)} failed/s, ${figure(workerMs / 1000)} worker-s/s`;
}

/** "The last 60 seconds: 740 requests of 12 addresses, 3 of them failed" */
export function windowWords(windowS: number, requests: number, addresses: number, failed: number): string {
  const of = requests > 0 ? ` of ${many(addresses, 'address', 'addresses')}` : '';
  const bad = failed > 0 ? `, ${count(failed)} of them failed (5xx)` : '';
  return `The last ${many(windowS, 'second')}: ${many(requests, 'request')}${of}${bad}`;
}

/** What is wrong with the logs just now; a line each. */
export function troubleLines(logs: readonly FollowedLog[]): string[] {
  return logs.flatMap(({ path, title, trouble, unreadable }) => {
    if (trouble !== undefined) return [`${path}: ${trouble}`];
    if (title === undefined && unreadable > 0)
      return [`${path}: ${many(unreadable, 'line')} of an unknown format. Say which: --log-format`];
    return unreadable > 0 ? [`${path}: ${many(unreadable, 'line')} unreadable`] : [];
  });
}

export const NOTHING_YET = 'Nothing yet: it begins with what is written from now on.';

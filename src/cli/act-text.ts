// Acts and times in words, as several commands print them.
import type { Act } from '../model/act.ts';
import { duration } from '../remedies/shell.ts';
import { iso } from '../report/text/clock.ts';

/** "2026-11-22 09:00:00Z" */
export function moment(at: number): string {
  return iso(at).slice(0, 19).replace('T', ' ').concat('Z');
}

export function timeLeft(until: number, now: number): string {
  return until > now ? duration((until - now) / 1000) : 'over';
}

/** An act as JSON, without the bytes of files. */
export function actData(act: Act): Readonly<Record<string, unknown>> {
  return {
    id: act.id,
    state: act.state,
    kind: act.plan.kind,
    title: act.prepared.title,
    reason: act.plan.reason,
    by: act.by,
    createdAt: iso(act.createdAt),
    changedAt: iso(act.changedAt),
    ...(act.prepared.until !== undefined && { until: iso(act.prepared.until) }),
    ...(act.trouble !== undefined && { trouble: act.trouble }),
  };
}

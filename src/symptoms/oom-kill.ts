// The kernel killed a process for want of memory: it said so, or it is the best explanation of a kill that nobody asked for.
import type { Dossier } from '../model/dossier.ts';
import type { EventOf } from '../model/event.ts';
import type { Symptom } from '../model/symptom.ts';
import { databaseKilled } from './database-killed.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes } from './view/events.ts';
import { workerSeries } from './view/workers.ts';

export const oomKill: Detector<'oom-kill'> = {
  id: 'oom-kill',
  detect(dossier) {
    const kills = oomKills(dossier);
    const first = kills[0];
    if (!first) return inferred(dossier);
    const holder = [...first.tasks].sort((a, b) => (b.anonKb ?? b.rssKb) - (a.anonKb ?? a.rssKb))[0];
    return [
      {
        id: 'oom-kill',
        span: eventSpan(kills),
        certainty: 'observed',
        measure: {
          kills: kills.length,
          victim: first.name,
          scope: first.scope,
          ...(first.anonRssKb !== undefined && { victimKb: first.anonRssKb }),
          ...(first.limitKb !== undefined && { limitKb: first.limitKb }),
          ...(holder && { holder: holder.name, holderCount: holder.count, holderKb: holder.anonKb ?? holder.rssKb }),
        },
        evidence: quotes(kills),
      },
    ];
  },
};

/** The same death may stand in dmesg and in the journal: a process dies once. */
function oomKills(dossier: Dossier): EventOf<'oom-kill'>[] {
  const seen: EventOf<'oom-kill'>[] = [];
  for (const kill of eventsOf(dossier, 'oom-kill')) {
    if (
      !seen.some((other) => other.pid === kill.pid && other.name === kill.name && Math.abs(other.at - kill.at) < 60_000)
    )
      seen.push(kill);
  }
  return seen;
}

/** No kernel line, but the service manager saw signal 9: what else was wrong says whether the OOM killer sent it. */
function inferred(dossier: Dossier): Symptom<'oom-kill'>[] {
  const killed = databaseKilled.detect(dossier)[0];
  if (!killed || killed.certainty === 'inferred' || killed.measure.signal !== 9) return [];
  // The service manager itself kills what does not stop in time; then it said so before.
  const byManager = eventsOf(
    dossier,
    'unit',
    (event) => event.role === 'database' && (event.change === 'stop-timeout' || event.change === 'stopping'),
  );
  if (byManager.some((event) => event.at <= killed.span.from && event.at > killed.span.from - 300_000)) return [];
  const signs = signsOfWant(dossier);
  return [
    {
      id: 'oom-kill',
      span: killed.span,
      certainty: 'inferred',
      measure: {
        kills: killed.measure.times,
        victim: killed.measure.service,
        because:
          signs.length > 0
            ? `signal 9 comes from the kernel or from an administrator, nobody is seen to have sent it, and ${signs.join(', ')}`
            : 'signal 9 comes from the kernel or from an administrator, and nobody is seen to have sent it',
      },
      evidence: killed.evidence,
    },
  ];
}

function signsOfWant(dossier: Dossier): string[] {
  const signs: string[] = [];
  const late = eventsOf(dossier, 'database', (event) => event.what === 'page-cleaner-late');
  if (late.length > 0) signs.push('the database had been held up for seconds just before');
  for (const [name, points] of workerSeries(dossier)) {
    const most = Math.max(0, ...points.map((point) => point.program.count));
    if (most >= 30) signs.push(`${most} ${name} were seen on this host`);
  }
  const load = Math.max(0, ...dossier.samples.map((sample) => sample.load?.[0] ?? 0));
  if (load >= 20) signs.push(`the load average was ${load}`);
  return signs;
}

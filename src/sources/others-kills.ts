// In a container the kernel's log tells of the whole machine: which of its OOM kills and SYN floods were those of the group looked at.
import type { Manifest } from '../formats/recording/manifest.ts';
import type { LogEvent, OomKill } from '../model/event.ts';
import { many } from '../model/figures.ts';

/** The kernel's clock and the wall clock drift apart. */
const CLOCK_MS = 5000;
/** Pids come again only after all others were used. */
const SAME_KILL_MS = 600_000;

interface OwnEvents {
  readonly events: readonly LogEvent[];
  readonly notes: readonly string[];
}

/**
 * Kills within other groups are left out. A group does not know its own name from inside, but its limit and how many kills
 * it had: the groups in the log whose limit and number fit are it. Kills of the whole machine stay, they may be ours.
 */
export function withoutOthersKills(all: readonly LogEvent[], manifest: Manifest | undefined): OwnEvents {
  const group = manifest?.group;
  // Whose network stack counted none had none, whatever the log of the machine says.
  const events = killsOnce(group?.synFloods === 0 ? all.filter((event) => !isSynFlood(event)) : all);
  const kills = events.filter(
    (event): event is LogEvent & OomKill => event.kind === 'oom-kill' && event.scope === 'cgroup',
  );
  if (!group || kills.length === 0) return { events, notes: [] };
  const since = (group.since ?? Number.NEGATIVE_INFINITY) - CLOCK_MS;
  const own = ownGroup(
    kills.filter(({ at }) => at >= since),
    manifest.memTotalKb,
    group.oomKills,
  );
  const others = new Set<LogEvent>(kills.filter((kill) => own === undefined || kill.cgroup !== own || kill.at < since));
  if (others.size === 0) return { events, notes: [] };
  return {
    events: events.filter((event) => !others.has(event)),
    notes: [`${many(others.size, 'OOM kill')} in other control groups of this machine left out.`],
  };
}

function isSynFlood(event: LogEvent): boolean {
  return event.kind === 'kernel' && event.what === 'syn-flood';
}

/** The journal, dmesg and syslog's files may all tell of the same kill: the first of them counts. */
function killsOnce(events: readonly LogEvent[]): readonly LogEvent[] {
  const seen = new Map<string, LogEvent[]>();
  return events.filter((event) => {
    if (event.kind !== 'oom-kill') return true;
    const key = `${event.pid} ${event.name} ${event.anonRssKb ?? ''}`;
    const same = seen.get(key) ?? [];
    const isKnown = same.some(
      ({ at, evidence }) => evidence.file !== event.evidence.file && Math.abs(at - event.at) <= SAME_KILL_MS,
    );
    if (!isKnown) seen.set(key, [...same, event]);
    return !isKnown;
  });
}

function ownGroup(
  kills: readonly (LogEvent & OomKill)[],
  limitKb: number | undefined,
  counted: number | undefined,
): string | undefined {
  if (counted === 0) return undefined;
  const groups = new Map<string, { count: number; last: number }>();
  for (const kill of kills) {
    const otherLimit = kill.limitKb !== undefined && limitKb !== undefined && kill.limitKb !== limitKb;
    if (kill.cgroup === undefined || otherLimit) continue;
    const { count } = groups.get(kill.cgroup) ?? { count: 0 };
    groups.set(kill.cgroup, { count: count + kill.count, last: kill.until });
  }
  // The log may have lost the first of them: then it has fewer than were counted, never more.
  const fitting = [...groups].filter(([, { count }]) => counted === undefined || count <= counted);
  const distance = (count: number): number => (counted === undefined ? 0 : counted - count);
  return fitting.sort(([, a], [, b]) => distance(a.count) - distance(b.count) || b.last - a.last)[0]?.[0];
}

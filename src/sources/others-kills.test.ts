import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../model/event.ts';
import { withoutOthersKills } from './others-kills.ts';

const T = Date.UTC(2026, 10, 22, 9, 0, 0);

function kill(atS: number, pid: number, cgroup: string, file = 'dmesg', limitKb = 524_288): LogEvent {
  const at = T + atS * 1000;
  return {
    kind: 'oom-kill',
    pid,
    name: 'mariadbd',
    scope: 'cgroup',
    cgroup,
    limitKb,
    anonRssKb: 80_000,
    tasks: [],
    at,
    until: at,
    count: 1,
    evidence: { file, line: 1, text: 'Killed process' },
  };
}

const pidsOf = (events: readonly LogEvent[]) => events.flatMap((event) => (event.kind === 'oom-kill' ? event.pid : []));

describe('OOM kills', () => {
  it('that several logs tell of count once', () => {
    const twice = [kill(0, 7, '/a'), kill(1, 7, '/a', 'kern.log'), kill(5, 8, '/a')];
    expect(pidsOf(withoutOthersKills(twice, undefined).events)).toEqual([7, 8]);
  });

  it('of other groups than the one that is looked at are left out: by limit, begin and number', () => {
    const all = [
      kill(0, 1, '/old'),
      kill(100, 2, '/other', 'dmesg', 999),
      kill(110, 3, '/crowded'),
      kill(111, 4, '/crowded'),
      kill(120, 5, '/own'),
    ];
    const manifest = { memTotalKb: 524_288, group: { since: T + 60_000, oomKills: 1 } };
    const { events, notes } = withoutOthersKills(all, manifest);
    expect(pidsOf(events)).toEqual([5]);
    expect(notes).toEqual(['4 OOM kills in other control groups of this machine left out.']);
  });

  it('of other groups stay where nothing says that it is one of several', () => {
    const all = [kill(0, 1, '/a'), kill(100, 2, '/b')];
    expect(withoutOthersKills(all, { memTotalKb: 524_288 }).events).toEqual(all);
  });

  it('and SYN floods of others, which the own network stack did not count, are left out', () => {
    const flood: LogEvent = {
      kind: 'kernel',
      what: 'syn-flood',
      port: 80,
      at: T,
      until: T,
      count: 1,
      evidence: { file: 'dmesg', line: 1, text: 'Possible SYN flooding on port 80.' },
    };
    const within = (group: { synFloods?: number }): readonly LogEvent[] =>
      withoutOthersKills([flood], { group }).events;
    expect(within({ synFloods: 0 })).toEqual([]);
    expect(within({ synFloods: 3 })).toEqual([flood]);
    expect(within({})).toEqual([flood]);
    expect(withoutOthersKills([flood], undefined).events).toEqual([flood]);
  });
});

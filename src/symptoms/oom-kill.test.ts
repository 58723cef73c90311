// A kill for memory: by the kernel's word, or inferred and called so; never one that the service manager sent.
import { describe, expect, it } from 'vitest';
import { at, event, found, oomKill, program, sample, unit } from './dossier.fixture.ts';
import { oomKill as detector } from './oom-kill.ts';

const killed = unit(60, 'killed', { signal: 9 });

describe('oom-kill', () => {
  it('tells the victim from the one that held the memory', () => {
    const tasks = [
      { name: 'mariadbd', count: 1, rssKb: 85_000, anonKb: 67_236, largestKb: 85_000, largestPid: 812 },
      { name: 'php-cgi', count: 21, rssKb: 1_150_000, anonKb: 744_576, largestKb: 55_000, largestPid: 900 },
    ];
    const told = [oomKill(5, 'mariadbd', { scope: 'cgroup', limitKb: 524_288, anonRssKb: 67_236, tasks })];
    expect(found(detector, { events: told })).toMatchObject([
      {
        certainty: 'observed',
        measure: {
          kills: 1,
          victim: 'mariadbd',
          victimKb: 67_236,
          holder: 'php-cgi',
          holderCount: 21,
          holderKb: 744_576,
          scope: 'cgroup',
          limitKb: 524_288,
        },
      },
    ]);
  });

  it('counts a death once that stands in dmesg and in the journal', () => {
    expect(found(detector, { events: [oomKill(5), oomKill(6), oomKill(90, 'php-cgi', { pid: 99 })] })).toMatchObject([
      { measure: { kills: 2 } },
    ]);
  });

  it('is inferred where signal 9 came from nobody, with what speaks for it', () => {
    const late = event(50, { kind: 'database', what: 'page-cleaner-late', tookMs: 9169 });
    const crowd = sample(55, { programs: [program('php-cgi', 94)], load: [135, 80, 40] });
    const [kill] = found(detector, { events: [late, killed], samples: [crowd] });
    expect(kill).toMatchObject({
      certainty: 'inferred',
      span: { from: at(60) },
      measure: { victim: 'mariadb.service' },
    });
    expect(kill?.measure.because).toMatch(/held up for seconds.*94 php-cgi.*load average was 135/);
  });

  it.each([
    ['a service manager that kills what does not stop', [unit(0, 'stopping'), unit(59, 'stop-timeout'), killed]],
    ['a crash', [unit(60, 'dumped', { signal: 11 })]],
    ['a stop', [unit(60, 'killed', { signal: 15 })]],
    [
      'a recovery at the next start alone: a power failure leaves the same',
      [event(0, { kind: 'database', what: 'ready' }), event(90, { kind: 'database', what: 'crash-recovery' })],
    ],
  ])('is not %s', (_what, told) => {
    expect(found(detector, { events: told })).toEqual([]);
  });

  it('is no stop of another day', () => {
    expect(found(detector, { events: [unit(-3600, 'stopping'), unit(-3590, 'started'), killed] })).toHaveLength(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dossier } from '../model/dossier.ts';
import type { LogEvent, UnitEvent } from '../model/event.ts';
import type { Symptom } from '../model/symptom.ts';
import { CAUSES } from '../model/verdict.ts';
import { diagnose } from './index.ts';

const T0 = Date.parse('2026-11-22T10:00:00Z');
const evidence = { file: 'journal.txt', line: 1, text: 'a line' };

function dossier(events: readonly LogEvent[] = []): Dossier {
  return {
    span: { from: T0 - 3_600_000, to: T0 + 3_600_000 },
    zone: { name: 'UTC', assumed: false },
    host: { memTotalKb: 2_000_000 },
    events,
    eventsDropped: 0,
    samples: [],
    samplesDropped: 0,
    sources: [],
    notRecognised: [],
    assumptions: [],
    readAt: T0,
  };
}

function unit(change: UnitEvent['change'], seconds: number, role: UnitEvent['role'] = 'database'): LogEvent {
  const at = T0 + seconds * 1000;
  return { kind: 'unit', unit: 'mariadb.service', role, change, at, until: at, count: 1, evidence };
}

const at = (from: number, to: number) =>
  ({ span: { from: T0 + from * 1000, to: T0 + to * 1000 }, certainty: 'observed', evidence: [evidence] }) as const;

const siteError: Symptom<'site-error'> = {
  id: 'site-error',
  ...at(10, 600),
  measure: {
    errors: 50,
    requests: 100,
    share: 0.5,
    normalShare: 0,
    visitors: 20,
    databasePages: 40,
    seenBy: 'access-log',
    statuses: { '500': 50 },
  },
};
const down: Symptom<'database-down'> = {
  id: 'database-down',
  ...at(5, 600),
  measure: { service: 'mariadb.service', how: 'log' },
};
const failed = (reason: string): Symptom<'database-restart-failed'> => ({
  id: 'database-restart-failed',
  ...at(20, 60),
  measure: { service: 'mariadb.service', attempts: 2, reason },
});
const diskFull: Symptom<'disk-full'> = { id: 'disk-full', ...at(0, 600), measure: { places: ['/var'], inodes: false } };
const denied: Symptom<'database-access-denied'> = {
  id: 'database-access-denied',
  ...at(8, 600),
  measure: { times: 50, how: 'refused-user', user: 'wp' },
};
const killed: Symptom<'database-killed'> = {
  id: 'database-killed',
  ...at(4, 4),
  measure: { service: 'mariadbd', signal: 9, times: 1 },
};
const oom: Symptom<'oom-kill'> = { id: 'oom-kill', ...at(4, 4), measure: { kills: 1, victim: 'mariadbd' } };
const crashed: Symptom<'service-crashed'> = {
  id: 'service-crashed',
  ...at(4, 5),
  measure: { service: 'mariadbd', role: 'database', signal: 11, times: 1 },
};
const phpErrors: Symptom<'php-errors'> = {
  id: 'php-errors',
  ...at(8, 600),
  measure: { errors: 50, what: 'uncaught', message: 'Class "X" not found', component: 'plugin shop' },
};
const ALL = [siteError, down, failed('bad-setting: x'), diskFull, denied, killed, oom, crashed, phpErrors] as const;

describe('a verdict', () => {
  it('is none where nothing is wrong, and unknown where nothing explains what is', () => {
    expect(diagnose(dossier(), [])).toMatchObject({ cause: 'none', chain: [], culprits: [], plans: [] });
    const open = diagnose(dossier(), [siteError]);
    expect(open).toMatchObject({ cause: 'unknown', confidence: 0, culprits: [] });
    expect(open.missing.map(({ command }) => command).join()).toContain('journalctl');
  });

  it('follows the chain from the root to what visitors saw, each link from an earlier one', () => {
    const { cause, chain } = diagnose(dossier(), [diskFull, down, siteError]);
    expect(cause).toBe('disk-full');
    expect(chain.map(({ symptom }) => symptom.id)).toEqual(['disk-full', 'database-down', 'site-error']);
    expect(chain[2]).toMatchObject({ after: 1, because: 'Each page needs the database.' });
  });

  it('takes a failed start for the cause only where its reason is its own', () => {
    expect(diagnose(dossier(), [down, failed("bad-setting: unknown variable 'x'"), siteError]).cause).toBe(
      'database-wont-start',
    );
    expect(diagnose(dossier(), [diskFull, down, failed('disk-full: ./ibdata1'), siteError]).cause).toBe('disk-full');
    expect(diagnose(dossier(), [killed, oom, down, failed('timed out'), siteError]).cause).not.toBe(
      'database-wont-start',
    );
  });

  it('says that the database refuses the site, though errors look alike', () => {
    expect(diagnose(dossier(), [denied, siteError]).cause).toBe('database-access');
  });

  it('tells a fault of its own from a kill', () => {
    expect(diagnose(dossier(), [crashed, down, siteError]).cause).toBe('service-crashed');
    const rivals = diagnose(dossier(), [killed, oom, down, siteError]).rivals.map(({ cause }) => cause);
    expect(rivals).not.toContain('unknown');
  });

  it('knows an orderly stop, and that a quick restart is none', () => {
    const stop = diagnose(dossier([unit('stopping', 0)]), [down, siteError]);
    expect(stop.cause).toBe('service-stopped');
    expect(stop.plans).toContainEqual(expect.objectContaining({ kind: 'start-service', service: 'mariadb.service' }));
    expect(diagnose(dossier([unit('stopping', 0), unit('started', 5)]), []).cause).toBe('none');
  });

  it('of a stop whose start failed is that it does not start', () => {
    const events = [unit('stopping', 0), unit('starting', 15), unit('start-failed', 20)];
    expect(diagnose(dossier(events), [down, failed('permission: ./ibdata1'), siteError]).cause).toBe(
      'database-wont-start',
    );
  });

  it('names what it cannot explain', () => {
    const { remarks } = diagnose(dossier(), [phpErrors, siteError, { ...denied, ...at(-3000, -2000) }]);
    expect(remarks.join(' ')).toContain('not explained by this');
  });

  it('asks for the kernel log where a kill is only inferred', () => {
    const inferred: Symptom<'oom-kill'> = { ...oom, certainty: 'inferred' };
    const { missing } = diagnose(dossier(), [killed, inferred, down, siteError]);
    const command = missing.find((one) => one.command.startsWith('journalctl -k'))?.command;
    expect(command).toBe(
      "journalctl -k -o short-iso --since '2026-11-22 09:45:04 UTC' --until '2026-11-22 10:15:04 UTC'",
    );
  });

  it('is the same for the same evidence, in whatever order the symptoms come, and never throws', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...ALL]), (symptoms) => {
        const ordered = [...symptoms].sort((a, b) => a.span.from - b.span.from || ALL.indexOf(a) - ALL.indexOf(b));
        const verdict = diagnose(dossier(), ordered);
        expect(diagnose(dossier(), ordered)).toEqual(verdict);
        expect(diagnose(dossier(), symptoms).cause).toBe(verdict.cause);
        expect(CAUSES).toContain(verdict.cause);
        expect(verdict.confidence).toBeGreaterThanOrEqual(0);
        expect(verdict.confidence).toBeLessThanOrEqual(1);
        expect(verdict.culprits).toEqual([]);
        for (const [i, { after }] of verdict.chain.entries()) expect(after ?? -1).toBeLessThan(i);
      }),
    );
  });
});

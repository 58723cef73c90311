// What to do, in the order that worked: stop the cause, restart, start, repair, for good.
import { describe, expect, it } from 'vitest';
import type { RemedyPlan } from '../model/remedy.ts';
import type { Symptom } from '../model/symptom.ts';
import { symptomOf } from '../report/symptoms.fixture.ts';
import { ATTACKER, dossierOf, readers, unit } from '../symptoms/dossier.fixture.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { pingbackIncident } from './incident.fixture.ts';
import { diagnose } from './index.ts';

const kinds = (plans: readonly RemedyPlan[]): string[] => plans.map(({ kind }) => kind);
const plansOf = (symptoms: readonly Symptom[], dossier = dossierOf({})) => diagnose(dossier, symptoms).plans;

describe('the plan for the founding incident', () => {
  const dossier = pingbackIncident();
  const { plans } = diagnose(dossier, findSymptoms(dossier));

  it('stops the cause, clears the pile, starts the database, repairs, and keeps it from coming again', () => {
    expect(kinds(plans)).toEqual([
      'deny-endpoint',
      'block',
      'restart-web',
      'start-service',
      'repair-tables',
      'limit-workers',
      'protect-database',
    ]);
  });

  it('denies what was abused, blocks who did it, for a time, and nobody else', () => {
    expect(plans[0]).toMatchObject({ path: '/xmlrpc.php' });
    expect(plans[1]).toMatchObject({ targets: [ATTACKER], forSeconds: 6 * 3600 });
    expect(plans[4]).toMatchObject({ tables: ['wordpress/wp_stats'] });
  });

  it('limits the workers to what fits, with the reckoning', () => {
    const limit = plans.find((plan) => plan.kind === 'limit-workers');
    // (512 - 66 for the database - 15 %) / 33.5 MB
    expect(limit).toMatchObject({ program: 'php-cgi', workers: 11 });
    expect(limit?.reason).toContain('40 ran');
  });
});

describe('who comes through a proxy that the web server trusts', () => {
  const plansWith = (peers: readonly string[]) => {
    const dossier = pingbackIncident();
    const samples = dossier.samples.map((sample) => ({
      ...sample,
      inFlight: Array.from({ length: 6 }, (_, i) => ({ seenBy: 'cgi' as const, client: ATTACKER, pid: 100 + i })),
      connections: peers.map((peer) => ({ peer, state: 'ESTAB', count: 6 })),
    }));
    return kinds(diagnose({ ...dossier, samples }, findSymptoms(dossier)).plans);
  };

  it('is denied in the web server: the firewall sees the proxy alone', () => {
    const plans = plansWith(['198.51.100.200']);
    expect(plans).toContain('deny-forwarded');
    expect(plans).not.toContain('block');
  });

  it('is blocked when the connections are its own, or nobody else has any', () => {
    for (const peers of [[ATTACKER, '198.51.100.200'], [], [ATTACKER]]) {
      expect(plansWith(peers)).toContain('block');
      expect(plansWith(peers)).not.toContain('deny-forwarded');
    }
  });
});

describe('a plan', () => {
  it('blocks nobody for a crowd', () => {
    const symptoms = [symptomOf('traffic-spike'), symptomOf('worker-pileup'), symptomOf('site-slow')];
    expect(kinds(plansOf(symptoms))).not.toContain('block');
  });

  it('blocks nobody for a flood from everywhere, but limits what they ask for', () => {
    const flood = symptomOf('request-flood', {
      kind: 'distributed',
      sources: ['198.18.1.1', '198.18.2.1'],
      sourceCount: 200,
      endpoint: 'GET /api/quote?x',
      endpointShare: 0.9,
    });
    const verdict = diagnose(dossierOf({}), [flood, symptomOf('site-slow')]);
    expect(verdict).toMatchObject({ cause: 'distributed-flood', culprits: [] });
    expect(verdict.plans).toContainEqual(expect.objectContaining({ kind: 'limit-endpoint', path: '/api/quote' }));
    expect(kinds(verdict.plans)).not.toContain('block');
  });

  it('does not deny the home page', () => {
    const plans = plansOf([symptomOf('request-flood', { endpoint: 'GET /' }), symptomOf('site-slow')]);
    expect(kinds(plans)).toContain('block');
    expect(kinds(plans)).not.toContain('limit-endpoint');
  });

  it('denies behind a proxy in the web server: the firewall sees the proxy alone', () => {
    const dossier = dossierOf({ access: readers(5) });
    const proxied = {
      ...dossier,
      ...(dossier.traffic && {
        traffic: { ...dossier.traffic, proxies: [{ address: '192.0.2.1', requests: 150, why: 'configured' }] },
      }),
    };
    const { plans } = diagnose(proxied, [symptomOf('request-flood'), symptomOf('site-slow')]);
    expect(plans).toContainEqual(expect.objectContaining({ kind: 'deny-forwarded', targets: ['203.0.113.66'] }));
    expect(kinds(plans)).not.toContain('block');
  });

  it('slows a robot down by its name and blocks no search engine', () => {
    const storm = symptomOf('crawler-storm', { sources: ['66.249.66.1'] });
    expect(plansOf([storm, symptomOf('site-slow')])).toContainEqual(
      expect.objectContaining({ kind: 'limit-agent', agent: 'Mozilla/5.0 (compatible; ExampleBot/1.0)' }),
    );
  });

  it('makes room before anything is started on a full disk', () => {
    const dossier = dossierOf({ events: [unit(0, 'failed')] });
    const plans = kinds(
      plansOf([symptomOf('disk-full'), symptomOf('database-down'), symptomOf('site-error')], dossier),
    );
    expect(plans[0]).toBe('free-disk');
    expect(plans.indexOf('start-service')).toBeGreaterThan(0);
  });

  it('does not start what will not come up before the reason is gone', () => {
    const dossier = dossierOf({ events: [unit(0, 'start-failed')] });
    const failed = symptomOf('database-restart-failed', { reason: 'bad-setting: innodb_x' });
    const plans = plansOf([failed, symptomOf('database-down'), symptomOf('site-error')], dossier);
    expect(plans[0]).toMatchObject({ kind: 'fix-database-start', detail: 'bad-setting: innodb_x' });
    expect(kinds(plans)).not.toContain('start-service');
  });

  it('names no act twice', () => {
    const plans = plansOf([symptomOf('login-failures', { where: 'both' }), symptomOf('site-slow')]);
    const printed = plans.map((plan) => JSON.stringify(plan));
    expect(printed).toEqual([...new Set(printed)]);
  });
});

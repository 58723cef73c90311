import { describe, expect, it } from 'vitest';
import type { Findings } from '../model/findings.ts';
import type { RemedyKind, RemedyPlan } from '../model/remedy.ts';
import { planResponse } from './steps.ts';

const reason = 'test';
const deny: RemedyPlan = { kind: 'deny-endpoint', path: '/xmlrpc.php', except: [], reason };
const block: RemedyPlan = { kind: 'block', targets: ['203.0.113.66'], forSeconds: 21_600, reason };
const restart: RemedyPlan = { kind: 'restart-web', reason };
const start: RemedyPlan = { kind: 'start-service', service: 'mariadb', reason };
const repair: RemedyPlan = { kind: 'repair-tables', tables: ['wp.posts'], reason };
const limit: RemedyPlan = { kind: 'limit-workers', program: 'php-cgi', workers: 8, reason };
const protect: RemedyPlan = { kind: 'protect-database', service: 'mariadb', reason };
const change: RemedyPlan = { kind: 'change-passwords', reason };

function findingsOf(plans: readonly RemedyPlan[], confidence = 0.9): Findings {
  return {
    dossier: {
      zone: { name: 'UTC', assumed: false },
      host: {},
      events: [],
      eventsDropped: 0,
      samples: [],
      samplesDropped: 0,
      sources: [],
      notRecognised: [],
      assumptions: [],
      readAt: 0,
    },
    symptoms: [],
    verdict: {
      cause: 'pingback-abuse',
      confidence,
      compromised: 'no',
      compromiseEvidence: [],
      chain: [],
      rivals: [],
      missing: [],
      culprits: [],
      remarks: [],
      plans,
    },
    remedies: plans.map((plan) => ({ plan, preview: { title: plan.kind, commands: [], undo: [] } })),
  };
}

const everything = (): boolean => true;
const kinds = (steps: readonly { readonly plan: RemedyPlan }[]): RemedyKind[] => steps.map(({ plan }) => plan.kind);

describe('the plan of a response', () => {
  it('has the order that works: block, deny, limit, clear, start, repair', () => {
    const findings = findingsOf([change, deny, block, restart, start, repair, limit, protect]);
    const plan = planResponse(findings, everything, true);
    expect(kinds(plan.steps)).toEqual([
      'block',
      'deny-endpoint',
      'limit-workers',
      'restart-web',
      'start-service',
      'repair-tables',
    ]);
    expect(kinds(plan.byHand)).toEqual(['change-passwords', 'protect-database']);
    expect(plan.unsure).toEqual([]);
  });

  it('leaves to a person what no live remedy does', () => {
    const plan = planResponse(findingsOf([block, restart]), (kind) => kind !== 'block', true);
    expect(kinds(plan.steps)).toEqual(['restart-web', 'start-service', 'repair-tables']);
    expect(kinds(plan.byHand)).toEqual(['block']);
  });

  it('looks after the database where workers piled up, though nobody saw it fall yet', () => {
    expect(kinds(planResponse(findingsOf([block, restart]), everything, true).steps)).toEqual([
      'block',
      'restart-web',
      'start-service',
      'repair-tables',
    ]);
    expect(kinds(planResponse(findingsOf([block]), everything, true).steps)).toEqual(['block']);
  });

  it('keeps nobody out on a guess when nobody is asked', () => {
    const findings = findingsOf([block, deny, restart, start], 0.5);
    const alone = planResponse(findings, everything, false);
    expect(kinds(alone.steps)).toEqual(['restart-web', 'start-service', 'repair-tables']);
    expect(kinds(alone.unsure)).toEqual(['block', 'deny-endpoint']);
    expect(kinds(planResponse(findings, everything, true).steps)).toHaveLength(5);
  });
});

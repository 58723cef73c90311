// The chain of the founding incident: from the pingbacks to the error page, each step with its arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYMPTOM_IDS, type Symptom } from '../model/symptom.ts';
import type { ChainLink, Verdict } from '../model/verdict.ts';
import { symptomOf } from '../report/symptoms.fixture.ts';
import { dossierOf } from '../symptoms/dossier.fixture.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { chainFrom } from './chain.ts';
import { ATTACKER, pingbackIncident } from './incident.fixture.ts';
import { diagnose } from './index.ts';
import { sceneOf } from './scene.ts';

const dossier = pingbackIncident();
const symptoms = findSymptoms(dossier);
const verdict: Verdict = diagnose(dossier, symptoms);
const linkOf = (id: Symptom['id']): ChainLink | undefined => verdict.chain.find(({ symptom }) => symptom.id === id);
const causeOf = (id: Symptom['id']): string | undefined => verdict.chain[linkOf(id)?.after ?? -1]?.symptom.id;

/** Each link follows from an earlier one, and nothing begins before its cause but what the cause keeps up. */
function expectOrder(chain: readonly ChainLink[], toleranceMs: number): void {
  chain.forEach(({ symptom, after, because }, i) => {
    if (i === 0) {
      expect(after).toBeUndefined();
      return;
    }
    expect(after).toBeLessThan(i);
    expect(because).toBeTruthy();
    const begin = (chain[after ?? 0]?.symptom.span.from ?? 0) - toleranceMs;
    // A database that was down before stays down because its start failed: that must be while it is down.
    const goesOn = symptom.id === 'database-down' && chain[after ?? 0]?.symptom.id === 'database-restart-failed';
    expect(goesOn ? symptom.span.to : symptom.span.from).toBeGreaterThanOrEqual(begin);
  });
}

describe('the founding incident', () => {
  it('is pingback abuse by one address, and nothing that a password could explain', () => {
    expect(verdict.cause).toBe('pingback-abuse');
    expect(verdict.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
    expect(verdict.compromised).toBe('no');
    expect(verdict.confidence).toBeGreaterThan(0.8);
    expect(verdict.rivals.find(({ cause }) => cause === 'login-brute-force')?.lost).toContain('403 bytes');
  });

  it('leads from the pingbacks over the pile and the memory to the kill, and from there to the site', () => {
    expect(verdict.chain[0]?.symptom.id).toBe('pingback-requests');
    expect(causeOf('worker-pileup')).toBe('pingback-requests');
    expect(causeOf('memory-exhausted')).toBe('worker-pileup');
    expect(causeOf('oom-kill')).toBe('memory-exhausted');
    expect(causeOf('database-killed')).toBe('oom-kill');
    expect(causeOf('database-down')).toBe('database-killed');
    expect(linkOf('site-error')).toBeDefined();
    expect(linkOf('tables-crashed')).toBeDefined();
    expectOrder(verdict.chain, sceneOf(dossier, symptoms).toleranceMs);
  });

  it("says Little's law and the victim's size in figures", () => {
    expect(linkOf('worker-pileup')?.because).toMatch(
      /1\.1 a second x 11 seconds each = 12 in flight at once \(Little's law\); 40 were seen/,
    );
    expect(linkOf('memory-exhausted')?.because).toMatch(/php-cgi held .* of 512 MB/);
    expect(linkOf('oom-kill')?.because).toMatch(
      /largest process.*mariadbd, with 66 MB.*20 php-cgi held 670 MB together/,
    );
  });

  it('is told the same each time, and whatever the order of the symptoms', () => {
    expect(diagnose(pingbackIncident(), findSymptoms(pingbackIncident()))).toEqual(verdict);
    fc.assert(
      fc.property(fc.shuffledSubarray([...symptoms], { minLength: symptoms.length }), (shuffled) => {
        const again = diagnose(dossier, shuffled);
        expect(again.cause).toBe(verdict.cause);
        expect(again.culprits).toEqual(verdict.culprits);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a chain', () => {
  it('holds nothing that began before the root', () => {
    const root = symptomOf('pingback-requests');
    const early = symptomOf('worker-pileup');
    const before = { ...early, span: { from: root.span.from - 120_000, to: root.span.to } } as Symptom;
    expect(chainFrom(root, sceneOf(dossierOf({}), [root, before]))).toHaveLength(1);
  });

  it('is in order whatever was wrong and whenever it began', () => {
    const anything = fc.shuffledSubarray([...SYMPTOM_IDS], { minLength: 1 }).chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc.tuple(fc.integer({ min: 0, max: 7200 }), fc.integer({ min: 0, max: 7200 })).map(([from, length]) => {
            const symptom = symptomOf(id);
            const begin = symptom.span.from + from * 1000;
            return { ...symptom, span: { from: begin, to: begin + length * 1000 } } as Symptom;
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(anything, (all) => {
        const scene = sceneOf(dossierOf({}), all);
        for (const root of all) {
          const chain = chainFrom(root, scene);
          expect(chain[0]?.symptom).toBe(root);
          expectOrder(chain, scene.toleranceMs);
          expect(new Set(chain.map(({ symptom }) => symptom.id)).size).toBe(chain.length);
        }
      }),
      { numRuns: 40 },
    );
  });
});

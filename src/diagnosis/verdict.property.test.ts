// Whatever was found, in whatever combination: a verdict comes, its figures are in range, and no innocent is named.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dossier } from '../model/dossier.ts';
import { SYMPTOM_IDS, type Symptom, type SymptomId } from '../model/symptom.ts';
import { CAUSES } from '../model/verdict.ts';
import { symptomOf } from '../report/symptoms.fixture.ts';
import { ATTACKER, dossierOf, readers, requests } from '../symptoms/dossier.fixture.ts';
import { pingbackIncident } from './incident.fixture.ts';
import { diagnose } from './index.ts';

/** A proxy, a neighbour on the own side, a published proxy and a search engine that is one. */
const INNOCENT = ['192.0.2.1', '10.0.0.5', '104.16.8.8', '66.249.66.1'];
const SOURCES = [...INNOCENT, ATTACKER];
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

function busy(): Dossier {
  const access = SOURCES.flatMap((client) => requests(200, 1, { client, target: '/?s=x', agent: GOOGLEBOT }));
  const dossier = dossierOf({ access: [...readers(5), ...access] });
  const proxies = [{ address: '192.0.2.1', requests: 200, why: 'configured with --trusted-proxy' }];
  return { ...dossier, ...(dossier.traffic && { traffic: { ...dossier.traffic, proxies } }) };
}
const DOSSIERS = { nothing: dossierOf({}), busy: busy(), incident: pingbackIncident() } as const;
/** Without an access log, nothing proves the search engine or the proxy. */
const PROTECTED = {
  nothing: ['10.0.0.5', '104.16.8.8'],
  busy: INNOCENT,
  incident: ['10.0.0.5', '104.16.8.8'],
} as const;

/** A symptom that lists innocents among its sources. */
function accusing(id: SymptomId): Symptom {
  switch (id) {
    case 'request-flood':
    case 'login-failures':
    case 'pingback-requests':
    case 'scan-probes':
    case 'crawler-storm':
      return symptomOf(id, { sources: SOURCES, sourceCount: SOURCES.length });
    case 'endpoint-abuse':
    case 'slow-clients':
    case 'half-open-connections':
      return symptomOf(id, { topSource: '10.0.0.5' });
    case 'backend-timeouts':
      return symptomOf(id, { peer: '192.0.2.1' });
    default:
      return symptomOf(id);
  }
}

const some = fc
  .tuple(
    fc.shuffledSubarray([...SYMPTOM_IDS]),
    fc.constantFrom('observed', 'inferred'),
    fc.constantFrom('nothing', 'busy', 'incident'),
  )
  .map(([ids, certainty, evidence]) => ({
    evidence,
    symptoms: ids.map((id) => ({ ...accusing(id), certainty }) as Symptom),
  }));

describe('any verdict', () => {
  it('never throws, is certain between 0 and 1, and gives each rival the reason why it lost', () => {
    fc.assert(
      fc.property(some, ({ evidence, symptoms }) => {
        const verdict = diagnose(DOSSIERS[evidence], symptoms);
        expect(CAUSES).toContain(verdict.cause);
        expect(verdict.confidence).toBeGreaterThanOrEqual(0);
        expect(verdict.confidence).toBeLessThanOrEqual(1);
        for (const rival of verdict.rivals) {
          expect(rival.cause).not.toBe(verdict.cause);
          expect(rival.score).toBeGreaterThanOrEqual(0);
          expect(rival.score).toBeLessThanOrEqual(1);
          expect(rival.lost).toMatch(/\.$/);
        }
        for (const { share } of verdict.culprits) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(JSON.stringify(verdict)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 300 },
    );
  });

  it('names no innocent, neither as a culprit nor in a block', () => {
    fc.assert(
      fc.property(some, ({ evidence, symptoms }) => {
        const { culprits, plans } = diagnose(DOSSIERS[evidence], symptoms);
        const named = culprits.map(({ id }) => id);
        const blocked = plans.flatMap((plan) => ('targets' in plan ? plan.targets : []));
        const innocent: readonly string[] = PROTECTED[evidence];
        expect([...named, ...blocked].filter((id) => innocent.includes(id))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same for the same evidence, and has the same cause in whatever order it comes', () => {
    fc.assert(
      fc.property(
        some.chain(({ evidence, symptoms }) =>
          fc.tuple(
            fc.constant(evidence),
            fc.constant(symptoms),
            fc.shuffledSubarray(symptoms, { minLength: symptoms.length }),
          ),
        ),
        ([evidence, symptoms, shuffled]) => {
          const dossier = DOSSIERS[evidence];
          const verdict = diagnose(dossier, symptoms);
          expect(diagnose(dossier, symptoms)).toEqual(verdict);
          expect(diagnose(dossier, shuffled).cause).toBe(verdict.cause);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is unknown rather than a guess where only harm is seen', () => {
    for (const id of ['site-error', 'site-slow', 'site-unreachable', 'database-down', 'load-spike'] as const)
      expect(diagnose(dossierOf({}), [symptomOf(id)])).toMatchObject({ cause: 'unknown', confidence: 0, culprits: [] });
  });
});

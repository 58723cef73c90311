import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYMPTOM_IDS } from '../model/symptom.ts';
import { CAUSES } from '../model/verdict.ts';
import { hostile, hostileText } from './hostile.fixture.ts';
import { incidentSchema, incidentSchemaText } from './incident-schema.ts';
import { jsonReport, jsonText } from './json.ts';
import { pingbackFindings } from './pingback.fixture.ts';
import { ACCEPTED, findingsOf, symptomOf } from './symptoms.fixture.ts';

const everything = () =>
  findingsOf(
    'login-brute-force',
    SYMPTOM_IDS.map((id) => symptomOf(id)),
    { compromised: 'possible', compromiseEvidence: [ACCEPTED] },
  );

describe('the JSON report', () => {
  it('passes its schema, for every cause and every symptom', () => {
    expect(incidentSchema.parse(jsonReport(pingbackFindings()))).toEqual(jsonReport(pingbackFindings()));
    expect(incidentSchema.parse(jsonReport(everything()))).toEqual(jsonReport(everything()));
    for (const cause of CAUSES) incidentSchema.parse(jsonReport(findingsOf(cause, [])));
  });

  it('has the fields that programs were promised', () => {
    const report = jsonReport(pingbackFindings());
    expect(report.schema).toBe('seawall-incident/1');
    expect(report.verdict.cause).toBe('pingback-abuse');
    expect(report.culprits[0]).toMatchObject({
      kind: 'address',
      id: '203.0.113.66',
      requests: 138,
      workerSeconds: 3412,
    });
    expect(report.symptoms[0]?.from).toBe('2026-11-22T10:06:14.000Z');
    expect(report.symptoms[0]?.evidence[0]).toMatchObject({ file: 'logs/access.log', line: 113 });
    expect(report.timeline.map(({ kind }) => kind)).toContain('killed');
    expect(report.notRecognised[0]?.path).toBe('notes.txt');
  });

  it('tells times in a measure as times', () => {
    const report = jsonReport(findingsOf('service-stopped', [symptomOf('database-down')]));
    expect(report.symptoms[0]?.measure.lastAlive).toBe('2026-11-22T08:12:00.000Z');
  });

  it('begins its sentence with the warning when a guessed password was possibly accepted', () => {
    const { verdict } = jsonReport(everything());
    expect(verdict.sentence).toMatch(/^A GUESSED PASSWORD WAS POSSIBLY ACCEPTED/);
    expect(verdict.compromiseEvidence).toHaveLength(1);
  });

  it('leaves out figures that JSON has no word for', () => {
    const findings = findingsOf('request-flood', [symptomOf('request-flood', { ratePerS: Number.POSITIVE_INFINITY })], {
      confidence: Number.NaN,
    });
    const report = incidentSchema.parse(jsonReport(findings));
    expect(report.symptoms[0]?.measure).not.toHaveProperty('ratePerS');
    expect(report.verdict.confidence).toBe(0);
  });

  it('passes its schema whatever stands in a log, and as text steers no terminal', () => {
    fc.assert(
      fc.property(hostileText, (bad) => {
        const report = jsonReport(hostile(pingbackFindings(), bad));
        incidentSchema.parse(report);
        const text = jsonText(report);
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('docs/incident.schema.json', () => {
  it('is the current one (else: npm run schema)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/incident.schema.json'), 'utf8')).toBe(
      incidentSchemaText(),
    );
  });
});

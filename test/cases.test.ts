// Recorded incidents, a folder each, with what must be found in them: detection knowledge is data.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { diagnose } from '../src/diagnosis/index.ts';
import { inNetwork } from '../src/model/address.ts';
import type { Findings } from '../src/model/findings.ts';
import { SYMPTOM_IDS } from '../src/model/symptom.ts';
import { CAUSES } from '../src/model/verdict.ts';
import { advise } from '../src/remedies/index.ts';
import { incidentSchema } from '../src/report/incident-schema.ts';
import { htmlReport, jsonReport, markdownReport, terminalReport } from '../src/report/index.ts';
import { columns } from '../src/report/text/wrap.ts';
import { readDossier } from '../src/sources/dossier.ts';
import { findSymptoms } from '../src/symptoms/index.ts';

const CASES = join(import.meta.dirname, '../cases');
/** Later than every case, so that a year that has to be guessed is guessed from the evidence. */
const NOW = Date.parse('2026-12-01T00:00:00Z');

/** Files that people add to a record, and that are no logs. */
const CONFIGURATION =
  /excerpt|systemctl-status|term\.log|unattended-upgrades|\.conf|plugins\.txt|ls\.txt|server-status|nstat/;

const EXPECTED = z.strictObject({
  cause: z.enum(CAUSES),
  /** Each must be named. */
  culprits: z.array(z.string()),
  /** Addresses and networks of which none may be named, unless it stands in `culprits`. */
  innocent: z.array(z.string()),
  symptoms_required: z.array(z.enum(SYMPTOM_IDS)),
  symptoms_forbidden: z.array(z.enum(SYMPTOM_IDS)),
  compromised: z.enum(['no', 'possible', 'unknown']).optional(),
  notes: z.string(),
});

async function investigate(folder: string): Promise<Findings> {
  const dossier = await readDossier({ paths: [folder], now: NOW });
  const symptoms = findSymptoms(dossier);
  const verdict = diagnose(dossier, symptoms);
  return { dossier, symptoms, verdict, remedies: verdict.plans.map((plan) => advise(plan, dossier.traffic)) };
}

const names = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, 'expected.json')));

describe.each(names)('the case %s', async (name) => {
  const expected = EXPECTED.parse(JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8')));
  const findings = await investigate(join(CASES, name));
  const { verdict, symptoms, dossier } = findings;
  const ids = symptoms.map(({ id }) => id);

  it(`comes out as ${expected.cause}`, () => {
    expect(verdict.cause).toBe(expected.cause);
  });

  it('shows the symptoms that are there, and none that is not', () => {
    expect(ids).toEqual(expect.arrayContaining(expected.symptoms_required));
    expect(ids.filter((id) => expected.symptoms_forbidden.includes(id))).toEqual([]);
  });

  it('names who is to blame, and no bystander', () => {
    const named = verdict.culprits.map(({ id }) => id);
    expect(named).toEqual(expect.arrayContaining(expected.culprits));
    if (expected.culprits.length === 0) expect(named).toEqual([]);
    const others = named.filter((id) => !expected.culprits.includes(id));
    expect(
      others.filter((id) => expected.innocent.some((network) => inNetwork(id.split('/')[0] ?? id, network))),
    ).toEqual([]);
  });

  it('says whether a guessed password was accepted', () => {
    if (expected.compromised !== undefined) expect(verdict.compromised).toBe(expected.compromised);
    else expect(verdict.compromised).not.toBe('possible');
  });

  it('rests every link of the chain on evidence and on an earlier link', () => {
    verdict.chain.forEach((link, i) => {
      if (link.after !== undefined) expect(link.after).toBeLessThan(i);
      expect(i === 0 || link.because !== undefined).toBe(true);
    });
    expect(verdict.chain.length > 0).toBe(expected.cause !== 'none' && expected.cause !== 'unknown');
  });

  it('reads every log, and lists what is none', () => {
    const passedOver = dossier.notRecognised.map(({ path }) => path).filter((path) => !CONFIGURATION.test(path));
    expect(passedOver).toEqual([]);
    for (const { firstLine } of dossier.notRecognised) expect(firstLine).toBeTruthy();
  });

  it('is reported in all four forms', () => {
    expect(incidentSchema.safeParse(jsonReport(findings)).error).toBeUndefined();
    for (const width of [80, 120]) {
      const lines = terminalReport(findings, { width, colour: false }).split('\n');
      expect(lines.filter((line) => columns(line) > width)).toEqual([]);
    }
    expect(markdownReport(findings)).toContain('## Root cause');
    expect(htmlReport(findings)).toContain('</html>');
  });
});

it('covers every cause class', () => {
  const covered = names.map(
    (name) => EXPECTED.parse(JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8'))).cause,
  );
  expect([...new Set(covered)].sort()).toEqual([...CAUSES].sort());
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { SYMPTOM_IDS } from '../model/symptom.ts';
import { hostile, hostileText } from './hostile.fixture.ts';
import { pingbackFindings } from './pingback.fixture.ts';
import { ACCEPTED, findingsOf, symptomOf } from './symptoms.fixture.ts';
import { terminalReport } from './terminal.ts';

const HOSTILE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const everySymptom = () =>
  findingsOf(
    'unknown',
    SYMPTOM_IDS.map((id) => symptomOf(id)),
    {
      culprits: [{ kind: 'address', id: '203.0.113.66', share: 0.9, facts: ['a fact'] }],
      missing: [{ what: 'The kernel log', command: 'journalctl -k' }],
      compromised: 'possible',
      compromiseEvidence: [ACCEPTED],
    },
  );

describe('the terminal report', () => {
  const text = terminalReport(pingbackFindings(), { width: 80, colour: false });

  it('says cause, confidence, sentence, blame and the first links within the first screen', () => {
    const screen = text.split('\n').slice(0, 40).join('\n');
    expect(screen).toMatch(/^ PINGBACK ABUSE +very sure, 94 %/);
    expect(screen).toContain("used the site's pingback");
    expect(screen).toContain('203.0.113.66, 96 % of the worker time: 3,412 worker-seconds');
    expect(screen).toContain("└ from 1: Little's law");
    expect(screen).toContain('logs/kernel.log:119');
  });

  it('draws traffic, workers, memory and site state on one axis, with the events beneath', () => {
    const rows = text
      .split('\n')
      .filter((line) => /^ (requests\/s|failed\/s|php-cgi|memory free|database|site) /.test(line));
    expect(rows).toHaveLength(6);
    expect(rows.find((row) => row.startsWith(' php-cgi'))).toMatch(/▁▂.*█.*max 149$/);
    expect(rows.find((row) => row.startsWith(' site'))).toMatch(/·{10,}█{10,}·{10,}/);
    expect(text).toMatch(/╵10:06/);
    expect(text).toMatch(/^ K 10:07:22 the kernel killed mariadbd/m);
  });

  it('says what to do, whom it would hit, what lost, what is missing and what was not looked at', () => {
    expect(text).toContain('and hit nobody else.');
    expect(text).toContain('Password guessing (4 %)');
    expect(text).toContain('tcpdump -c 200');
    expect(text).toMatch(/NOT looked at.*\n - notes.txt: no known format\n {3}called the hoster/);
  });

  it('begins with the warning and the request when a guessed password was possibly accepted', () => {
    const report = terminalReport(
      findingsOf('login-brute-force', [symptomOf('login-failures')], {
        compromised: 'possible',
        compromiseEvidence: [ACCEPTED],
      }),
      { width: 80, colour: false },
    );
    const lines = report.split('\n');
    expect(lines[1]).toContain('A GUESSED PASSWORD WAS POSSIBLY ACCEPTED');
    expect(lines.findIndex((line) => line.includes('access_log:12'))).toBeLessThan(
      lines.findIndex((line) => line.includes('PASSWORD GUESSING')),
    );
  });

  it('is never wider than asked', () => {
    for (const width of [40, 60, 80, 97, 120]) {
      for (const findings of [pingbackFindings(), everySymptom()]) {
        for (const line of terminalReport(findings, { width, colour: false }).split('\n')) {
          expect(stringWidth(line), line).toBeLessThanOrEqual(width);
        }
      }
    }
    const wide = terminalReport(pingbackFindings(), { width: 300, colour: false });
    expect(Math.max(...wide.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(120);
  });

  it('says the same with colours as without', () => {
    const coloured = terminalReport(pingbackFindings(), { width: 80, colour: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(text);
  });

  it('holds no control character, whatever stands in a log, and stays as wide as asked', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.constantFrom(pingbackFindings(), everySymptom()),
        fc.boolean(),
        (bad, findings, colour) => {
          const report = terminalReport(hostile(findings, bad), { width: 80, colour });
          const bare = colour ? report.replace(/\u001b\[\d+m/g, '') : report;
          expect(bare).not.toMatch(HOSTILE);
          for (const line of bare.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the terminal report of a long record', () => {
  it('zooms to the incident', () => {
    const findings = pingbackFindings();
    const day = 86_400_000;
    const span = findings.dossier.span ?? { from: 0, to: 0 };
    const long = {
      ...findings,
      dossier: { ...findings.dossier, span: { from: span.from - 3 * day, to: span.to + day } },
    };
    expect(terminalReport(long, { width: 80, colour: false })).toContain('Timeline, from 10:05:14 to 10:10:10 UTC');
  });

  it("tells times in the host's zone", () => {
    const findings = pingbackFindings();
    const west = { ...findings, dossier: { ...findings.dossier, zone: { name: '-08:00', assumed: true } } };
    const report = terminalReport(west, { width: 80, colour: false });
    expect(report).toContain('From 02:06:14 to 02:07:56');
    expect(report).toContain('times in -08:00 (assumed)');
    expect(report).toContain('╵02:06');
  });
});

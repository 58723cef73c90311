import { describe, expect, it } from 'vitest';
import type { Findings } from '../../model/findings.ts';
import type { InFlightRequest, Sample } from '../../model/sample.ts';
import { htmlReport } from '../html.ts';
import { incidentSchema } from '../incident-schema.ts';
import { jsonReport } from '../json.ts';
import { markdownReport } from '../markdown.ts';
import { pingbackFindings } from '../pingback.fixture.ts';
import { terminalReport } from '../terminal.ts';

const T = Date.UTC(2026, 10, 22, 9, 0, 0);

function withInFlight(target: string): Findings {
  const findings = pingbackFindings();
  const samples = [0, 1, 2].map((second): Sample => {
    const inFlight = Array.from(
      { length: 6 },
      (_, i): InFlightRequest => ({
        seenBy: 'cgi',
        client: '203.0.113.66',
        method: 'POST',
        target,
        forS: second + i,
        pid: i,
      }),
    );
    return { at: T + second * 1000, evidence: { file: 'this host, sampled', line: 1, text: '{}' }, inFlight };
  });
  return { ...findings, dossier: { ...findings.dossier, samples } };
}

describe('what is in flight', () => {
  it('is told in each form of the report', () => {
    const findings = withInFlight('/xmlrpc.php');
    for (const text of [
      terminalReport(findings, { width: 80, colour: false }),
      markdownReport(findings),
      htmlReport(findings),
    ]) {
      expect(text).toContain('In flight');
      expect(text.replaceAll('\\', '').replaceAll('\u00a0', ' ')).toContain('6 at once, 6 requests seen');
    }
    const json = jsonReport(findings);
    expect(incidentSchema.parse(json).inFlight).toMatchObject({
      seenBy: 'cgi',
      peak: 6,
      holders: [{ id: '203.0.113.66', atOnce: 6, endpoint: 'POST /xmlrpc.php' }],
    });
  });

  it('is hostile: nothing of it steers a terminal or becomes markup', () => {
    const findings = withInFlight('/\u001b[2J<script>alert(1)</script>`x`\u202e');
    const terminal = terminalReport(findings, { width: 80, colour: false });
    expect(terminal).not.toMatch(/[\u001b\u202e]/);
    expect(htmlReport(findings)).not.toContain('<script>alert');
    expect(markdownReport(findings)).not.toContain('<script>alert');
  });

  it('is left out where nobody looked', () => {
    const findings = pingbackFindings();
    const none = { ...findings, dossier: { ...findings.dossier, samples: [] } };
    expect(terminalReport(none, { width: 80, colour: false })).not.toContain('In flight');
    expect(jsonReport(none).inFlight).toBeUndefined();
  });
});

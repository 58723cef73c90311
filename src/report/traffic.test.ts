import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entry, T0 } from '../engine/entries.fixture.ts';
import { table } from '../model/table.ts';
import { hostileText } from './hostile.fixture.ts';
import { jsonText } from './json.ts';
import { columns } from './text/wrap.ts';
import { trafficCsv } from './traffic/csv.ts';
import { trafficData } from './traffic/json.ts';
import { groupsOf, siteRequests, trafficFindings } from './traffic.fixture.ts';
import { trafficReport } from './traffic.ts';
import { trafficSchema, trafficSchemaText } from './traffic-schema.ts';
import { workerWords } from './words/traffic.ts';

const HOSTILE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const report = (findings = trafficFindings(), width = 80) => trafficReport(findings, { width, colour: false });
/** The lines of one table, its titles first. */
function section(text: string, title: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`── ${title}`));
  const end = lines.findIndex((line, i) => i > start && line === '');
  return lines.slice(start + 1, end < 0 ? undefined : end);
}

describe('the report on traffic', () => {
  it('says how much it was, when, and how the cost is known', () => {
    const head = report().split('\n').slice(0, 12).join('\n');
    expect(head).toContain('22 Nov 2026, from 09:00:00 to 09:01:58, times in UTC');
    expect(head).toMatch(/requests +190 in 120 seconds: 1.6 times a second/);
    expect(head).toMatch(/visitors +43 different addresses/);
    expect(head).toMatch(/errors +10 failed with 5xx \(5 %\), 0 refused/);
    expect(head).toMatch(/cost +909 worker-seconds: 7.6 workers busy on average/);
    expect(head).toContain('The log says how long each request to the application took.');
  });

  it('says that worker time is estimated where no log tells it', () => {
    const requests = siteRequests().map(({ durationMs: _, ...request }) => request);
    expect(report(trafficFindings(requests), 120)).toMatch(
      /It is ESTIMATED, alike for each of the 150 requests to the application\. A log with request times/,
    );
  });

  it('does not round workers that were seldom busy to none', () => {
    expect(workerWords(459_000, 10_000)).toBe('459 worker-seconds: less than 0.1 workers busy on average');
    expect(workerWords(459_000, 100)).toBe('459 worker-seconds: 4.6 workers busy on average');
  });

  it('names the costliest first, with its owner, whose data is attributed', () => {
    const [titles, first] = section(report(), 'Sources by cost: 10 of 43');
    expect(titles).toMatch(/^ *cost +worker-s +requests .* source$/);
    expect(first).toMatch(/^ *99 % +900 +100 .*10 +.*203\.0\.113\.66 +NL AS64496 Ex/);
    expect(section(report(), 'Networks by cost')[1]).toMatch(/203\.0\.113\.0\/24 +NL AS64496/);
    expect(report()).toContain('IP Geolocation by DB-IP');
    expect(report(trafficFindings(undefined, { owners: new Map() }))).not.toContain('DB-IP');
  });

  it('dates every time when there are several days', () => {
    const text = report(trafficFindings([...siteRequests(), entry({ at: T0 + 100_000_000, durationMs: 5000 })]), 120);
    expect(text).toContain(' 22 Nov 2026 09:00 to 23 Nov 2026 12:46, times in UTC');
    expect(section(text, 'Sources by cost')[1]).toMatch(/ 22 Nov 09:00 +22 Nov 09:01 +203/);
  });

  it('draws requests, failures and worker time over time', () => {
    const rows = section(report(), 'Over time');
    expect(rows.map((row) => row.trim().split(' ')[0])).toEqual([
      'requests/s',
      'failed/s',
      'worker-s/s',
      expect.stringMatching(/^╵09:00/),
    ]);
  });

  it('tells robots that are proved from those that only say so', () => {
    const rows = section(report(), 'Robots by cost').join('\n');
    expect(rows).toMatch(/ 5 .*claims Googlebot, proved by address \(Google\)/);
    expect(rows).toMatch(/ 5 .*claims Googlebot, NOT proved/);
    expect(rows).toContain('--verify-bots');
  });

  it('shows status codes, methods, hosts and referers in a line each', () => {
    const rows = section(report(), 'Also, by requests').join('\n');
    expect(rows).toMatch(/status +200: 180 \(95 %.*\), 503: 10/);
    expect(rows).toMatch(/method +POST: 100 \(53 %, cost 99 %\), GET: 90/);
    expect(rows).toMatch(/host +www\.example\.org: 80/);
  });

  it('shows the one table that was asked for, two things side by side', () => {
    const findings = trafficFindings();
    const groups = groupsOf({ 'GET /a\n192.0.2.1': 3, 'POST /b\n2001:db8:146:c8::55da': 50 });
    const text = report({
      ...findings,
      traffic: { ...findings.traffic, groups },
      query: { by: ['endpoint', 'source'] },
    });
    const [titles, first, second] = section(text, 'Endpoints and sources by cost');
    expect(titles).toMatch(/endpoint +source$/);
    expect(first).toMatch(/ 50 .*POST \/b +2001:db8:146:c8::55da$/);
    expect(second).toMatch(/ 3 .*GET \/a +192\.0\.2\.1$/);
    expect(text).not.toContain('Robots');
  });

  it('says what a bounded table folded, what was filtered and who stands in front', () => {
    const findings = trafficFindings();
    const { traffic } = findings;
    const text = report({
      ...findings,
      traffic: {
        ...traffic,
        sources: { ...traffic.sources, folded: 1234, errorBound: 7 },
        filtered: 55,
        proxies: [{ address: '192.0.2.1', requests: 40, why: 'a private address' }],
      },
      logs: [
        {
          ...findings.logs[0],
          path: 'a.log',
          title: 'JSON',
          bytes: 1,
          lines: 9,
          unreadable: 2,
          firstUnreadable: 'garbage',
          notes: [],
          engine: 'reference',
          engineNote: 'JSON lines',
        },
      ],
      notRecognised: [{ path: 'error.log', reason: 'no access log' }],
    }).replace(/\s+/g, ' ');
    expect(text).toContain('in requests and worker-seconds together: about 1,234 of sources (each may lack up to 7).');
    expect(text).toContain('Sources by cost: 10 of 43 that are kept');
    expect(text).toContain('The filters left out 55 requests: all figures are of what is left.');
    expect(text).toMatch(/visitors about 43 different addresses/);
    expect(text).toContain('40 requests came through 192.0.2.1');
    expect(text).toContain('a.log: JSON, 9 lines, 2 of them unreadable; read by the reference parser: JSON lines');
    expect(text).toContain('error.log: no access log');
  });

  it('keeps every address whole and every row on one line, however narrow', () => {
    for (const width of [40, 60, 80, 100, 120]) {
      const text = report(
        trafficFindings([
          ...siteRequests(),
          entry({ client: '2001:db8:1234:5678:9abc:def0:1234:5678', durationMs: 1e6 }),
        ]),
        width,
      );
      expect(text.split('\n').filter((line) => columns(line) > width)).toEqual([]);
      expect(section(text, 'Sources by cost')).toHaveLength(11);
      if (width >= 80) expect(text).toContain('2001:db8:1234:5678:9abc:def0:1234:5678');
    }
  });
});

describe('whatever stands in a log', () => {
  const hostileFindings = (bad: string) => {
    const findings = trafficFindings([
      ...siteRequests(),
      entry({ at: T0, client: bad, target: `/${bad}`, agent: bad, referer: `https://${bad}/`, host: bad, method: bad }),
    ]);
    return {
      ...findings,
      owners: new Map([['203.0.113.66', { asn: 1, name: bad }]]),
      logs: [{ path: bad, title: 'x', bytes: 1, lines: 2, unreadable: 1, firstUnreadable: bad, notes: [bad] }],
      notRecognised: [{ path: bad, reason: bad, firstLine: bad }],
      robots: findings.robots.map((robot) => ({ ...robot, robot: bad, examples: [bad] })),
    };
  };

  it('steers no terminal, and breaks no table', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(40, 80, 120), fc.boolean(), (bad, width, colour) => {
        const painted = trafficReport(hostileFindings(bad), { width, colour });
        const text = colour ? painted.replaceAll(/\u001b\[\d+m/g, '') : painted;
        expect(text).not.toMatch(HOSTILE);
        expect(text.split('\n').filter((line) => columns(line) > width)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('stays JSON that passes its schema, and CSV of as many cells in each row', () => {
    fc.assert(
      fc.property(hostileText, (bad) => {
        const findings = hostileFindings(bad);
        const data = trafficData(findings);
        trafficSchema.parse(data);
        const text = jsonText(data);
        expect(text).not.toMatch(HOSTILE);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(data)));
        const csv = trafficCsv(findings);
        expect(csv.replaceAll('\r\n', '\n')).not.toMatch(HOSTILE);
        const widths = csv
          .trimEnd()
          .split('\r\n')
          .map((line) => line.replace(/"(?:[^"]|"")*"/g, 'x').split(',').length);
        expect(new Set(widths).size).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the data for programs', () => {
  it('has all tables with as many rows as asked for, and what they lost', () => {
    const data = trafficSchema.parse(trafficData(trafficFindings(undefined, { top: 2 })));
    expect(data.tables.map(({ by }) => by.join())).toEqual([
      'source',
      'network',
      'endpoint',
      'agent',
      'status',
      'method',
      'host',
      'referer',
    ]);
    const [sources] = data.tables;
    expect(sources?.rows).toHaveLength(2);
    expect(sources).toMatchObject({ total: 43, folded: 0, errorBound: 0 });
    expect(sources?.rows[0]).toMatchObject({
      key: ['203.0.113.66'],
      requests: 100,
      workerSeconds: 900,
      failed: 10,
      owner: { asn: 64496 },
    });
    expect(data.total).toMatchObject({ requests: 190, addresses: 43, first: '2026-11-22T09:00:00.000Z' });
  });

  it('says what DNS proved', () => {
    const findings = trafficFindings();
    const robots = findings.robots.map((claim) =>
      claim.proof === 'none' ? { ...claim, proof: 'name' as const, by: 'googlebot.com' } : claim,
    );
    expect(trafficData({ ...findings, robots }).robots.map(({ proof, by }) => [proof, by])).toEqual(
      expect.arrayContaining([
        ['address', 'Google'],
        ['name', 'googlebot.com'],
      ]),
    );
  });

  it('is described in docs/traffic.schema.json (else: npm run schema)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../docs/traffic.schema.json'), 'utf8')).toBe(trafficSchemaText());
  });

  it('has no group without members in an empty table', () => {
    const findings = trafficFindings();
    const data = trafficData({
      ...findings,
      traffic: { ...findings.traffic, groups: table(4) },
      query: { by: ['host'] },
    });
    expect(data.tables).toEqual([{ by: ['host'], rows: [], total: 0, folded: 0, errorBound: 0 }]);
  });
});

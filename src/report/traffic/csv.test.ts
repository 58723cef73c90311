import { describe, expect, it } from 'vitest';
import { entry } from '../../engine/entries.fixture.ts';
import { groupsOf, trafficFindings } from '../traffic.fixture.ts';
import { csvCell, trafficCsv } from './csv.ts';

describe('a cell of CSV', () => {
  it.each([
    ['=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'],
    ['+1+1', "'+1+1"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\\x09=1"],
    ['\r\n=1', "'\\x0d\\x0a=1"],
    ['＝1', "'＝1"],
  ])('is no formula: %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('is quoted where RFC 4180 asks for it, and else as it is', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "x"')).toBe('"say ""x"""');
    expect(csvCell('GET /a=b')).toBe('GET /a=b');
    expect(csvCell('\u001b[31m')).toBe('\\x1b[31m');
  });
});

describe('a table as CSV', () => {
  it('is that of the sources, the costliest first, lines ended by CR LF', () => {
    const lines = trafficCsv(trafficFindings()).split('\r\n');
    expect(lines[0]).toBe(
      'source,workerSeconds,costShare,requestShare,requests,dynamic,bytes,ok,redirected,refused,failed,notFound,clientTimeouts,gaveUp,addresses,first,last,country,asn,owner',
    );
    expect(lines[1]).toBe(
      '203.0.113.66,900,0.990055,0.526316,100,100,37000,90,0,0,10,0,0,0,1,2026-11-22T09:00:00.000Z,2026-11-22T09:01:39.000Z,NL,64496,Example Hosting',
    );
    expect(lines).toHaveLength(45);
    expect(lines.at(-1)).toBe('');
  });

  it('is the one of --by when there is one, and as long as --top', () => {
    const findings = trafficFindings();
    const groups = groupsOf({ 'GET\n200': 1, 'POST\n503': 2 });
    const csv = trafficCsv(
      { ...findings, traffic: { ...findings.traffic, groups }, query: { by: ['method', 'status'] } },
      1,
    );
    expect(csv.split('\r\n').map((line) => line.split(',').slice(0, 2))).toEqual([
      ['method', 'status'],
      ['POST', '503'],
      [''],
    ]);
  });

  it('neutralises what a client sent', () => {
    const findings = trafficFindings([entry({ client: '=cmd|x', durationMs: 10 })]);
    expect(trafficCsv(findings)).toContain("\n'=cmd|x,");
  });
});

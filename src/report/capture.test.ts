import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../model/capture.ts';
import type { CaptureFindings, CaptureSender, CaptureVerdict } from '../model/capture-verdict.ts';
import { captureReport } from './capture.ts';
import { captureData, captureSchemaText } from './capture-schema.ts';
import { hostileText } from './hostile.fixture.ts';
import { columns } from './text/wrap.ts';

const SENDER: CaptureSender = {
  address: '203.0.113.66',
  kind: 'reflection',
  sureness: 0.98,
  requests: 60,
  span: { from: 0, to: 60_000 },
  logins: 0,
  users: [],
  pingbacks: 60,
  victims: [{ name: 'victim.example', count: 60 }],
  methods: [{ name: 'pingback.ping', count: 60 }],
  paths: [{ name: 'POST /xmlrpc.php', count: 60 }],
  bodies: [{ name: 'xmlrpc', count: 60 }],
  agents: [{ name: 'Mozilla/4.0', count: 60 }],
  replyBytes: [370],
  reasons: [{ kind: 'pingbacks', count: 60, victims: [{ name: 'victim.example', count: 60 }] }],
};
const VERDICT: CaptureVerdict = {
  kind: 'reflection',
  sureness: 0.98,
  requests: 60,
  span: { from: 0, to: 60_000 },
  byKind: { passwords: 0, reflection: 60, 'denial-of-service': 0, client: 0, visitor: 0, unclear: 0 },
  senders: [SENDER],
  moreSenders: 0,
  users: [],
  logins: 0,
  victims: [{ name: 'victim.example', count: 60 }],
  pingbacks: 60,
  letIn: [],
};
const EXAMPLE: CapturedRequest = {
  at: 1000,
  source: '203.0.113.66',
  method: 'POST',
  path: '/xmlrpc.php',
  marks: [],
  bodyBytes: 300,
  body: 'xmlrpc',
  whole: true,
  calls: [{ name: 'pingback.ping', count: 1 }],
  moreCalls: 0,
  logins: 0,
  users: [],
  pingbacks: [{ from: 'http://victim.example/', to: 'https://example.org/a/', count: 1 }],
  morePingbacks: 0,
  fields: [],
};
const FINDINGS: CaptureFindings = {
  readAt: 60_000,
  way: { kind: 'packets', from: 'x.pcap', frames: 900, cut: 0, encrypted: 0, dropped: 0 },
  verdict: VERDICT,
  examples: [EXAMPLE],
  notes: [],
  kept: 'Nothing is kept.',
};

describe('the report of a capture', () => {
  it('says what they send, against whom, and what to do', () => {
    const text = captureReport(FINDINGS, { width: 80, colour: false });
    expect(text).toContain('REFLECTION');
    expect(text).toContain('victim.example');
    expect(text).toContain('replies of 370 bytes');
    expect(text).toContain('seawall block 203.0.113.66 --for 2h');
    expect(text).toContain('pingback.ping(http://victim.example/');
    expect(text).toContain('Nothing is kept.');
  });

  it('warns before all else when a guess was accepted', () => {
    const verdict = { ...VERDICT, kind: 'passwords' as const, letIn: ['203.0.113.66'] };
    expect(captureReport({ ...FINDINGS, verdict }, { width: 80, colour: false })).toMatch(
      /^!! WordPress accepted a login/,
    );
  });

  it('says for every kind something', () => {
    for (const kind of [
      'passwords',
      'reflection',
      'denial-of-service',
      'legitimate',
      'mixed',
      'unclear',
      'nothing',
    ] as const) {
      const data = captureData({ ...FINDINGS, verdict: { ...VERDICT, kind } });
      expect(data.sentence.length).toBeGreaterThan(20);
    }
  });

  it('is never steered by what was sent, and fits its width', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 40, max: 120 }), (text, width) => {
        const name = [{ name: text, count: 1 }];
        const sender = {
          ...SENDER,
          users: name,
          victims: name,
          agents: name,
          reasons: [{ kind: 'one-user', user: text, methods: 2 }] as const,
        };
        const example = { ...EXAMPLE, path: text, calls: name, pingbacks: [], users: name };
        const verdict = { ...VERDICT, users: name, victims: name, senders: [sender] };
        const report = captureReport({ ...FINDINGS, verdict, examples: [example] }, { width, colour: false });
        for (const line of report.split('\n')) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(report.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });

  it('has a schema', () => {
    expect(JSON.parse(captureSchemaText())).toMatchObject({ title: 'seawall-capture/1', type: 'object' });
  });
});

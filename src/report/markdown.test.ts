import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostile, hostileText } from './hostile.fixture.ts';
import { markdownReport } from './markdown.ts';
import { pingbackFindings } from './pingback.fixture.ts';
import { ACCEPTED, findingsOf, symptomOf } from './symptoms.fixture.ts';

/** Markdown without its code blocks and code spans, read as CommonMark reads them (0.31, 4.5 and 6.1). */
function withoutCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const mark = /^ *(`{3,})([^`]*)$/.exec(line);
    if (fence === undefined && mark) fence = mark[1];
    else if (fence !== undefined) {
      if (mark?.[1] !== undefined && mark[1].length >= fence.length && mark[2]?.trim() === '') fence = undefined;
    } else kept.push(withoutSpans(line));
  }
  expect(fence, 'every block is closed').toBeUndefined();
  return kept.join('\n');
}

function withoutSpans(line: string): string {
  let rest = '';
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') {
      rest += line.slice(i, i + 2);
      i++;
      continue;
    }
    if (line[i] !== '`') {
      rest += line[i];
      continue;
    }
    const open = /^`+/.exec(line.slice(i))?.[0].length ?? 1;
    const after = line.slice(i + open);
    const close = [...after.matchAll(/`+/g)].find((run) => run[0].length === open);
    expect(close, `unclosed code span in: ${line}`).toBeDefined();
    i += open + (close?.index ?? 0) + open - 1;
  }
  return rest;
}

describe('the write-up', () => {
  const text = markdownReport(pingbackFindings());

  it('has the sections of a post-mortem', () => {
    const headings = text.split('\n').filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      '# Pingback abuse on web1, 22 Nov 2026',
      '## Summary',
      '## Impact',
      '## What happened',
      '## Root cause',
      '## How we know',
      '## What was done',
      '## What stays',
      '## Open questions',
      '## Sources',
    ]);
  });

  it('quotes evidence with its place and the line itself', () => {
    expect(text).toContain(
      '- `logs/kernel.log:119`: `2026-11-22T10:07:22,092369+00:00 Memory cgroup out of memory: Killed',
    );
  });

  it('tells what was done from the record alone', () => {
    const done = text.slice(text.indexOf('## What was done'), text.indexOf('## What stays'));
    expect(done).toContain('203.0.113.66 was banned');
    expect(done).toContain('Apache started');
    expect(done).not.toContain('killed');
  });

  it('says a login that was possibly accepted before all else', () => {
    const report = markdownReport(
      findingsOf('login-brute-force', [symptomOf('login-failures')], {
        compromised: 'possible',
        compromiseEvidence: [ACCEPTED],
      }),
    );
    const lines = report.split('\n');
    expect(lines[2]).toMatch(/^\*\*A GUESSED PASSWORD WAS POSSIBLY ACCEPTED/);
    expect(lines[4]).toContain('`access_log:12`');
  });

  it('lets no text of a log become markup, a link or a control character', () => {
    const warned = findingsOf('application-error', [symptomOf('php-errors'), symptomOf('site-error')], {
      compromised: 'possible',
      compromiseEvidence: [ACCEPTED],
    });
    fc.assert(
      fc.property(hostileText, fc.constantFrom(pingbackFindings(), warned), (bad, findings) => {
        const report = markdownReport(hostile(findings, bad));
        expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        const bare = withoutCode(report);
        expect(bare).not.toMatch(/[<>]/);
        expect(bare).not.toMatch(/:\/\/|www\./);
        expect(bare).not.toMatch(/(?<!\\)[[\]|]/);
        expect(bare.split('\n').filter((line) => /^#/.test(line))).toHaveLength(10);
      }),
      { numRuns: 80 },
    );
  });
});

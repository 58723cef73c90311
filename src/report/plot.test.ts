import { describe, expect, it } from 'vitest';
import { pingbackFindings } from './pingback.fixture.ts';
import { columnOf, plotOf } from './plot.ts';
import { findingsOf } from './symptoms.fixture.ts';
import { eventMoments, shownSpan } from './timeline.ts';

describe('the plot', () => {
  const findings = pingbackFindings();
  const span = shownSpan(findings) ?? { from: 0, to: 1 };

  it('loses no request by resampling', () => {
    const wide = { from: span.from - 60_000, to: span.to + 60_000 };
    for (const columns of [7, 53, 200]) {
      const row = plotOf(findings, wide, columns)?.rows[0];
      const seconds = (wide.to - wide.from) / 1000 / columns;
      const sum = row?.kind === 'bars' ? row.values.reduce<number>((all, value) => all + (value ?? 0) * seconds, 0) : 0;
      expect(sum).toBeCloseTo(
        findings.dossier.traffic?.slices.reduce((all, slice) => all + slice.profile.total.requests, 0) ?? -1,
        6,
      );
    }
  });

  it('keeps the worst value of a column', () => {
    const rows = plotOf(findings, span, 10)?.rows ?? [];
    const workers = rows.find(({ title }) => title === 'php-cgi');
    const memory = rows.find(({ title }) => title === 'memory free');
    expect(Math.max(...(workers?.kind === 'bars' ? workers.values.map((value) => value ?? 0) : []))).toBe(149);
    expect(Math.min(...(memory?.kind === 'bars' ? memory.values.map((value) => value ?? Infinity) : []))).toBe(1456);
  });

  it('has no row without data, and none at all without rows', () => {
    expect(plotOf(findingsOf('none', []), span, 50)).toBeUndefined();
    const { traffic: _, ...dossier } = findings.dossier;
    const titles = plotOf({ ...findings, dossier }, span, 50)?.rows.map(({ title }) => title);
    expect(titles).toEqual(['php-cgi', 'memory free', 'database', 'site']);
  });

  it("takes the site's state from the access log when nobody probed", () => {
    const plot = plotOf({ ...findings, dossier: { ...findings.dossier, samples: [] } }, span, 50);
    const site = plot?.rows.find(({ title }) => title === 'site');
    expect(site?.values).toContain('down');
    expect(site?.values[3]).toBe('up');
  });

  it('puts a moment into a column of the axis, wherever it lies', () => {
    expect(columnOf({ span, columns: 50 }, span.from - 1)).toBe(0);
    expect(columnOf({ span, columns: 50 }, span.to)).toBe(49);
  });
});

describe('the timeline', () => {
  it('folds what happens again at once, and counts it', () => {
    const moments = eventMoments(pingbackFindings());
    const php = moments.filter(({ text }) => text.includes('killed php-cgi for want of memory (35 MB)'));
    expect(php.map(({ count }) => count)).toEqual([2]);
  });
});

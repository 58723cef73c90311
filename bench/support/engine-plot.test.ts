import { describe, expect, it } from 'vitest';
import { plotOf, speedsIn } from './engine-plot.ts';

const RESULT = {
  benchmark: 'log-engine',
  cores: 2,
  combinedLines: 5_000_000,
  combinedBytes: 1_100_000_000,
  combinedGoaccessLinesPerSecond: 96_000,
  combinedWcLinesPerSecond: 36_000_000,
  combinedAwkLinesPerSecond: 1_500_000,
  combinedAllLinesPerSecond: 11_000_000,
  ipv6WcLinesPerSecond: 1,
};
const output = `wc -l  0.1\n\n${JSON.stringify(RESULT)}\n`;

describe('the plot of the log engine', () => {
  it('shows the tools that were measured, the fastest first', () => {
    expect(speedsIn(output)).toEqual({
      lines: 5_000_000,
      bytes: 1_100_000_000,
      cores: 2,
      tools: [
        { id: 'wc', linesPerSecond: 36_000_000 },
        { id: 'all', linesPerSecond: 11_000_000 },
        { id: 'awk', linesPerSecond: 1_500_000 },
        { id: 'goaccess', linesPerSecond: 96_000 },
      ],
    });
  });

  it('puts each step of ten at the same distance, and tells the figures to those who only hear it', () => {
    const svg = plotOf({
      ...speedsIn(output),
      tools: [1e6, 1e5, 1e4].map((linesPerSecond) => ({ id: 'wc', linesPerSecond })),
    });
    const [first = 0, second = 0, third = 0] = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((at) => Number(at[1]));
    expect(first - second).toBeCloseTo(second - third, 1);
    expect(first).toBeGreaterThan(second);
    expect(plotOf(speedsIn(output))).toContain(
      'aria-label="Lines a second: wc -l 36 M; Seawall, all cores 11 M; mawk &#39;{c[$1]++}&#39; 1.5 M; GoAccess 96 k"',
    );
  });

  it('is drawn for light and for dark pages', () => {
    expect(plotOf(speedsIn(output))).toContain('@media (prefers-color-scheme:dark)');
  });

  it('is of nothing else', () => {
    for (const wrong of ['', 'text', '{"benchmark":"cases"}', '[]'])
      expect(() => speedsIn(wrong)).toThrow('npm run bench -- log-engine --json');
    expect(() => speedsIn('{"benchmark":"log-engine"}')).toThrow('no speeds');
  });
});

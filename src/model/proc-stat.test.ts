import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcStat, topmost } from './proc-stat.ts';

describe('a line of /proc/PID/stat', () => {
  it('is read whatever the name', () => {
    const line = `42 (a) b (c)) S 1 42 40 0 -1 0 0 0 0 0 7 5 0 0 20 0 1 0 777 4096 12 0\n`;
    expect(parseProcStat(line)).toEqual({
      pid: 42,
      name: 'a) b (c)',
      state: 'S',
      ppid: 1,
      session: 40,
      cpuTicks: 12,
      startTicks: 777,
      rssPages: 12,
    });
  });

  it('that is none gives nothing, and never throws', () => {
    expect(parseProcStat('42 (a) S 1 2')).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const stat = parseProcStat(text);
        expect(stat === undefined || Number.isSafeInteger(stat.startTicks)).toBe(true);
      }),
    );
  });
});

describe('main processes', () => {
  it('are those that none of their kind started', () => {
    const kind = [
      { pid: 5, ppid: 1 },
      { pid: 6, ppid: 5 },
      { pid: 9, ppid: 7 },
    ];
    expect(topmost(kind).map(({ pid }) => pid)).toEqual([5, 9]);
  });
});

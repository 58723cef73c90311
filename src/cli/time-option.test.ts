import { describe, expect, it } from 'vitest';
import { fixedZone, UTC } from '../sources/zone.ts';
import { timeOption } from './time-option.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const at = (text: string, zone = UTC) => new Date(timeOption('--since', text, NOW, zone)).toISOString();

describe('a time on the command line', () => {
  it('may be absolute, whatever zone it names', () => {
    expect(at('2026-11-22T10:04:42Z')).toBe('2026-11-22T10:04:42.000Z');
    expect(at('2026-11-22T10:04:42.5-08:00', fixedZone(60))).toBe('2026-11-22T18:04:42.500Z');
  });

  it('is a wall clock of the given zone when it names none', () => {
    expect(at('2026-11-22 10:04', fixedZone(-480))).toBe('2026-11-22T18:04:00.000Z');
    expect(at('2026-11-22T10:04:05')).toBe('2026-11-22T10:04:05.000Z');
    expect(at('2026-11-22', fixedZone(60))).toBe('2026-11-21T23:00:00.000Z');
  });

  it('may be so long ago', () => {
    expect(at('90m')).toBe('2026-11-24T10:30:00.000Z');
    expect(at('2d')).toBe('2026-11-22T12:00:00.000Z');
  });

  it.each([
    'yesterday',
    '10',
    '25:00',
    '2026-13-01',
    '2026-11-22 25:00',
    '',
    '2h ago',
    '-2h',
  ])('refuses %j, and names it', (text) => {
    expect(() => at(text)).toThrow(`--since ${text}: no such time`);
  });
});

// What must hold of a diff that a person reads before a change: nothing is left out, nothing is made up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './diff.ts';

describe('a diff', () => {
  it('shows each change with the lines around it', () => {
    const before = 'a\nb\nc\nserver {\n  listen 80;\n  x;\n  y;\n  z;\n}\nserver {\n  listen 81;\n}\n';
    const after = before.replaceAll('server {', 'server {\n    deny;');
    expect(unifiedDiff(before, after)).toEqual([
      '@@ -3 +3 @@',
      ' c',
      ' server {',
      '+    deny;',
      '   listen 80;',
      '   x;',
      '@@ -9 +10 @@',
      ' }',
      ' server {',
      '+    deny;',
      '   listen 81;',
      ' }',
    ]);
  });

  it('of a new file is the file, of equal texts nothing', () => {
    expect(unifiedDiff('', 'a\nb\n')).toEqual(['@@ -1 +1 @@', '+a', '+b']);
    expect(unifiedDiff('a\n', 'a\n')).toEqual([]);
  });

  it('has every line that goes and every line that comes', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
      .map((lines) => lines.map((one) => `${one}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = unifiedDiff(before, after);
        const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
        const sizes = [before, after].map((one) => one.split('\n').length - 1);
        expect(count('+') - count('-')).toBe((sizes[1] ?? 0) - (sizes[0] ?? 0));
        if (before !== after) expect(count('+') + count('-')).toBeGreaterThan(0);
      }),
    );
  });
});

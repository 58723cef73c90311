// Findings in which every piece of foreign text is replaced: what a log may hold, put wherever a log's words can stand.
import fc from 'fast-check';
import type { Findings } from '../model/findings.ts';

/** Keys whose text is of a closed list, where it looks like one: everything else may come from a log. */
const CLOSED =
  /^(?:kind|id|cause|compromised|certainty|how|seenBy|what|where|server|scope|role|change|workerKbIs|heldFrom)$/;
const LISTED = /^[a-zA-Z-]+$/;

/** Every string but those of closed lists becomes `text`. */
export function hostile(findings: Findings, text: string): Findings {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return CLOSED.test(key) && LISTED.test(value) ? value : text;
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value !== 'object' || value === null || value instanceof Map || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]));
  };
  return walk(findings, '') as Findings;
}

/** Texts that try to steer a terminal or to become markup, and any others. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\u001b[2J',
          '\u009b31m',
          '\u202e',
          '\u2066',
          '\n',
          '\r',
          '\t',
          '\0',
          '\u007f',
          '`',
          '```',
          '<script>',
          '</a>',
          '<',
          '>',
          '|',
          '\\',
          '\\`',
        ],
        ...[
          '# ',
          '- ',
          '1. ',
          '[x](http://evil.example)',
          '![',
          '*',
          '_',
          '~~',
          '&lt;',
          '&',
          ' ',
          '  ',
          'word',
          'http://evil.example/',
          'www.evil.example',
        ],
        ...['a@b.example', '"', "'", '漢字', '👩‍👩‍👧', 'é', '\ud800', '---', '==='],
      ),
      { maxLength: 25 },
    )
    .map((parts) => parts.join('')),
);

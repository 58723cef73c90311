// Markup that is safe by construction: whatever is put into the template is escaped, unless it is markup already.
import { plain } from '../text/escape.ts';

export interface Markup {
  readonly markup: string;
}

export type Piece = string | number | Markup | undefined | readonly Piece[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * The text as it stands, in an element or in a quoted attribute: no markup, and every control, bidirectional or
 * invisible character spelled out, as `\x1b`.
 */
export function htmlText(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function written(piece: Piece): string {
  if (piece === undefined) return '';
  if (typeof piece === 'number') return Number(piece.toFixed(2)).toString();
  if (typeof piece === 'string') return htmlText(piece);
  return 'markup' in piece ? piece.markup : piece.map(written).join('');
}

/**
 * html`<p>${text}</p>`: a string is escaped, a number gets two decimals at most, lists are joined, `undefined` is
 * nothing. Attributes must be quoted.
 */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let markup = parts[0] ?? '';
  pieces.forEach((piece, i) => {
    markup += written(piece) + (parts[i + 1] ?? '');
  });
  return { markup };
}

/** Text of our own that is to stand in the page as it is: the style sheet. */
export function asItIs(text: string): Markup {
  return { markup: text };
}

// Reads lines by a layout: literal texts and fields in turn, as a log format string describes them.
import type { AccessEntry } from '../../model/access-entry.ts';
import { LINE_MAX } from './clf.ts';
import { clientFromForwarded, emptyDraft, FIELDS, type FieldName, putField } from './fields.ts';
import { type Moment, momentMs, TIME_PIECES, type TimePiece } from './layout-time.ts';
import { closingQuote } from './quoted.ts';
import { listEnd } from './tail.ts';

export interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

export interface Field {
  readonly kind: 'field';
  readonly field: FieldName | TimePiece;
  /** Always as many characters. */
  readonly width?: number;
  /** The directive and its place in the format, for complaints. */
  readonly name: string;
  readonly place: number;
}

export type Piece = Literal | Field;

/** Neighbouring literals become one; two fields without anything between them are a complaint. */
export function joinPieces(pieces: readonly Piece[]): { pieces: readonly Piece[] } | { error: string } {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'literal') {
      if (piece.text === '') continue;
      if (last?.kind === 'literal') joined[joined.length - 1] = { kind: 'literal', text: last.text + piece.text };
      else joined.push(piece);
      continue;
    }
    if (last?.kind === 'field' && last.width === undefined && !(last.field === 'host' && isPath(piece))) {
      if (isPath(last) && (piece.field === 'query' || isPath(piece))) continue;
      if (last.field === 'skip' && piece.field === 'skip' && piece.width === undefined) continue;
      return {
        error: `nothing separates ${last.name} at character ${last.place} from ${piece.name} at character ${piece.place}: where one ends can't be told`,
      };
    }
    joined.push(piece);
  }
  return { pieces: joined };
}

function isPath(piece: Field): boolean {
  return piece.field === 'target';
}

/**
 * A parser for the layout; no field is ever tried at a second place, so that time is linear in the line.
 * A cut line, or one of another layout, is `undefined`.
 */
export function layoutParser(pieces: readonly Piece[]): (line: string) => AccessEntry | undefined {
  return (line) => {
    if (line.length > LINE_MAX) return undefined;
    const draft = emptyDraft();
    const moment: Moment = {};
    let at = 0;
    for (const [i, piece] of pieces.entries()) {
      if (piece.kind === 'literal') {
        if (!line.startsWith(piece.text, at)) return undefined;
        at += piece.text.length;
        continue;
      }
      const end = fieldEnd(line, at, pieces, i);
      if (end < at) return undefined;
      const text = line.slice(at, end);
      if (isFieldName(piece.field)) {
        if (!putField(draft, piece.field, text)) return undefined;
      } else if (text !== '-' && !TIME_PIECES[piece.field](moment, text)) return undefined;
      at = end;
    }
    if (at !== line.length) return undefined;
    draft.at = momentMs(moment);
    clientFromForwarded(draft);
    return draft;
  };
}

function isFieldName(field: FieldName | TimePiece): field is FieldName {
  return Object.hasOwn(FIELDS, field);
}

/** Where the field at piece `i` ends; -1 when what must follow it isn't there. */
function fieldEnd(line: string, at: number, pieces: readonly Piece[], i: number): number {
  const piece = pieces[i];
  if (piece?.kind !== 'field') return -1;
  if (piece.width !== undefined) return at + piece.width <= line.length ? at + piece.width : -1;
  const next = pieces[i + 1];
  if (next === undefined) return line.length;
  if (next.kind === 'field') return line.indexOf('/', at);
  const before = pieces[i - 1];
  if (next.text.startsWith('"') && before?.kind === 'literal' && before.text.endsWith('"')) {
    const close = closingQuote(line, at);
    return close >= 0 && line.startsWith(next.text, close) ? close : -1;
  }
  switch (piece.field) {
    case 'user':
      return lastBefore(line, at, next.text, afterNextField(pieces, i));
    case 'client':
    case 'peer':
    case 'host':
      // A colon may be part of an IPv6 address: the one before the port is the last.
      return next.text.startsWith(':') ? lastBefore(line, at, next.text, ' ') : line.indexOf(next.text, at);
    case 'forwarded':
    case 'upstream':
    case 'skip':
      return next.text.startsWith(' ') ? listUpTo(line, at, next.text) : line.indexOf(next.text, at);
    case 'request':
      return line.indexOf(next.text, Math.max(at, line.indexOf(' HTTP/', at) + 1));
    default:
      return line.indexOf(next.text, at);
  }
}

/**
 * A user name may hold spaces and brackets (Apache doesn't escape them): it ends at the last separator before the
 * literal that follows the next field, which holds a quote or bracket in the usual formats and can't be forged there.
 */
function lastBefore(line: string, at: number, separator: string, limit: string | undefined): number {
  const first = line.indexOf(separator, at);
  if (first < 0 || limit === undefined) return first;
  const stop = line.indexOf(limit, at);
  const last = stop < 0 ? first : line.lastIndexOf(separator, stop);
  return last < at ? first : last;
}

/** The literal after the field that follows piece `i`; only when it is telling enough: one with a quote in it. */
function afterNextField(pieces: readonly Piece[], i: number): string | undefined {
  const following = pieces.slice(i + 2).find((piece) => piece.kind === 'literal' && piece.text.includes('"'));
  return following?.kind === 'literal' ? following.text : undefined;
}

/** "a, b" and "0.1, 0.2 : 0.3" go on behind their separators. */
function listUpTo(line: string, at: number, separator: string): number {
  const end = listEnd(line, at);
  return line.startsWith(separator, end) ? end : line.indexOf(separator, end);
}
